"""How long conversations stay: at least as long as the law says, at most as long as a rule says.

Periods are counted from the end of the call, by the calendar in UTC. Where rules collide, keeping wins: the
first rule that fits says when a conversation goes, and every rule that fits may forbid it until later.
"""

import calendar
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from earwitness.model.conversation import Status
from earwitness.settings import PRESETS, RetentionRule
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery, Sort
from earwitness.store.rows import ConversationRow


class Fate(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of one conversation."""

    due_at: datetime | None  # from then on it is to go; None: no rule lets it go
    rule: str  # which says so
    keep_until: datetime | None  # before then nobody may delete it
    kept_by: str  # the rule that says so


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One conversation that is to go."""

    id: str
    workspace: str
    recording_id: str
    ended_at: datetime
    due_at: datetime
    rule: str


def after(start: datetime, period: str) -> datetime:
    """The moment a period like `30d`, `18m` or `5y` is over; "" is over at once.

    Months and years end on the same day of the month. Where it has no such day, on the first of the next
    month: a period is never cut short.
    """
    if not period:
        return start
    count, unit = int(period[:-1]), period[-1]
    if unit == "d":
        return start + timedelta(days=count)
    months = start.year * 12 + start.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year >= datetime.max.year:
        return datetime.max.replace(tzinfo=start.tzinfo)
    if start.day > calendar.monthrange(year, month + 1)[1]:
        year, month = divmod(months + 1, 12)
        return start.replace(year=year, month=month + 1, day=1)
    return start.replace(year=year, month=month + 1)


class Rules:
    """The rules of the settings, in their order."""

    def __init__(self, rules: Mapping[str, RetentionRule]) -> None:
        self._rules = {name: _resolved(rule) for name, rule in rules.items()}

    def __bool__(self) -> bool:
        return bool(self._rules)

    def fate(self, row: ConversationRow) -> Fate | None:
        """What they say of it; None while the call runs, or where no rule fits."""
        fitting = {name: rule for name, rule in self._rules.items() if _fits(rule, row)}
        if not fitting or row.ended_at is None or row.status == Status.ACTIVE:
            return None
        ended_at = row.ended_at
        keeps = [(after(ended_at, rule.at_least), name) for name, rule in fitting.items() if rule.at_least]
        keep_until, kept_by = max(keeps, default=(None, ""))
        goes = next(((name, rule.at_most) for name, rule in fitting.items() if rule.at_most), None)
        if goes is None:
            return Fate(due_at=None, rule="", keep_until=keep_until, kept_by=kept_by)
        name, at_most = goes
        due_at = after(ended_at, at_most)
        if keep_until is not None:
            due_at = max(due_at, keep_until)
        return Fate(due_at=due_at, rule=name, keep_until=keep_until, kept_by=kept_by)

    def why_kept(self, row: ConversationRow, now: datetime) -> str:
        """Why nobody may delete it now; empty where no rule forbids it."""
        fate = self.fate(row)
        if fate is None or fate.keep_until is None or now >= fate.keep_until:
            return ""
        return f"to be kept until {fate.keep_until:%Y-%m-%d} (retention rule {fate.kept_by})"

    def due(self, rows: Iterable[ConversationRow], now: datetime) -> Iterator[Due]:
        """Those that are to go at this moment."""
        for row in rows:
            fate = self.fate(row)
            if fate is not None and fate.due_at is not None and row.ended_at and fate.due_at <= now:
                yield Due(
                    id=row.id,
                    workspace=row.workspace_id,
                    recording_id=row.recording_id,
                    ended_at=row.ended_at,
                    due_at=fate.due_at,
                    rule=fate.rule,
                )


def every(catalog: Catalog, workspaces: Iterable[str], until: datetime) -> Iterator[ConversationRow]:
    """All conversations that began before `until`, workspace by workspace, oldest first."""
    for workspace in workspaces:
        query = ConversationQuery(workspace=workspace, until=until, sort=Sort.OLDEST.value, limit=1000)
        while True:
            page = catalog.find(query)
            yield from page.items
            if page.next_cursor is None:
                break
            query = msgspec.structs.replace(query, cursor=page.next_cursor)


def _resolved(rule: RetentionRule) -> RetentionRule:
    if not rule.preset:
        return rule
    preset = PRESETS[rule.preset]
    given: dict[str, Any] = {
        name: getattr(rule, name) or getattr(preset, name) for name in ("at_least", "at_most")
    }
    return msgspec.structs.replace(rule, preset="", **given)


def _fits(rule: RetentionRule, row: ConversationRow) -> bool:
    return (
        (not rule.workspaces or row.workspace_id in rule.workspaces)
        and (not rule.labels or not set(rule.labels).isdisjoint(row.labels))
        and (not rule.providers or not set(rule.providers).isdisjoint(row.providers))
    )
