"""What can be said of a running call, and what of it holds for legs that come later."""

from typing import Any

import pytest

from earwitness.capture.door import Choice, Door
from earwitness.capture.verbs import Command, Standing, obey
from earwitness.clock import NS_PER_S, Instant
from earwitness.errors import Conflict, InvalidInput
from earwitness.journal.record import Note

LINKS = ("conversation:order-7",)


def at(seconds: float) -> Instant:
    return Instant(int(seconds * NS_PER_S), int(seconds * NS_PER_S))


def told(verb: str, needs_consent: bool = False, **data: Any) -> tuple[Door, list[Note]]:
    notes: list[Note] = []
    door = Door(Choice(needs_consent=needs_consent), lambda _, note: notes.append(note))
    obey(door, lambda _, note: notes.append(note), at(0), verb, data)
    return door, notes


def test_each_verb_does_what_it_says() -> None:
    assert told("pause", seconds=5, reason="card")[0].state()["state"] == "paused"
    assert told("keep", keep=["transcripts"])[0].state()["keeps"] == ["transcripts"]
    assert told("consent", given=False)[0].state()["state"] == "stopped"
    assert told("stop")[0].state()["state"] == "stopped"
    assert told("consent", needs_consent=True, given=True)[0].state()["state"] == "recording"
    assert told("snapshot", label="here", price=4)[1] == [
        Note(verb="snapshot", data={"label": "here", "price": 4})
    ]


def test_what_is_said_after_a_pause_was_over_finds_it_ended() -> None:
    door, notes = told("pause", seconds=5)
    obey(door, lambda _, note: notes.append(note), at(9), "snapshot", {"label": "late"})
    assert [note.verb for note in notes] == ["pause", "resume", "snapshot"]
    assert door.state()["state"] == "recording"


@pytest.mark.parametrize("seconds", [0, -1, 90_000, "60", True, float("nan")])
def test_a_length_that_is_none_is_refused_and_changes_nothing(seconds: object) -> None:
    with pytest.raises(InvalidInput, match="no length of a pause"):
        told("pause", seconds=seconds)


def test_an_unknown_verb_is_named_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="'erase'") as error:
        told("erase")
    assert "resume" in error.value.hint


def test_nothing_is_noted_of_a_call_that_awaits_consent() -> None:
    with pytest.raises(Conflict, match="nothing may be written"):
        told("snapshot", needs_consent=True, label="here")


def test_a_command_is_for_legs_by_id_or_link_of_its_workspace_only() -> None:
    command = Command(verb="pause", workspace="w", ids=("leg-1",), links=LINKS)
    assert command.is_for("w", ("leg-1", "c"), ())
    assert command.is_for("w", ("leg-2",), ("x", *LINKS))
    assert not command.is_for("w", ("leg-2",), ("x",))
    assert not command.is_for("other", ("leg-1",), LINKS)


def test_a_pause_holds_for_legs_that_come_later_until_it_is_over() -> None:
    standing = Standing()
    standing.remember(at(0), "w", LINKS, "pause", {"seconds": 60, "reason": "card"})
    assert standing.of(at(20), "w", LINKS) == [("pause", {"seconds": 40.0, "reason": "card"})]
    assert standing.of(at(20), "other", LINKS) == []
    assert standing.of(at(61), "w", LINKS) == []
    standing.remember(at(30), "w", LINKS, "resume", {})
    assert standing.of(at(31), "w", LINKS) == []


def test_consent_and_stop_hold_for_a_day_but_a_snapshot_does_not() -> None:
    standing = Standing()
    standing.remember(at(0), "w", LINKS, "consent", {"given": True})
    standing.remember(at(0), "w", LINKS, "snapshot", {"label": "x"})
    assert standing.of(at(86_000), "w", LINKS) == [("consent", {"given": True})]
    assert standing.of(at(87_000), "w", LINKS) == []


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Standing, "MOST", 3)
    standing = Standing()
    for number in range(5):
        standing.remember(at(0), "w", (f"conversation:{number}",), "stop", {})
    assert [bool(standing.of(at(1), "w", (f"conversation:{n}",))) for n in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]
