"""Rules and alerts in the terminal."""

from typed import Typist


def test_a_rule_is_set_shown_and_taken_away_in_the_terminal(own_typist: Typist) -> None:
    assert "no rule is set" in own_typist.type("alerts", "rules").stdout
    own_typist.type("alerts", "set", "slow", "--watch", "latency", "--threshold", "2500", "--tell", "ops")
    assert "latency" in own_typist.type("alerts", "rules").stdout
    [rule] = own_typist.json("alerts", "rules")
    assert (rule["name"], rule["threshold"], rule["tell"]) == ("slow", 2500, ["ops"])
    own_typist.refused("alerts", "set", "odd", "--watch", "latency", "--window", "soon")
    own_typist.type("alerts", "set", "odd", "--watch", "moods", exits=2)
    own_typist.type("alerts", "remove", "slow")
    own_typist.refused("alerts", "remove", "slow")


def test_where_nothing_is_wrong_and_nobody_was_told_that_is_said(own_typist: Typist) -> None:
    assert "nothing was found wrong" in own_typist.type("alerts", "list").stdout
    assert own_typist.json("alerts", "list") == []
    assert "nobody was told" in own_typist.type("outbox", "list").stdout
    assert own_typist.json("outbox", "list") == []
    own_typist.refused("outbox", "replay", "msg_0190")
