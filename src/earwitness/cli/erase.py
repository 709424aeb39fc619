"""`earwitness erase`."""

import click

from earwitness.cli.desk import json_option, library_of, print_json, workspace_option


@click.command("erase")
@click.option("--subject", required=True, help="The person: research id, customer id, phone number.")
@click.option("--reason", default="", help="Why; kept in the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context, subject: str, reason: str, yes: bool, workspace: str, as_json: bool
) -> None:
    """Erase a person: every conversation, its keys, and their name in the register and the trail.

    What a hold or a statutory minimum keeps is deferred, and goes when nothing stands against it.

    Example: earwitness erase --subject RID001 --reason "their request" --yes
    """
    library = library_of(context, workspace)
    if not yes:
        click.confirm(f"Erase everything of {subject} for good?", abort=True)
    done = library.erase_subject(subject, reason=reason)
    if as_json:
        print_json([erasure.document() for erasure in done])
        return
    for erasure in done:
        is_done = erasure.state == "done"
        what = "erased  certificate" if is_done else f"deferred: {erasure.deferred_because}  request"
        click.echo(f"{erasure.conversation_id}  {what} {erasure.id}")
    if not done:
        click.echo("no conversation of theirs is here")
