"""Alerts, rules and deliveries over HTTP: who may read, who may change, and nothing of other workspaces."""

import pytest

from asked import Asker

RULES = "/api/v1/alerts/rules"
RULE = {"watch": "failed_saves", "window": "7d", "tell": ["ops"]}


def test_a_rule_is_set_judged_shown_and_taken_away(own_asker: Asker) -> None:
    made = own_asker.ask(f"{RULES}/saves", "admin", method="PUT", json=RULE)
    assert (made.status_code, made.json()["threshold"], made.json()["source"]) == (200, 1.0, "api")
    assert [rule["name"] for rule in own_asker.ask(RULES).json()["rules"]] == ["saves"]
    own_asker.library.look_for_alerts(["it loses data"])
    own_asker.ask(f"{RULES}/recorder", "admin", method="PUT", json={"watch": "recording_health"})
    own_asker.library.look_for_alerts(["it loses data"])
    [alert] = own_asker.ask("/api/v1/alerts?state=firing").json()["alerts"]
    assert (alert["rule"], alert["state"], alert["value"]) == ("recorder", "firing", 0.0)
    assert own_asker.ask(f"{RULES}/recorder", "admin", method="DELETE").status_code == 204
    assert own_asker.ask("/api/v1/alerts?state=firing").json()["alerts"] == []
    assert len(own_asker.ask("/api/v1/alerts?state=resolved").json()["alerts"]) == 1
    for path in (RULES, "/api/v1/alerts"):
        (found,) = own_asker.ask(path, "other").json().values()
        assert found == []


def test_who_reads_may_not_set_rules_nor_see_what_others_were_told(own_asker: Asker) -> None:
    assert own_asker.ask(f"{RULES}/saves", "write", method="PUT", json=RULE).status_code == 403
    assert own_asker.ask(f"{RULES}/saves", "write", method="DELETE").status_code == 403
    assert own_asker.ask("/api/v1/outbox", "read").status_code == 403
    assert own_asker.ask("/api/v1/outbox/x/replay", "write", method="POST").status_code == 403
    assert own_asker.ask("/api/v1/outbox", "admin").json() == {"outbox": []}
    assert own_asker.ask("/api/v1/outbox/x/replay", "admin", method="POST").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"watch": "moods"}, {}, {"watch": "latency", "window": "soon"}, {"watch": "latency", "more": 1}, []],
)
def test_what_is_no_rule_is_refused(own_asker: Asker, wrong: object) -> None:
    answer = own_asker.ask(f"{RULES}/new", "admin", method="PUT", json=wrong)
    assert answer.status_code == 422, answer.text
    assert own_asker.ask(RULES).json() == {"rules": []}


def test_a_change_of_a_rule_is_in_the_trail(own_asker: Asker) -> None:
    own_asker.ask(f"{RULES}/saves", "admin", method="PUT", json=RULE)
    entries = own_asker.ask("/api/v1/audit?limit=5", "admin").json()["entries"]
    assert any("alerts/rules" in str(entry["facts"]) for entry in entries), entries
