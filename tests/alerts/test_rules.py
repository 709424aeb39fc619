"""Each rule judges calls as its row of the table says: from its threshold on, and not with too few calls."""

from datetime import UTC, datetime, timedelta

import pytest

from earwitness.alerts.rules import DEFAULTS, LEAST_TO_COMPARE, Call, judge, looks_back
from earwitness.settings.outbound import AlertRule

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def call(minutes_ago=5.0, number=0, **given):
    ended = NOW - timedelta(minutes=minutes_ago)
    usual = {
        "routes": ("line",),
        "providers": ("openai",),
        "started_at": ended - timedelta(minutes=2),
        "ended_at": ended,
        "status": "complete",
        "duration_ms": 120_000,
        "messages": 10,
        "interruptions": 1,
        "health_score": 98,
        "response_p95_ms": 900,
        "dead_air_ms": 0,
        "failed_saves": 0,
        "is_saved": True,
    }
    return Call(id=f"call-{number}-{minutes_ago}", **{**usual, **given})


def judged(watch, calls, **rule):
    return judge(AlertRule(watch=watch, **rule), calls, NOW)


def one(watch, calls, **rule):
    [reading] = judged(watch, calls, **rule)
    return reading


BAD = {
    "error_rate": {"status": "failed"},
    "recording_health": {"health_score": 20},
    "latency": {"response_p95_ms": 9_000},
    "dead_air": {"dead_air_ms": 90_000},
}


@pytest.mark.parametrize("watch", BAD)
def test_calls_as_usual_are_right_bad_ones_wrong_and_the_worst_are_shown(watch):
    usual, bad = [call(number=n) for n in range(6)], [call(number=n, **BAD[watch]) for n in range(6)]
    assert not one(watch, usual).is_wrong
    found = one(watch, bad)
    assert found.is_wrong
    assert set(found.evidence) == {each.id for each in bad}


@pytest.mark.parametrize("watch", BAD)
def test_too_few_calls_say_nothing_and_old_ones_do_not_count(watch):
    bad = [call(number=n, **BAD[watch]) for n in range(6)]
    assert judged(watch, bad[:4]) == []
    assert judged(watch, bad, min_calls=7) == []
    assert judged(watch, [call(16, n, **BAD[watch]) for n in range(6)]) == []


@pytest.mark.parametrize("watch", BAD)
def test_a_rule_looks_at_its_route_and_provider_alone(watch):
    bad = [call(number=n, **BAD[watch]) for n in range(6)]
    assert judged(watch, bad, route="other") == []
    assert judged(watch, bad, provider="hume") == []
    assert one(watch, bad, route="line", provider="openai").is_wrong


def test_a_share_of_errors_is_wrong_from_the_threshold_on():
    calls = [call(number=n, status="partial" if n < 2 else "complete") for n in range(10)]
    assert one("error_rate", calls, threshold=0.2).is_wrong
    assert not one("error_rate", calls, threshold=0.21).is_wrong


def test_a_call_that_is_not_stored_is_wrong_once_it_should_be():
    assert not one("failed_saves", [call(1, is_saved=False)]).is_wrong
    found = one("failed_saves", [call(3, is_saved=False), call(4)])
    assert (found.is_wrong, found.value) == (True, 1.0)
    assert one("failed_saves", [call(1, failed_saves=2)]).is_wrong
    assert not one("failed_saves", []).is_wrong


def test_a_recorder_that_loses_data_is_no_health_at_all_whatever_the_calls_say():
    rule = AlertRule(watch="recording_health")
    [found] = judge(rule, [call(number=n) for n in range(9)], NOW, ["it loses data"])
    assert (found.is_wrong, found.value) == (True, 0.0)
    assert "it loses data" in found.message


def history(**given):
    return [call(60.0 * n, n, duration_ms=120_000 + 1_000 * (n % 7), **given) for n in range(1, 60)]


@pytest.mark.parametrize(
    ("odd", "word"),
    [
        ({"duration_ms": 3_600_000}, "duration"),
        ({"response_p95_ms": 8_000}, "response_p95"),
        ({"dead_air_ms": 60_000}, "dead_air"),
        ({"interruptions": 30}, "interruptions"),
        ({"messages": 400}, "messages"),
    ],
)
def test_a_call_unlike_those_of_its_route_is_unusual_and_its_figure_is_named(odd, word):
    found = one(
        "unusual",
        [
            *history(),
            call(5, 999, duration_ms=121_000, **odd) if "duration_ms" not in odd else call(5, 999, **odd),
        ],
    )
    assert found.is_wrong
    assert found.about == "line"
    assert word in found.message
    assert found.evidence == ("call-999-5",)


def test_a_call_like_the_others_is_not_unusual_and_a_young_route_has_no_habits():
    assert not one("unusual", [*history(), call(5, 999, duration_ms=123_000)]).is_wrong
    young = [*history()[: LEAST_TO_COMPARE - 1], call(5, 999, duration_ms=10**8)]
    assert judged("unusual", young) == []
    assert judged("unusual", [*history(routes=("other",)), call(5, 999, duration_ms=10**8)]) == []


def test_figures_that_were_not_measured_do_not_count_as_unusual():
    bare = {"response_p95_ms": None, "dead_air_ms": None}
    assert not one("unusual", [*history(**bare), call(5, 999, **bare)]).is_wrong
    assert not one("unusual", [*history(), call(5, 999, **bare)]).is_wrong


def week(per_window=6):
    return [call(24 * 60 * day + 1 + n, day * 100 + n) for day in range(1, 8) for n in range(per_window)]


def test_a_route_that_talks_at_this_time_of_day_and_is_silent_now_is_wrong():
    found = one("silence", week())
    assert (found.about, found.value, found.is_wrong) == ("line", 0.0, True)
    assert not one("silence", [*week(), call(5)]).is_wrong


def test_silence_of_a_route_that_is_always_silent_at_this_time_is_right():
    assert judged("silence", week(per_window=4)) == []
    elsewhere = [call(24 * 60 * day + 600 + n, day * 100 + n) for day in range(1, 8) for n in range(9)]
    assert judged("silence", elsewhere) == []


def test_every_kind_has_a_threshold_of_its_own_and_says_how_far_it_looks_back():
    for watch in DEFAULTS:
        assert looks_back(AlertRule(watch=watch)) >= timedelta(minutes=15)
    assert looks_back(AlertRule(watch="silence", window="1h")) == timedelta(days=7, hours=1)


@pytest.mark.parametrize("wrong", ["", "15", "m", "0m", "1w", "-5m", "1.5h"])
def test_what_is_no_period_is_refused(wrong):
    with pytest.raises(ValueError, match="no period"):
        AlertRule(watch="latency", window=wrong)
