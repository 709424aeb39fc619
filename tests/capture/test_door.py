"""The door of a leg: by choice, by pause, by consent."""

from typing import Any

import msgspec
import pytest

from earwitness.capture.door import Choice, Door, narrowed
from earwitness.clock import NS_PER_S, Instant
from earwitness.journal.record import Kept, Kind, Note

WALL_NS = 1_700_000_000 * NS_PER_S
SAID = b'{"type":"conversation.item.added","item":{"id":"%d"}}'


class Leg:
    """A door, what it said, and what came through; a second goes by with each message."""

    def __init__(self, **choice: Any) -> None:
        self.notes: list[Note] = []
        self.noted_at: list[Instant] = []
        self.opened = 0
        self.seconds = 0.0
        self.count = 0
        self.door = Door(Choice(**choice), self._note, on_open=self._open)

    def _note(self, at: Instant, note: Note) -> None:
        self.noted_at.append(at)
        self.notes.append(note)

    def _open(self) -> None:
        self.opened += 1

    @property
    def now(self) -> Instant:
        return Instant(int(self.seconds * NS_PER_S), WALL_NS + int(self.seconds * NS_PER_S))

    def say(self, kind: Kind = Kind.TEXT, payload: bytes = b"") -> bytes | None:
        self.seconds += 1
        self.count += 1
        self.door.tick(self.now)
        return self.door.admit(self.now, kind, payload or SAID % self.count)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        return [(note.verb, note.data) for note in self.notes]


def test_in_a_pause_nothing_goes_through_and_its_end_says_how_much_that_was() -> None:
    leg = Leg()
    assert leg.say()
    leg.door.pause(leg.now, reason="card")
    assert leg.door.state()["state"] == "paused"
    assert [leg.say(), leg.say(Kind.BINARY, b"xyz"), leg.say(Kind.PING, b"4111")] == [None] * 3
    leg.door.resume(leg.now)
    assert leg.say()
    (pause, paused), (resume, resumed) = leg.told()
    assert (pause, paused["reason"]) == ("pause", "card")
    assert (resume, resumed["by"], resumed["messages"]) == ("resume", "asked", 3)
    assert leg.opened == 1


def test_who_closed_is_kept_even_in_a_pause_but_not_with_what_words() -> None:
    leg = Leg()
    leg.door.pause(leg.now)
    assert leg.say(Kind.CLOSE, b"\x03\xe8my card is 4111") == b"\x03\xe8"


def test_a_pause_ends_by_itself_at_its_time_whenever_the_next_message_comes() -> None:
    leg = Leg(longest_pause_s=3.5)
    leg.door.pause(leg.now, seconds=100)
    ended_at = Instant(leg.now.monotonic_ns + 3_500_000_000, leg.now.wall_ns + 3_500_000_000)
    assert [leg.say() is not None for _ in range(3)] == [False] * 3
    leg.seconds += 60
    assert [leg.say() is not None for _ in range(2)] == [True, True]
    assert leg.told()[1] == ("resume", {"by": "timer", "messages": 3, "bytes": 3 * len(SAID) - 3})
    assert leg.noted_at[1] == ended_at


def test_a_pause_that_was_over_when_the_leg_ended_was_no_longer_than_it_was_to_be() -> None:
    leg = Leg()
    leg.door.pause(leg.now, seconds=2)
    leg.seconds += 60
    leg.door.close(leg.now)
    assert leg.told()[-1][1]["by"] == "timer"
    assert leg.noted_at[-1].monotonic_ns == 2 * NS_PER_S


def test_a_pause_may_be_made_longer_and_lasts_to_the_legs_end() -> None:
    leg = Leg()
    leg.door.pause(leg.now, seconds=2)
    leg.say()
    leg.door.pause(leg.now, seconds=10)
    assert [leg.say(), leg.say(), leg.say()] == [None] * 3
    leg.door.close(leg.now)
    assert leg.told()[-1][0] == "resume"
    assert leg.told()[-1][1]["by"] == "end"
    assert leg.told()[-1][1]["messages"] == 4


def test_resuming_what_is_not_paused_does_nothing() -> None:
    leg = Leg()
    leg.door.resume(leg.now)
    assert not leg.notes
    assert leg.door.is_wide


def test_before_consent_nothing_is_said_and_nothing_goes_through() -> None:
    leg = Leg(needs_consent=True)
    leg.door.pause(leg.now)
    leg.door.resume(leg.now)
    assert [leg.say(), leg.say(Kind.CLOSE, b"\x03\xe8")] == [None, None]
    assert (leg.notes, leg.door.state()["state"]) == ([], "awaiting_consent")
    leg.door.consent(leg.now, how="spoken")
    assert leg.say()
    ((verb, data),) = leg.told()
    assert (verb, data["given"], data["how"], data["messages"]) == ("consent", True, "spoken", 1)


def test_consent_that_is_refused_or_taken_back_ends_it_for_good() -> None:
    for leg in (Leg(), Leg(needs_consent=True)):
        leg.door.consent(leg.now, given=False)
        leg.door.resume(leg.now)
        leg.door.consent(leg.now, given=True)
        assert leg.say() is None
        assert leg.door.state()["state"] == "stopped"
    assert [verb for verb, _ in leg.told()][:1] == ["consent"]


def test_a_choice_may_be_narrowed_and_widened_again_but_never_beyond_the_settings() -> None:
    leg = Leg(kept=Kept(audio=False))
    leg.door.keep(leg.now, audio=True, raw=True, transcripts=False)
    assert leg.door.state()["keeps"] == ["raw"]
    leg.door.keep(leg.now, audio=True, raw=True, transcripts=True)
    assert leg.door.state()["keeps"] == ["raw", "transcripts"]
    assert leg.told()[-1] == ("keep", {"audio": False, "raw": True, "transcripts": True})
    wide = narrowed(Kept(only=("a",), never=("b",)), Kept(never=("c",)))
    assert (wide.only, wide.never) == (("a",), ("b", "c"))


def test_what_was_left_out_by_choice_is_told_at_the_end() -> None:
    leg = Leg(kept=Kept(audio=False, raw=False, transcripts=False))
    for _ in range(4):
        assert leg.say() is None
    leg.door.close(leg.now)
    assert leg.told() == [("left_out", {"messages": 4, "bytes": 4 * len(SAID) - 4})]
    stopped = Leg()
    stopped.door.stop(stopped.now)
    stopped.say()
    stopped.door.close(stopped.now)
    assert [verb for verb, _ in stopped.told()] == ["stop", "left_out"]


@pytest.mark.parametrize("kind", [Kind.PING, Kind.PONG])
def test_control_frames_carry_words_only_where_everything_is_kept(kind: Kind) -> None:
    assert Leg().say(kind, b"4111") == b"4111"
    assert Leg(kept=Kept(transcripts=False)).say(kind, b"4111") == b""


def test_what_is_told_late_of_a_pause_is_counted_as_left_out() -> None:
    leg = Leg()
    leg.door.pause(leg.now)
    leg.say(payload=msgspec.json.encode({"type": "input_audio_buffer.speech_started", "item_id": "u1"}))
    leg.door.resume(leg.now)
    assert leg.say(payload=msgspec.json.encode({"type": "t", "item_id": "u1", "transcript": "4111"})) is None
    leg.door.close(leg.now)
    assert leg.told()[-1][0] == "left_out"
