"""`earwitness join` and `earwitness split`."""

from typing import TYPE_CHECKING

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, say, workspace_option

if TYPE_CHECKING:
    from earwitness.desk.grouping import Grouped
    from earwitness.library import Library

_reason = click.option("--reason", default="", help="Why; kept in the audit trail.")


@click.command("join")
@ref_argument
@click.argument("others", metavar="OTHER...", nargs=-1, required=True)
@_reason
@workspace_option
@json_option
@click.pass_context
def join(
    context: click.Context, ref: str, others: tuple[str, ...], reason: str, workspace: str, as_json: bool
) -> None:
    """Make the legs of other conversations part of this one, when nothing in them told that they are.

    Example: earwitness join 0199c4 0199c7 --reason "same call, no link key"
    """
    library = library_of(context, workspace)
    _show(library, library.join(ref, others, reason=reason), as_json=as_json)


@click.command("split")
@ref_argument
@click.argument("legs", metavar="LEG...", nargs=-1, required=True)
@_reason
@workspace_option
@json_option
@click.pass_context
def split(
    context: click.Context, ref: str, legs: tuple[str, ...], reason: str, workspace: str, as_json: bool
) -> None:
    """Make legs of a conversation one of their own; what was joined by hand goes back to where it was.

    Example: earwitness split latest 0199c7 --reason "another call"
    """
    library = library_of(context, workspace)
    _show(library, library.split(ref, legs, reason=reason), as_json=as_json)


def _show(library: "Library", grouped: "Grouped", *, as_json: bool) -> None:
    legs = library.catalog.legs(library.workspace, grouped.conversation)
    if as_json:
        print_json({**grouped._asdict(), "legs": [leg.document() for leg in legs]})
        return
    say(f"conversation {grouped.conversation}{'' if grouped.is_done else ', in a moment'}")
    for leg in legs:
        say(f"  {leg.id}  {leg.provider:12} {leg.way:8} {leg.joined_by or 'began it'}")
