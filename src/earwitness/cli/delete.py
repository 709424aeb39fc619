"""`earwitness delete`."""

import click

from earwitness.cli.desk import library_of, ref_argument, workspace_option


@click.command("delete")
@ref_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@workspace_option
@click.pass_context
def command(context: click.Context, ref: str, yes: bool, workspace: str) -> None:
    """Delete a conversation for good: rows, files and journals.

    Example: earwitness delete 0199 --yes
    """
    recorded = library_of(context, workspace).conversation(ref)
    if not yes:
        click.confirm(f"Delete {recorded.row.recording_id} for good?", abort=True)
    recorded.delete()
    click.echo(f"deleted {recorded.id}")
