"""Judging calls by a rule: pure, nothing is asked and nobody is told.

| watch | value | wrong | threshold unless set |
|---|---|---|---|
| `failed_saves` | calls of the window whose files could not be stored, at once or until now | at least | 1 |
| `error_rate` | share of them that failed or of which something is missing | at least | 0.1 |
| `recording_health` | mean health of their records; 0 while the recorder loses data | below | 80 |
| `latency` | 95th percentile of answers in ms: the median of the calls' own | at least | 3000 |
| `dead_air` | share of their length in which nobody spoke | at least | 0.25 |
| `unusual` | how many deviations (1.4826 times the median one) a call of the window is away from \
its route's last 14 days, in length, latency, dead air, interruptions or messages | at least | 6 |
| `silence` | calls of a route in the window, that at this time of the last 7 days had `min_calls` on the \
median | at most | 0 |
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from earwitness.settings.outbound import AlertRule, period_of

DEFAULTS = {
    "failed_saves": 1.0,
    "error_rate": 0.1,
    "recording_health": 80.0,
    "latency": 3000.0,
    "dead_air": 0.25,
    "unusual": 6.0,
    "silence": 0.0,
}
BEFORE = timedelta(days=14)  # how long back calls are compared with
DAYS_OF_SILENCE = 7
LEAST_TO_COMPARE = 20  # calls of a route; fewer have no habits
MOST_EVIDENCE = 20
SAVED_WITHIN = timedelta(minutes=2)  # files are made by then, unless something is wrong
_NORMAL = 1.4826  # median deviation to standard deviation, of a normal distribution
_COMPARED = {  # figure -> the smallest deviation that counts as one
    "duration_ms": 1_000.0,
    "response_p95_ms": 50.0,
    "dead_air_ms": 500.0,
    "interruptions": 0.5,
    "messages": 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What rules look at of a call that has ended."""

    id: str
    routes: tuple[str, ...]
    providers: tuple[str, ...]
    started_at: datetime
    ended_at: datetime
    status: str
    duration_ms: int
    messages: int
    interruptions: int
    health_score: int
    response_p95_ms: int | None
    dead_air_ms: int | None
    failed_saves: int
    is_saved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a rule finds now. `about`: the route, where each is judged by itself. Not told: too few calls."""

    about: str
    value: float
    is_wrong: bool
    message: str
    evidence: tuple[str, ...] = ()  # ids of conversations


def threshold_of(rule: AlertRule) -> float:
    return DEFAULTS[rule.watch] if rule.threshold is None else rule.threshold


def looks_back(rule: AlertRule) -> timedelta:
    """How old the oldest call is that it needs."""
    window = period_of(rule.window)
    return {"unusual": BEFORE, "silence": timedelta(days=DAYS_OF_SILENCE)}.get(rule.watch, window) + window


def judge(
    rule: AlertRule, calls: Iterable[Call], now: datetime, trouble: Sequence[str] = ()
) -> list[Reading]:
    """What the rule finds in these calls. `trouble`: why the recorder is not to be trusted just now."""
    chosen = [
        call
        for call in calls
        if (not rule.route or rule.route in call.routes)
        and (not rule.provider or rule.provider in call.providers)
    ]
    since = now - period_of(rule.window)
    recent = [call for call in chosen if call.ended_at > since]
    if rule.watch == "unusual":
        return list(_unusual(rule, chosen, since))
    if rule.watch == "silence":
        return list(_silence(rule, chosen, now))
    if rule.watch == "failed_saves":
        return [_failed_saves(rule, recent, now)]
    if rule.watch == "recording_health" and trouble:
        return [Reading(about="", value=0.0, is_wrong=True, message=f"the recorder: {'; '.join(trouble)}")]
    if len(recent) < rule.min_calls:
        return []
    return [reading] if (reading := _of_window(rule, recent)) else []


def _failed_saves(rule: AlertRule, recent: Sequence[Call], now: datetime) -> Reading:
    bad = [c for c in recent if c.failed_saves or (not c.is_saved and c.ended_at < now - SAVED_WITHIN)]
    is_wrong = len(bad) >= max(threshold_of(rule), 1)
    return Reading(
        about="",
        value=float(len(bad)),
        is_wrong=is_wrong,
        message=f"{len(bad)} calls could not be stored at once, or are not stored yet",
        evidence=_ids(bad),
    )


def _of_window(rule: AlertRule, recent: Sequence[Call]) -> Reading | None:
    limit, of = threshold_of(rule), f"of {len(recent)} calls"
    if rule.watch == "error_rate":
        bad = [call for call in recent if call.status in ("failed", "partial")]
        share = len(bad) / len(recent)
        words = f"{len(bad)} {of} failed or lack something"
        return Reading(about="", value=share, is_wrong=share >= limit, message=words, evidence=_ids(bad))
    if rule.watch == "recording_health":
        mean = sum(call.health_score for call in recent) / len(recent)
        worst = sorted(recent, key=lambda call: call.health_score)
        words = f"the records {of} have a health of {mean:.0f}"
        return Reading(about="", value=mean, is_wrong=mean < limit, message=words, evidence=_ids(worst))
    if rule.watch == "latency":
        slow = sorted((c for c in recent if c.response_p95_ms is not None), key=_latency, reverse=True)
        if len(slow) < rule.min_calls:
            return None
        value = float(median(map(_latency, slow)))
        words = f"answers take {value:.0f} ms (95th percentile, median {of})"
        return Reading(about="", value=value, is_wrong=value >= limit, message=words, evidence=_ids(slow))
    heard = [call for call in recent if call.dead_air_ms is not None]
    total_ms = sum(call.duration_ms for call in heard)
    if len(heard) < rule.min_calls or not total_ms:
        return None
    share = sum(call.dead_air_ms or 0 for call in heard) / total_ms
    silent = sorted(heard, key=lambda call: call.dead_air_ms or 0, reverse=True)
    words = f"nobody spoke in {share:.0%} of the time {of}"
    return Reading(about="", value=share, is_wrong=share >= limit, message=words, evidence=_ids(silent))


def _latency(call: Call) -> float:
    return float(call.response_p95_ms or 0)


def _unusual(rule: AlertRule, calls: Sequence[Call], since: datetime) -> Iterator[Reading]:
    for route, own in _by_route(rule, calls).items():
        before = [call for call in own if call.ended_at <= since]
        recent = [call for call in own if call.ended_at > since]
        if len(before) < LEAST_TO_COMPARE or not recent:
            continue
        scores = {call.id: max(_scores(call, before), default=(0.0, "")) for call in recent}
        value, figure = max(scores.values())
        odd = [call for call in recent if scores[call.id][0] >= threshold_of(rule)]
        message = f"{len(odd)} of {len(recent)} calls are unlike those before"
        message += f"; most of all in {figure.removesuffix('_ms')}" if odd else ""
        yield Reading(about=route, value=value, is_wrong=bool(odd), message=message, evidence=_ids(odd))


def _scores(call: Call, before: Sequence[Call]) -> Iterator[tuple[float, str]]:
    """How far the call is from what was usual, by each figure."""
    for figure, least in _COMPARED.items():
        known = [value for each in before if (value := getattr(each, figure)) is not None]
        mine = getattr(call, figure)
        if mine is None or len(known) < LEAST_TO_COMPARE:
            continue
        middle = median(known)
        spread = max(_NORMAL * median(abs(value - middle) for value in known), least)
        yield abs(mine - middle) / spread, figure


def _silence(rule: AlertRule, calls: Sequence[Call], now: datetime) -> Iterator[Reading]:
    window = period_of(rule.window)
    for route, own in _by_route(rule, calls).items():
        times = [call.ended_at for call in own]
        usual = median(
            sum(end - window < at <= end for at in times)
            for end in (now - timedelta(days=day) for day in range(1, DAYS_OF_SILENCE + 1))
        )
        if usual < rule.min_calls:
            continue
        count = sum(now - window < at <= now for at in times)
        yield Reading(
            about=route,
            value=float(count),
            is_wrong=count <= threshold_of(rule),
            message=f"{count} calls where at this time there are {usual:g}",
        )


def _by_route(rule: AlertRule, calls: Sequence[Call]) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in calls:
        for route in call.routes:
            if not rule.route or route == rule.route:
                found.setdefault(route, []).append(call)
    return found


def _ids(calls: Sequence[Call]) -> tuple[str, ...]:
    return tuple(call.id for call in calls[:MOST_EVIDENCE])
