"""`earwitness list`."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from earwitness.cli.chosen import filter_options
from earwitness.cli.desk import (
    STATUS_COLOURS,
    finding_of,
    json_option,
    print_json_list,
    say,
    workspace_option,
)

NOTHING_YET = "nothing is recorded yet; `earwitness simulate` plays a call"
NONE_FITS = "no conversation fits"
QUARANTINED = "quarantined"  # redaction failed: nothing of it is shown
PAGE = 1000  # rows asked of the catalog at once


@click.command("list")
@filter_options
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    limit: int,
    workspace: str,
    as_json: bool,
    **filters: Any,
) -> None:
    """List conversations, newest first.

    Example: earwitness list --provider openai --min-messages 5
    """
    rows = finding_of(context, workspace).rows(limit=min(limit, PAGE), **filters)
    shown = islice(rows, limit)
    if as_json:
        print_json_list(row.document() for row in shown)
    else:
        is_filtered = any(value is not None for value in filters.values())
        _print(shown, NONE_FITS if is_filtered else NOTHING_YET)
    if next(rows, None) is not None:
        click.echo(f"these are the newest {limit}; --limit shows more", err=True)


def _response(ms: int | None) -> str:
    return " " * 12 if ms is None else f"p95 {ms / 1000:6.2f} s"


def _call(row: Any) -> str:
    """The provider's own id of the call, where it has one."""
    return "" if row.call_id == row.id else f"  {row.call_id}"


def _against(row: Any) -> str:
    quarantine = "  quarantined" if row.redaction == QUARANTINED else ""
    return quarantine + (f"  ({', '.join(row.health_reasons)})" if row.health_reasons else "")


def _print(rows: Iterator[Any], if_none: str) -> None:
    row = None
    for row in rows:
        say(
            f"{row.id}  {row.started_at:%Y-%m-%d %H:%M:%S}  {row.duration_ms / 1000:8.1f} s  {row.status:8}  "
            f"{row.message_count:4} messages  health {row.health_score:3}  {_response(row.response_p95_ms)}  "
            f"{','.join(row.providers)}{_call(row)}{_against(row)}",
            colour="red" if row.redaction == QUARANTINED else STATUS_COLOURS.get(row.status),
        )
    if row is None:
        click.echo(if_none, err=True)
