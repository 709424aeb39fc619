"""`earwitness audit`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from earwitness.cli.desk import finding_of, json_option, print_json_list, say, workspace_option

if TYPE_CHECKING:
    from earwitness.privacy.audit import Entry


@click.command("audit")
@click.option("--action", help="read, play, export, search, delete, hold, erase, seal ...")
@click.option("--outcome", help="done, denied, refused, deferred, failed")
@click.option("--conversation", metavar="ID", help="About this conversation.")
@click.option("--actor", help="By this one, e.g. key:grafana or grafana.")
@click.option("--subject", help="About this person.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"]), help="From then on, UTC.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option(
    "--checkpoint", is_flag=True, help="Print the newest signed head instead: to be kept elsewhere."
)
@click.option("--public-key", is_flag=True, help="Print the key that checks it, in hex.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    action: str | None,
    outcome: str | None,
    conversation: str | None,
    actor: str | None,
    subject: str | None,
    since: datetime | None,
    limit: int,
    checkpoint: bool,
    public_key: bool,
    workspace: str,
    as_json: bool,
) -> None:
    """Who did what: every access, change and refusal, newest first.

    Example: earwitness audit --outcome denied
    """
    from earwitness.privacy.audit import AuditQuery

    finding = finding_of(context, workspace)
    if public_key:
        click.echo(finding.checkpoints.public_key.hex())
        return
    if checkpoint:
        click.echo(finding.checkpoints.make().note, nl=False)
        return
    query = AuditQuery(
        action=action,
        outcome=outcome,
        conversation=conversation,
        actor=actor,
        subject=subject,
        since=since and (since if since.tzinfo else since.replace(tzinfo=UTC)),
        limit=limit,
    )
    _print(finding.trail(query), as_json=as_json)


def _print(found: "list[Entry]", *, as_json: bool) -> None:
    if as_json:
        print_json_list(entry.document() for entry in found)
        return
    for entry in found:
        about = entry.conversation_id or entry.known("asked") or ""
        say(
            f"{entry.number:7}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.action:9} {entry.outcome:8} "
            f"{entry.known('actor') or '-':24} {about:36} {entry.facts.get('route', '')}"
        )
