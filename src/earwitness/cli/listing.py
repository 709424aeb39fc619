"""`earwitness list`."""

from datetime import datetime

import click

from earwitness.cli.desk import json_option, library_of, print_json, workspace_option


@click.command("list")
@click.option("--provider", help="openai, twilio ...")
@click.option("--subject", help="Whose conversations.")
@click.option("--label", help="With this label.")
@click.option("--since", type=click.DateTime(), help="Begun at or after, UTC.")
@click.option("--until", type=click.DateTime(), help="Begun before, UTC.")
@click.option("--status", type=click.Choice(["active", "complete", "partial", "failed"]))
@click.option("--min-messages", type=int, help="With at least so many messages.")
@click.option("--limit", type=int, default=50, show_default=True, help="How many at most.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    provider: str | None,
    subject: str | None,
    label: str | None,
    since: datetime | None,
    until: datetime | None,
    status: str | None,
    min_messages: int | None,
    limit: int,
    workspace: str,
    as_json: bool,
) -> None:
    """List conversations, newest first.

    Example: earwitness list --provider openai --min-messages 5
    """
    from itertools import islice

    found = library_of(context, workspace).conversations(
        provider=provider,
        subject=subject,
        label=label,
        since=since,
        until=until,
        status=status,
        min_messages=min_messages,
    )
    rows = [recorded.row for recorded in islice(found, limit)]
    if as_json:
        print_json([row.document() for row in rows])
        return
    if not rows:
        click.echo("nothing recorded yet; `earwitness simulate` plays a call", err=True)
    for row in rows:
        click.echo(
            f"{row.id}  {row.started_at:%Y-%m-%d %H:%M:%S}  {row.duration_ms / 1000:8.1f} s  {row.status:8}  "
            f"{row.message_count:4} messages  health {row.health_score:3}  "
            f"{','.join(row.providers)}  {row.call_id}"
        )
