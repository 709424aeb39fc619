"""Never early, never late: periods by the calendar, rules in their order, keeping before going (R35)."""

import os
from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.privacy.retention import Rules, after
from earwitness.settings import PRESETS, RetentionRule
from earwitness.store.rows import ConversationRow
from earwitness.store.tabulate import tabulate
from store_calls import a_full_call

EXAMPLES = 100_000 if os.environ.get("EARWITNESS_CHAOS") == "full" else 1_500
ENDED = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


@cache
def ended_call() -> ConversationRow:
    (head,) = tabulate(a_full_call(), None).sheets["conversations"].values()
    fields = {name: head.get(name) for name in ConversationRow.__struct_fields__}
    return ConversationRow(**{**fields, "status": "complete", "ended_at": ENDED, "labels": []})


def row(**changes: object) -> ConversationRow:
    return msgspec.structs.replace(ended_call(), **changes)


@pytest.mark.parametrize(
    ("start", "period", "end"),
    [
        ("2024-02-29", "1y", "2025-03-01"),
        ("2024-02-29", "4y", "2028-02-29"),
        ("2023-02-28", "1y", "2024-02-28"),
        ("2025-01-31", "1m", "2025-03-01"),
        ("2025-08-31", "6m", "2026-03-01"),
        ("2025-12-15", "1m", "2026-01-15"),
        ("2025-12-31", "2m", "2026-03-01"),
        ("2025-03-29", "30d", "2025-04-28"),
        ("2025-03-29", "", "2025-03-29"),
        ("1999-12-31", "5y", "2004-12-31"),
    ],
)
def test_a_period_is_over_on_its_day_and_never_cut_short(start: str, period: str, end: str) -> None:
    begin = datetime.fromisoformat(start).replace(hour=23, minute=59, tzinfo=UTC)
    assert after(begin, period) == datetime.fromisoformat(end).replace(hour=23, minute=59, tzinfo=UTC)


def test_the_first_rule_that_fits_says_when_and_every_rule_that_fits_may_forbid() -> None:
    rules = Rules(
        {
            "training": RetentionRule(at_most="1y", labels=("training",)),
            "law": RetentionRule(at_least="5y", labels=("trade",)),
            "all": RetentionRule(at_most="30d"),
        }
    )
    plain, training, both = (
        rules.fate(row(labels=labels)) for labels in ([], ["training"], ["trade", "training"])
    )
    assert plain
    assert training
    assert both
    assert (plain.due_at, plain.rule, plain.keep_until) == (ENDED + timedelta(days=30), "all", None)
    assert (training.due_at, training.rule) == (after(ENDED, "1y"), "training")
    assert (both.due_at, both.rule, both.kept_by) == (after(ENDED, "5y"), "training", "law")
    assert rules.why_kept(row(labels=["trade"]), after(ENDED, "5y") - timedelta(microseconds=1))
    assert rules.why_kept(row(labels=["trade"]), after(ENDED, "5y")) == ""
    assert rules.why_kept(row(), ENDED) == ""


def test_a_rule_is_of_its_workspaces_labels_and_providers() -> None:
    rule = RetentionRule(at_most="1d", workspaces=("acme",), labels=("a", "b"), providers=("twilio",))
    rules = Rules({"one": rule})
    fitting = row(workspace_id="acme", labels=["b"], providers=["openai", "twilio"])
    assert rules.fate(fitting)
    for changes in ({"workspace_id": "other"}, {"labels": ["c"]}, {"providers": ["openai"]}):
        assert rules.fate(msgspec.structs.replace(fitting, **changes)) is None


def test_a_running_call_is_never_due() -> None:
    rules = Rules({"all": RetentionRule(at_most="1d")})
    assert rules.fate(row(status="active", ended_at=None)) is None
    assert rules.fate(row(status="active")) is None


