"""Metrics over HTTP: by groups, each point with the filters that list its calls, and nothing of others."""

from datetime import datetime

import pytest

from asked import Asker
from earwitness.lake.metrics import METRICS
from played import OTHER_WORKSPACE, Played


def metric(asker: Asker, name: str, **given: str):
    answer = asker.ask("/api/v1/metrics", params={"metric": name, **given})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_there_are_fifteen_and_each_says_what_it_means(asker):
    listed = asker.ask("/api/v1/metrics").json()["metrics"]
    assert [each["name"] for each in listed] == list(METRICS)
    assert len(listed) == 15
    assert all(each["meaning"] and each["unit"] for each in listed)


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_answers_by_every_dimension(asker, name):
    for by in ("", "day", "hour", "provider", "route", "label", "agent", "day,provider", "hour,label,route"):
        answer = metric(asker, name, by=by)
        groups = [each for each in by.split(",") if each]
        assert answer["metric"] == name
        for point in answer["points"]:
            assert {*groups, "count", "value", "filters"} <= point.keys()


def test_the_calls_behind_a_point_are_listed_by_its_filters(asker):
    for by in ("day", "provider", "label", "route", "agent", "hour,provider"):
        points = metric(asker, "volume", by=by)["points"]
        assert points
        for point in points:
            listed = asker.ask("/api/v1/conversations", params={**point["filters"], "limit": 1000}).json()
            ended = [each for each in listed["conversations"] if each["status"] != "active"]
            assert len(ended) == point["count"] == point["value"], (by, point)


def test_a_stretch_of_time_counts_what_began_in_it_its_end_apart(asker):
    rows = asker.ask("/api/v1/conversations", params={"sort": "oldest"}).json()["conversations"]
    first, third = rows[0]["started_at"], rows[2]["started_at"]
    inside = [row for row in rows if first <= row["started_at"] < third]
    answer = metric(asker, "volume", **{"from": first, "to": third, "by": "day"})
    assert sum(point["count"] for point in answer["points"]) == len(inside)
    [day] = answer["points"]
    assert datetime.fromisoformat(day["filters"]["since"]) == datetime.fromisoformat(first)


def test_a_workspace_counts_its_own_calls_and_no_others(asker: Asker, played: Played):
    own = metric(asker, "volume")["points"][0]["count"]
    other = played.library(OTHER_WORKSPACE)
    assert other.metric("volume").points[0]["count"] == 1
    assert own == len([r for r in played.library().conversations() if r.row.status != "active"])


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"metric": "nonsense"}, 404),
        ({"metric": "volume", "by": "subject"}, 422),
        ({"metric": "volume", "from": "2026-11-20T10:00:00"}, 422),
        ({"metric": "volume", "from": "yesterday"}, 422),
    ],
)
def test_what_is_no_metric_no_group_or_no_time_is_refused_with_a_hint(asker, given, status):
    answer = asker.ask("/api/v1/metrics", params=given)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_filter_that_holds_a_quote_finds_nothing_and_breaks_nothing(asker):
    for name in ("provider", "route", "label", "agent"):
        assert metric(asker, "volume", by="day", **{name: "o'x\" OR 1=1 --"})["points"] == []
