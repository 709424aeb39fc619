"""`earwitness view`."""

from pathlib import Path

import click

from earwitness.cli.desk import conversation_of, kept_of, library_of, say, workspace_option


@click.command("view")
@click.argument("ref", metavar="[ID]", required=False)
@click.option("--list", "is_list", is_flag=True, help="Print the list and leave.")
@click.option("--latest", is_flag=True, help="Open the newest conversation.")
@click.option("--summary", "is_summary", is_flag=True, help="Print the summary of ID and leave.")
@click.option(
    "--export",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the transcript of ID to this file and leave.",
)
@workspace_option
@click.pass_context
def command(
    context: click.Context,
    ref: str | None,
    is_list: bool,
    latest: bool,
    is_summary: bool,
    file: Path | None,
    workspace: str,
) -> None:
    """Look at conversations in the terminal: transcript, tool calls, events, health, and their sound.

    Works over ssh. Where no sound can be played it says where the file is: a plain copy, also of an
    encrypted call, that stays until you delete it.

    Example: earwitness view --summary latest
    """
    ref = "latest" if latest else ref
    if is_list:
        from earwitness.cli.listing import command as listing

        context.invoke(listing, workspace=workspace, limit=50)
        return
    if is_summary:
        say(kept_of(context, workspace, ref or "latest").summary(), nl=False)
    if file is not None:
        file.write_text(conversation_of(context, workspace, ref or "latest", None).transcript(), "utf-8")
        click.echo(f"wrote {file}", err=True)
    if is_summary or file is not None:
        return
    library = library_of(context, workspace)
    conversation = library.conversation(ref).id if ref else None
    _run(library, conversation)


def _run(library: object, conversation: str | None) -> None:
    try:
        from earwitness.tui.app import Viewer
    except ModuleNotFoundError as error:
        from earwitness.errors import InvalidInput

        raise InvalidInput(
            f"the viewer needs {error.name}",
            hint="pip install 'earwitness[tui]'; `earwitness show` needs nothing.",
        ) from error
    Viewer(library, conversation).run()  # type: ignore[arg-type]
