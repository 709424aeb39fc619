"""The options by which a command chooses conversations: those of lists and search, see `store.filters`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

TIMES = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z")


def zoned(context: click.Context, option: click.Parameter, at: datetime | None) -> datetime | None:
    """A time from the command line: UTC unless it says otherwise."""
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


_time = click.DateTime(TIMES)
_seconds = click.FloatRange(0, 10**9)
_score = click.IntRange(0, 100)
_OPTIONS = (
    click.option("--provider", help="openai, twilio ..."),
    click.option("--subject", help="Whose conversations."),
    click.option("--label", help="With this label."),
    click.option("--outcome", help="That ended so."),
    click.option("--route", help="That came this way through the tap."),
    click.option("--agent", help="That this agent answered."),
    click.option("--status", type=click.Choice(["active", "complete", "partial", "failed"])),
    click.option("--since", type=_time, callback=zoned, help="Begun at or after; UTC unless it has a zone."),
    click.option("--until", type=_time, callback=zoned, help="Begun before; UTC unless it has a zone."),
    click.option("--min-messages", type=click.IntRange(0, 10**9), help="With at least so many messages."),
    click.option("--min-duration", "min_duration_s", type=_seconds, help="Seconds."),
    click.option("--max-duration", "max_duration_s", type=_seconds, help="Seconds."),
    click.option("--min-health", type=_score, help="Of the recording's health, 0 to 100."),
    click.option("--max-health", type=_score, help="Of the recording's health, 0 to 100."),
    click.option("--health-reason", help="With this against the record: clipping_caller, gap_crash ..."),
    click.option("--min-sentiment", type=_score, help="Of the caller: 0 negative, 100 positive."),
    click.option("--max-sentiment", type=_score, help="Of the caller: 0 negative, 100 positive."),
)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds them all; the command gets them as fields of `store.filters.Filters`, None where not given."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
