"""`earwitness export`."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from earwitness.cli.chosen import filter_options
from earwitness.cli.desk import json_option, library_of, print_json_list, raw_option, unseen, workspace_option
from earwitness.exports.formats import FORMATS, Format, format_named
from earwitness.exports.recording import Options

if TYPE_CHECKING:
    from earwitness.library import Library

_OPTIONS = (
    click.argument("ref", metavar="ID", required=False),
    click.option("--all", "everything", is_flag=True, help="Every conversation."),
    click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder; of a format also a file."),
    click.option(
        "--layout",
        type=click.Choice(["default", "opusagent", "recordings", "s3"]),
        help="Which files, named and shaped how; `default` unless given.",
    ),
    click.option("--format", "form", type=click.Choice(list(FORMATS)), help="In this format instead."),
    click.option(
        "--channel", type=click.Choice(["caller", "agent"]), help="Of srt, vtt and text: one side alone."
    ),
    click.option("--no-sound", is_flag=True, help="Of vcon: without the recording in it."),
    click.option("--wav", is_flag=True, help="With `recordings`: the agent's audio as a WAV file too."),
    click.option("--proof", is_flag=True, help="With journals, proofs and a program that checks them."),
    click.option("--query", "q", help="In which a search finds something; see `search`."),
)


def _what_and_how(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("export")
@_what_and_how
@filter_options
@raw_option
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    ref: str | None,
    reason: str | None,
    workspace: str,
    as_json: bool,
    output: Path | None,
    form: str | None,
    layout: str | None,
    proof: bool,
    wav: bool,
    **rest: Any,
) -> None:
    """Take conversations out: as files in a named layout, or in a format that other programs read.

    Example: earwitness export --subject RID001 --format csv -o messages.csv
    """
    options = Options(channel=rest.pop("channel"), with_sound=not rest.pop("no_sound"))
    filters = {name: value for name, value in rest.items() if name != "everything" and value is not None}
    if bool(ref) == (rest["everything"] or bool(filters)):
        raise click.UsageError("give either an ID, or --all or filters that choose")
    if form and (layout or proof or wav):
        raise click.UsageError("--format is one file; --layout, --wav and --proof are of many")
    if proof and ref is None:
        raise click.UsageError("--proof needs an ID")
    library = library_of(context, workspace)
    library = library if reason is None else library.unredacted(reason)
    if form:
        _print(_in_format(library, ref, format_named(form), options, filters, output), as_json=as_json)
        return
    if output is None:
        raise click.UsageError("-o: into which folder?")
    if proof:
        click.echo(str(library.bundle(ref or "", output)))
        return
    chosen = library.conversations(**filters) if ref is None else [library.conversation(ref)]
    written = (path for each in chosen for path in each.export(output, layout or "default", wav=wav))
    _print(written, as_json=as_json)


def _print(written: Iterable[Path], *, as_json: bool) -> None:
    if as_json:
        print_json_list(str(path) for path in written)
        return
    for path in written:
        click.echo(path)


def _in_format(
    library: "Library",
    ref: str | None,
    form: Format,
    options: Options,
    filters: dict[str, Any],
    output: Path | None,
) -> Iterator[Path]:
    """The files it wrote: what has an ending is a file, anything else a folder; none is standard output."""
    is_folder = output is not None and (output.is_dir() or not output.suffix)
    if output is not None and is_folder:
        chosen = library.handed_out(**filters) if ref is None else [library.conversation(ref)]
        for name, pieces in form.files(chosen, options):
            yield _write(pieces, output / name)
        return
    if output is None:
        library.progress = unseen  # a bar and what is written would mix on a terminal
    if ref is not None:
        pieces = form.of_one(library.conversation(ref), options)
    else:
        pieces = library.export(form, options, **filters)
    if output is None:
        for piece in pieces:
            click.echo(piece, nl=False)
        return
    yield _write(pieces, output)


def _write(pieces: Iterable[bytes], path: Path) -> Path:
    """The file is there once it is whole, and what it was before until then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and not path.is_file():  # a pipe or a device: nothing takes its place
        with path.open("wb") as file:
            file.writelines(pieces)
        return path
    target = path.resolve()  # of a link it is what it leads to that is written
    half = target.with_name(f".{target.name[:100]}.{uuid4().hex}.part")
    try:
        with half.open("xb") as file:
            file.writelines(pieces)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
    return path
