"""Alerts begin, are told, held off and over; over a restart none is forgotten, and none is told twice."""

import pytest

from earwitness.alerts.watch import Watch
from earwitness.clock import NS_PER_S, ManualClock
from earwitness.errors import InvalidInput, NotFound
from earwitness.model.conversation import Status
from earwitness.outbound.outbox import Outbox
from earwitness.settings.outbound import AlertRule, Endpoint
from earwitness.store.catalog import Catalog
from store_calls import a_call

NOW_NS = 1_763_650_000 * NS_PER_S
RULE = AlertRule(watch="error_rate", threshold=0.5, window="10m", hold_off="1h", recovery="5m", min_calls=2)
OPS = {"ops": Endpoint(url="https://ops.example", secret="s", events=("alert",))}


class House:
    """A catalog, a clock, and whoever watches; `again` is the same after a restart."""

    def __init__(self, folder, rules=None):
        self.catalog = Catalog.open(f"sqlite:///{folder / 'catalog.db'}")
        self.clock = ManualClock(wall_ns=NOW_NS)
        self.rules = {"errors": RULE} if rules is None else rules
        self.count = 0
        self.again()

    def again(self):
        database = self.catalog.database
        self.outbox = Outbox(database, OPS, clock=self.clock)
        self.watch = Watch(database, self.rules, self.outbox, clock=self.clock)

    def call(self, status=Status.COMPLETE, seconds_ago=60, **given):
        self.count += 1
        began = self.clock.now().wall_ns - seconds_ago * NS_PER_S
        given = {"status": status, "began_at_ns": began, "ended_ns": 10 * NS_PER_S, **given}
        conversation = a_call(self.count, **given)
        self.catalog.put(conversation)
        return conversation.id

    def wait(self, minutes):
        self.clock.advance(round(minutes * 60 * NS_PER_S))

    def look(self, *trouble):
        return [(alert.rule, alert.state) for alert in self.watch.look(trouble)]

    def told(self):
        return [row.body["data"]["state"] for row in reversed(self.outbox.list("default"))]


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    yield house
    house.catalog.close()


def test_what_goes_wrong_is_told_once_and_again_when_it_is_over(house):
    bad = [house.call(Status.FAILED) for _ in range(3)]
    assert house.look() == [("errors", "firing")]
    [alert] = house.watch.alerts("default")
    assert set(alert.evidence) == set(bad)
    assert (alert.value, alert.threshold) == (1.0, 0.5)
    house.again()
    assert house.look() == []
    assert house.told() == ["firing"]
    house.wait(11)
    assert house.look() == [("errors", "resolved")]
    assert house.told() == ["firing", "resolved"]
    assert house.watch.alerts("default", state="firing") == ()
    assert house.look() == []


def test_it_is_over_only_once_it_has_been_right_for_the_time_of_recovery(house):
    house.rules["errors"] = AlertRule(
        watch="error_rate", threshold=0.5, window="2m", recovery="5m", min_calls=2
    )
    for _ in range(2):
        house.call(Status.FAILED)
    house.look()
    house.wait(4)  # the window is empty by now
    assert house.look() == []
    house.wait(2)
    assert house.look() == [("errors", "resolved")]


def test_what_comes_back_soon_is_an_alert_that_nobody_is_told_of(house):
    for _ in range(2):
        house.call(Status.FAILED)
    house.look()
    house.wait(16)
    house.look()
    for _ in range(2):
        house.call(Status.FAILED)
    assert house.look() == [("errors", "firing")]
    assert house.told() == ["firing", "resolved"]
    house.wait(16)
    assert house.look() == [("errors", "resolved")]
    assert house.told() == ["firing", "resolved"]
    house.wait(60)
    for _ in range(2):
        house.call(Status.FAILED)
    house.look()
    assert house.told() == ["firing", "resolved", "firing"]


def test_calls_of_another_workspace_are_none_of_its_business(house):
    for _ in range(3):
        house.call(Status.FAILED, workspace="acme")
    assert house.look() == []


def test_a_recorder_in_trouble_is_told_of_without_a_single_call(house):
    house.rules["recorder"] = AlertRule(watch="recording_health")
    assert house.look("it loses data") == [("recorder", "firing")]
    house.wait(6)
    assert house.look() == [("recorder", "resolved")]


def test_a_call_whose_files_are_not_made_is_told_of(house):
    house.rules["saves"] = AlertRule(watch="failed_saves")
    house.call(seconds_ago=60)
    assert house.look() == []
    call = house.call(seconds_ago=300)
    assert house.look() == [("saves", "firing")]
    [alert] = house.watch.alerts("default")
    assert alert.evidence == [call]


def test_a_rule_of_the_api_stands_before_one_of_the_settings_and_goes_with_what_it_found(house):
    made = house.watch.set_rule("default", "errors", {"watch": "error_rate", "threshold": 0.01}, by="key:1")
    assert [(rule.name, rule.source) for rule in house.watch.rules("default")] == [("errors", "api")]
    assert made.document()["threshold"] == 0.01
    for number in range(6):
        house.call(Status.FAILED if number == 0 else Status.COMPLETE)
    assert house.look() == [("errors", "firing")]
    house.watch.remove_rule("default", "errors")
    assert house.watch.alerts("default", state="firing") == ()
    assert [(rule.name, rule.source) for rule in house.watch.rules("default")] == [("errors", "settings")]
    with pytest.raises(NotFound):
        house.watch.remove_rule("default", "errors")


@pytest.mark.parametrize(
    "wrong",
    [{"watch": "moods"}, {"watch": "latency", "window": "soon"}, {"watch": "latency", "limit": 3}, {}],
)
def test_what_is_no_rule_is_refused(house, wrong):
    with pytest.raises(InvalidInput):
        house.watch.set_rule("default", "new", wrong, by="key:1")
    assert [rule.name for rule in house.watch.rules("default")] == ["errors"]


def test_what_is_erased_is_named_by_no_alert(house):
    bad = [house.call(Status.FAILED) for _ in range(3)]
    house.look()
    house.watch.purge("default", bad[0])
    [alert] = house.watch.alerts("default")
    assert set(alert.evidence) == set(bad[1:])
