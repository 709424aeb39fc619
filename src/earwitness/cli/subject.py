"""`earwitness subject`: what is kept of one person."""

from pathlib import Path

import click

from earwitness.cli.desk import json_option, library_of, print_json_list, workspace_option


@click.group("subject")
def command() -> None:
    """What is kept of one person; see `erase` for its end.

    Example: earwitness subject export RID001 -o for-them
    """


@command.command("export")
@click.argument("subject")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="Empty folder."
)
@workspace_option
@json_option
@click.pass_context
def export(context: click.Context, subject: str, output: Path, workspace: str, as_json: bool) -> None:
    """Write all that is kept of SUBJECT: sound, transcripts, events, who looked, and a manifest.

    Example: earwitness subject export RID001 -o for-them
    """
    made = library_of(context, workspace).export_subject(subject, output)
    written = [str(path) for path in sorted(made.rglob("*")) if path.is_file()]
    if as_json:
        print_json_list(written)
        return
    for path in written:
        click.echo(path)
