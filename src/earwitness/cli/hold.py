"""`earwitness hold`: what must stay."""

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, say, workspace_option


@click.group("hold")
def command() -> None:
    """Hold conversations: no deletion, erasure or retention touches what is held.

    Example: earwitness hold list
    """


@command.command("add")
@ref_argument
@click.option("--reason", required=True, help="Why it must stay; kept in the audit trail.")
@workspace_option
@click.pass_context
def add(context: click.Context, ref: str, reason: str, workspace: str) -> None:
    """Hold a conversation.

    Example: earwitness hold add latest --reason "case 2026-17"
    """
    hold = library_of(context, workspace).hold(ref, reason=reason)
    say(f"held {hold.conversation_id}: {hold.reason}")


@command.command("remove")
@ref_argument
@workspace_option
@click.pass_context
def remove(context: click.Context, ref: str, workspace: str) -> None:
    """Hold a conversation no more. What was asked to be erased meanwhile is erased now.

    Example: earwitness hold remove latest
    """
    library = library_of(context, workspace)
    erased = library.release(ref)
    click.echo("held no more")
    for erasure in erased:
        click.echo(f"erased {erasure.conversation_id}, as was asked on {erasure.requested_at:%Y-%m-%d}")


@command.command("list")
@workspace_option
@json_option
@click.pass_context
def list_holds(context: click.Context, workspace: str, as_json: bool) -> None:
    """List what is held, and why.

    Example: earwitness hold list --json
    """
    held = library_of(context, workspace).holds.list(workspace)
    if as_json:
        print_json([hold.document() for hold in held])
        return
    for hold in held:
        say(f"{hold.conversation_id}  {hold.placed_at:%Y-%m-%d}  {hold.placed_by}  {hold.reason}")
