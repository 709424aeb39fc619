"""The whole conversation from its events: one leg, two legs, and the traps of the wire."""

from earwitness.model.conversation import Status
from earwitness.model.events import (
    Evidence,
    MessageClosed,
    MessageOpened,
    Party,
    PlaybackCut,
    Role,
    SpeechStarted,
    SpeechStopped,
    TextArrived,
)
from scripted import Script, message, times


def test_a_barge_in_cuts_what_was_heard_but_not_what_was_said() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 3200)
    ai(1100, SpeechStarted, party=Party.CALLER, item="u1", media_ms=900)
    ai(2000, SpeechStopped, party=Party.CALLER, item="u1", media_ms=1900)
    ai(2001, MessageOpened, item="u1", role=Role.USER, is_first=True)
    ai(2100, MessageOpened, item="a1", role=Role.ASSISTANT, previous="u1", response="r1")
    ai.agent(2200, 2400, "a1")
    ai(2300, TextArrived, item="a1", text="one two three ")
    ai(2301, TextArrived, item="a1", text="four five six")
    ai(2302, MessageClosed, item="a1")
    ai(2400, TextArrived, item="u1", text="hello\n", is_whole=True)
    ai(2401, MessageClosed, item="u1")
    ai(3000, SpeechStarted, party=Party.CALLER, item="u2", media_ms=2880)
    ai(3010, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=700)
    ai.close(5000)
    seen = call.conversation()

    assert [m.item for m in seen.messages] == ["u1", "a1"]
    said, answer = seen.messages
    assert (said.text, said.started_ns, said.ended_ns) == ("hello", 900_000_000, 1_900_000_000)
    assert (answer.text, answer.heard_text) == ("one two three four five six", "one two")
    assert (answer.sent_ms, answer.heard_ms, answer.status) == (2400, 700, "interrupted")
    assert answer.evidence is Evidence.CLIENT_CLAIM
    assert times(seen, Party.AGENT) == [(2200, 2900)]
    assert [s.byte_count for s in seen.sent[Party.AGENT].spans] == [2400 * 48]
    assert [(i.by, i.at_ns, i.message, i.did_cut) for i in seen.interruptions] == [
        (Party.CALLER, 2_880_000_000, "ai:a1", True)
    ]
    assert (seen.status, seen.reasons, seen.ended_ns) == (Status.COMPLETE, (), 5_000_000_000)
    assert message(seen, "a1").started_ns == 2_200_000_000
