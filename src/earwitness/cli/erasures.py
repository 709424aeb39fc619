"""`earwitness erasures`."""

import click

from earwitness.cli.desk import json_option, library_of, print_json, say, workspace_option
from earwitness.errors import NotFound


@click.command("erasures")
@click.argument("ref", metavar="[ID]", required=False)
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str | None, workspace: str, as_json: bool) -> None:
    """List requests to erase; with the ID of one, or of a conversation, its certificate in JSON.

    Example: earwitness erasures --json
    """
    found = library_of(context, workspace).erasures.list(workspace)
    if ref:
        found = tuple(each for each in found if ref in (each.id, each.conversation_id))
        if not found:
            raise NotFound(f"no request {ref}", hint="See what was asked: earwitness erasures.")
    if as_json or ref:
        print_json([erasure.document() for erasure in found])
        return
    for erasure in found:
        came_of_it = f"erased {erasure.done_at:%Y-%m-%d}" if erasure.done_at else erasure.deferred_because
        say(f"{erasure.id}  {erasure.requested_at:%Y-%m-%d}  {erasure.conversation_id}  {came_of_it}")
