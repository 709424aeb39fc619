"""Which part of a recorded leg is whose."""

import msgspec
import pytest

from earwitness.errors import NotFound
from earwitness.journal.record import NOTHING, Answered, Gap, Kind, Opened, Origin, Record
from earwitness.pipeline.replay import part

MS = 1_000_000
UP = Answered(status=101, headers=(("Sec-WebSocket-Protocol", "realtime"),))
WHOLE = Opened(leg="l", conversation="c")


def leg(*rest, opened=WHOLE, first=300):
    """The records of a leg: opened, answered at `first` ms, then (ms, origin, kind, payload)."""
    head = [
        (first - 100, Origin.RECORDER, Kind.OPENED, msgspec.json.encode(opened)),
        (first, Origin.SERVER, Kind.ANSWERED, msgspec.json.encode(UP)),
    ]
    return [Record(n, ms * MS, ms * MS, *each) for n, (ms, *each) in enumerate([*head, *rest])]


TALK = leg(
    (310, Origin.SERVER, Kind.TEXT, b"{}"),
    (350, Origin.CLIENT, Kind.BINARY, b"\x00"),
    (360, Origin.CLIENT, Kind.PING, b""),
    (400, Origin.CLIENT, Kind.CLOSE, b"\x03\xe8"),
    (410, Origin.RECORDER, Kind.ENDED, b"{}"),
)


def test_times_count_from_when_the_socket_was_up():
    told = part(lambda: TALK, Origin.CLIENT)
    assert [(step.at_ms, step.is_own, step.kind) for step in told.script.steps()] == [
        (10, False, "text"),
        (50, True, "binary"),
        (100, True, "close"),
        (110, True, "close"),
    ]
    assert (told.script.messages, told.script.subprotocols, told.is_whole) == (1, ("realtime",), True)
    assert [step.is_own for step in part(lambda: TALK, Origin.SERVER).script.steps()][:2] == [True, False]


def test_a_gap_and_what_was_left_out_by_choice_are_told():
    message = (310, Origin.SERVER, Kind.TEXT, b"{}")
    gap = (320, Origin.RECORDER, Kind.GAP, msgspec.json.encode(Gap(reason="overrun", first=3)))
    chosen = Opened(leg="l", conversation="c", kept=NOTHING)
    assert not part(lambda: leg(message, gap), Origin.SERVER).is_whole
    assert not part(lambda: leg(message, opened=chosen), Origin.SERVER).is_whole


def test_an_end_that_said_nothing_cannot_be_played():
    with pytest.raises(NotFound, match="the server of this leg sent no message"):
        part(lambda: leg((350, Origin.CLIENT, Kind.TEXT, b"{}")), Origin.SERVER)