@pytest.mark.parametrize(
    ("preset", "keeps", "goes"),
    [
        ("mifid2-5y", "5y", "5y"),
        ("sec-17a4-6y", "6y", "6y"),
        ("cftc-oral-1y", "1y", "1y"),
        ("hipaa-6y", "6y", "6y"),
        ("s3-30d", "", "30d"),
    ],
)
def test_a_preset_is_what_it_is_called(preset: str, keeps: str, goes: str) -> None:
    fate = Rules({"law": RetentionRule(preset=preset)}).fate(row())  # type: ignore[arg-type]
    assert fate
    assert fate.keep_until == (after(ENDED, keeps) if keeps else None)
    assert fate.due_at == after(ENDED, goes)
    assert preset in PRESETS


def test_a_preset_may_be_made_longer() -> None:
    fate = Rules({"law": RetentionRule(preset="mifid2-5y", at_least="7y")}).fate(row())
    assert fate
    assert fate.keep_until == fate.due_at == after(ENDED, "7y")


@pytest.mark.parametrize("period", ["0d", "5", "y", "-1d", "1w", "1.5y", "999999d", " 1d", "1d\n"])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        msgspec.convert({"at_most": period}, RetentionRule)


periods = st.builds("{}{}".format, st.integers(1, 400), st.sampled_from("dmy"))
rule_sets = st.dictionaries(
    st.sampled_from("abcd"),
    st.builds(
        RetentionRule,
        at_least=st.one_of(st.just(""), periods),
        at_most=st.one_of(st.just(""), periods),
        labels=st.sampled_from([(), ("x",), ("y",), ("x", "y")]),
    ),
    max_size=4,
)
moments = st.integers(0, 110 * 365 * 86_400_000_000).map(
    lambda us: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


DAYS = [
    date(1990, 1, 1) + timedelta(days=n) for n in range(151 * 366)
]  # every day there is, one after another
MONTH_AND_DAY = [(day.year * 12 + day.month - 1, day.day) for day in DAYS]


def days_by_the_calendar(start: datetime, period: str) -> int:
    """An oracle that knows no rule of months: it looks for the day in a list of all days."""
    count, unit = int(period[:-1]), period[-1]
    if unit == "d":
        return count
    month = start.year * 12 + start.month - 1 + count * (12 if unit == "y" else 1)
    return bisect_left(MONTH_AND_DAY, (month, start.day)) - DAYS.index(
        start.date(), (start.year - 1990) * 365
    )


@settings(max_examples=EXAMPLES)
@given(moments, st.builds("{}{}".format, st.integers(1, 40), st.sampled_from("dmy")))
def test_a_period_is_as_long_as_the_calendar_walks(start: datetime, period: str) -> None:
    assert after(start, period) == start + timedelta(days=days_by_the_calendar(start, period))


@settings(max_examples=EXAMPLES)
@given(rule_sets, st.sampled_from([[], ["x"], ["y"], ["x", "y"]]), moments, zones, st.integers(-3, 3))
def test_nothing_goes_a_microsecond_early_and_everything_at_its_time(
    rules: dict[str, RetentionRule], labels: list[str], ended: datetime, zone: timezone, offset: int
) -> None:
    """Whatever the rules, the day, the time zone of whoever asks."""
    made, conversation = Rules(rules), row(labels=labels, ended_at=ended)
    fitting = [r for r in rules.values() if not r.labels or set(r.labels) & set(labels)]
    goes = next((r.at_most for r in fitting if r.at_most), None)
    if goes is None:
        assert not list(made.due([conversation], datetime.max.replace(tzinfo=UTC)))
        return
    true_end = max([after(ended, goes), *(after(ended, r.at_least) for r in fitting if r.at_least)])
    now = (true_end + timedelta(microseconds=offset)).astimezone(zone)
    due = list(made.due([conversation], now))
    assert bool(due) == (offset >= 0)
    if due:
        assert made.why_kept(conversation, now) == ""
