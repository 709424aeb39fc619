"""`earwitness extract`."""

import json
from pathlib import Path

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, say, workspace_option


@click.command("extract")
@ref_argument
@click.option(
    "--schema",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON Schema whose fields to find; otherwise the one that is set.",
)
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str, file: Path | None, workspace: str, as_json: bool) -> None:
    """Find the fields of a schema in what was said; telephone numbers and mail addresses are masked.

    Example: earwitness extract latest --schema appointment.json
    """
    recorded = library_of(context, workspace).conversation(ref)
    schema = None if file is None else _read(file)
    found = recorded.extraction(schema, name=file.stem if file else "")
    if as_json:
        print_json(found)
        return
    for value in found["values"]:
        if value["holds"]:
            say(
                f"{value['field']:16} {value['value']:24} {value['method']}, {value['confidence']:.0%}, "
                f"at {value['at_ms'] / 1000:.1f} s"
            )
    if not found["data"]:
        click.echo(f"nothing of schema {found['schema']} was said", err=True)


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{file} is no JSON: {error}") from error
