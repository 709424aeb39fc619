"""`earwitness subjects`: who may log in by research id."""

import click

from earwitness.cli.desk import json_option, print_json, settings_of, workspace_option


@click.group("subjects")
def command() -> None:
    """Register and list people who may log in to save messages and read their own.

    Example: earwitness subjects list
    """


@command.command("add")
@click.argument("subjects", nargs=-1, required=True)
@workspace_option
@click.pass_context
def add(context: click.Context, subjects: tuple[str, ...], workspace: str) -> None:
    """Register SUBJECTS by their research ids. One that is registered already stays so.

    Example: earwitness subjects add RID001 RID002
    """
    from earwitness.library import Library

    new = Library(settings_of(context)).subjects.add(workspace, subjects)
    for subject in dict.fromkeys(subjects):
        click.echo(f"{'registered' if subject in new else 'known'}  {subject}")


@command.command("list")
@workspace_option
@json_option
@click.pass_context
def list_subjects(context: click.Context, workspace: str, as_json: bool) -> None:
    """List who is registered.

    Example: earwitness subjects list --json
    """
    from earwitness.library import Library

    rows = Library(settings_of(context)).subjects.list(workspace)
    if as_json:
        print_json([row.document() for row in rows])
        return
    for row in rows:
        click.echo(f"{row.created_at:%Y-%m-%d}  {row.id}")
