"""`earwitness list`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import click

from earwitness.cli.desk import json_option, library_of, print_json_list, say, workspace_option

TIMES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")
PAGE = 1000  # rows asked of the catalog at once


@click.command("list")
@click.option("--provider", help="openai, twilio ...")
@click.option("--subject", help="Whose conversations.")
@click.option("--label", help="With this label.")
@click.option("--since", type=click.DateTime(TIMES), help="Begun at or after; UTC unless it has a zone.")
@click.option("--until", type=click.DateTime(TIMES), help="Begun before; UTC unless it has a zone.")
@click.option("--status", type=click.Choice(["active", "complete", "partial", "failed"]))
@click.option("--min-messages", type=click.IntRange(0, 10**9), help="With at least so many messages.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
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
    found = library_of(context, workspace).conversations(
        provider=provider,
        subject=subject,
        label=label,
        since=zoned(since),
        until=zoned(until),
        status=status,
        min_messages=min_messages,
        limit=min(limit, PAGE),
    )
    rows = (recorded.row for recorded in found)
    shown = islice(rows, limit)
    if as_json:
        print_json_list(row.document() for row in shown)
    else:
        _print(shown)
    if next(rows, None) is not None:
        click.echo(f"these are the newest {limit}; --limit shows more", err=True)


def zoned(at: datetime | None) -> datetime | None:
    """A time from the command line: UTC unless it says otherwise."""
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _response(ms: int | None) -> str:
    return " " * 12 if ms is None else f"p95 {ms / 1000:6.2f} s"


def _print(rows: Iterator[Any]) -> None:
    row = None
    for row in rows:
        say(
            f"{row.id}  {row.started_at:%Y-%m-%d %H:%M:%S}  {row.duration_ms / 1000:8.1f} s  {row.status:8}  "
            f"{row.message_count:4} messages  health {row.health_score:3}  {_response(row.response_p95_ms)}  "
            f"{','.join(row.providers)}  {row.call_id}"
        )
    if row is None:
        click.echo("nothing like that is recorded; `earwitness simulate` plays a call", err=True)
