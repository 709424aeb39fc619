"""`earwitness import`."""

import sys
from pathlib import Path

import click

from earwitness.cli.desk import json_option, library_of, print_json_list, say, workspace_option
from earwitness.errors import InvalidInput
from earwitness.imports.layouts import READERS, Imported


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--layout", type=click.Choice(list(READERS)), help="Otherwise told by the files themselves.")
@click.option(
    "--audio-format",
    default="pcm16 24k",
    show_default=True,
    help="Of sound files without a header: pcm16, mulaw or alaw, and samples a second.",
)
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    path: Path,
    layout: str | None,
    audio_format: str,
    workspace: str,
    as_json: bool,
) -> None:
    """Take in calls that other recorders wrote. What is here already stays as it is.

    Exit status 0 when every call was taken in or here already, 1 when some could not be read.

    Example: earwitness import call_recordings/
    """
    library = library_of(context, workspace)
    failures: list[InvalidInput] = []
    results = library.import_each(path, layout=layout, audio_format=audio_format)
    taken = (result for result in results if not _failed(result, failures))
    if as_json:
        print_json_list(_document(result) for result in taken if isinstance(result, Imported))
    else:
        for result in taken:
            if isinstance(result, Imported):
                how = "imported" if result.is_new else "was here already"
                say(f"{result.conversation}  {how}  {result.layout}  {result.path}")
    sys.exit(1 if failures else 0)


def _failed(result: Imported | InvalidInput, failures: list[InvalidInput]) -> bool:
    if not isinstance(result, InvalidInput):
        return False
    failures.append(result)
    say(f"earwitness: {result}", err=True)
    say(f"hint: {result.hint}", err=True)
    return True


def _document(result: Imported) -> dict[str, object]:
    return {
        "conversation": result.conversation,
        "is_new": result.is_new,
        "layout": result.layout,
        "path": str(result.path),
    }
