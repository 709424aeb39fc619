"""`earwitness export`."""

from pathlib import Path

import click

from earwitness.cli.desk import json_option, library_of, print_json_list, raw_option, workspace_option


@click.command("export")
@click.argument("ref", metavar="ID", required=False)
@click.option("--all", "everything", is_flag=True, help="Every conversation.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder."
)
@click.option(
    "--layout",
    type=click.Choice(["default", "opusagent", "recordings", "s3"]),
    default="default",
    show_default=True,
    help="Which files, named and shaped how.",
)
@click.option("--wav", is_flag=True, help="With `recordings`: the agent's audio as a WAV file too.")
@click.option("--proof", is_flag=True, help="With journals, proofs and a program that checks them.")
@raw_option
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    ref: str | None,
    everything: bool,
    output: Path,
    layout: str,
    wav: bool,
    proof: bool,
    reason: str | None,
    workspace: str,
    as_json: bool,
) -> None:
    """Write a conversation's files below a folder, in a named layout.

    Example: earwitness export latest -o out --layout opusagent
    """
    if bool(ref) == everything:
        raise click.UsageError("give either an ID or --all")
    library = library_of(context, workspace)
    if proof:
        if ref is None:
            raise click.UsageError("--proof needs an ID")
        click.echo(str(library.bundle(ref, output)))
        return
    library = library if reason is None else library.unredacted(reason)
    chosen = library.conversations() if ref is None else [library.conversation(ref)]
    written = (str(path) for recorded in chosen for path in recorded.export(output, layout, wav=wav))
    if as_json:
        print_json_list(written)
    else:
        for path in written:
            click.echo(path)
