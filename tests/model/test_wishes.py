"""What was not kept because somebody wished so."""

from earwitness.model.conversation import Status
from earwitness.model.events import AudioArrived, NoteTaken, Party
from earwitness.projections import health
from scripted import Script, ScriptedLeg, times


def say(leg: ScriptedLeg, at_ms: float, verb: str, **data: object) -> None:
    leg(at_ms, NoteTaken, verb=verb, data=data)


def test_a_pause_is_a_gap_that_takes_nothing_from_the_trust_in_the_rest() -> None:
    script = Script()
    leg = script.leg()
    say(leg, 1000, "pause", reason="card")
    (running,) = script.conversation().gaps
    assert (running.reason, running.at_ns, running.until_ns) == ("paused", 1_000_000_000, None)
    say(leg, 4000, "resume", by="asked", messages=7, bytes=900)
    leg.close(5000)
    call = script.conversation()
    (gap,) = call.gaps
    assert (gap.until_ns, gap.record_count, gap.byte_count, gap.detail) == (4_000_000_000, 7, 900, "card")
    assert (call.status, call.reasons, health.score(call)) == (Status.COMPLETE, (), 100)
    (reason,) = health.reasons(call)
    assert (
        "by wish nothing was kept from 1.000 s on over 3.000 s: the recording was paused (card)"
        in reason.message
    )


def test_a_pause_that_is_made_longer_is_one_and_ends_with_its_leg() -> None:
    script = Script()
    leg = script.leg()
    say(leg, 1000, "pause")
    say(leg, 2000, "pause")
    leg.close(3000)
    (gap,) = script.conversation().gaps
    assert (gap.at_ns, gap.until_ns, gap.record_count) == (1_000_000_000, 3_000_000_000, None)


def test_before_consent_is_a_gap_from_the_legs_beginning() -> None:
    script = Script()
    leg = script.leg()
    say(leg, 2500, "consent", given=True, how="spoken", messages=3, bytes=40)
    call = script.conversation()
    (gap,), (said,) = call.gaps, call.declarations
    assert (gap.reason, gap.at_ns, gap.until_ns, gap.record_count) == ("no_consent", 0, 2_500_000_000, 3)
    assert (said.kind, said.at_ns, said.data) == ("consent", 2_500_000_000, {"given": True, "how": "spoken"})


def test_consent_that_nobody_waited_for_is_told_without_a_gap() -> None:
    script = Script()
    leg = script.leg()
    say(leg, 10, "announcement", what="recording")
    say(leg, 20, "consent", given=False)
    say(leg, 20, "stop", reason="no consent")
    leg.close(100)
    call = script.conversation()
    assert [(said.kind, said.data) for said in call.declarations] == [
        ("announcement", {"what": "recording"}),
        ("consent", {"given": False}),
    ]
    assert [(gap.reason, gap.at_ns, gap.until_ns) for gap in call.gaps] == [
        ("stopped", 20_000_000, 100_000_000)
    ]


def test_what_a_leg_keeps_and_how_much_was_left_out_stands_with_the_leg() -> None:
    script = Script()
    leg = script.leg(keeps=("transcripts",))
    assert script.conversation().legs[0].keeps == ("transcripts",)
    say(leg, 10, "keep", audio=False, raw=True, transcripts=False)
    say(leg, 20, "left_out", messages=4, bytes=64)
    (told,) = script.conversation().legs
    assert (told.keeps, told.left_out_messages, told.left_out_bytes) == (("raw",), 4, 64)


def test_sound_that_is_not_kept_has_its_times_but_no_samples() -> None:
    script = Script()
    leg = script.leg()
    leg.agent(0, 200, "a1")
    for number in range(2):
        leg(5 + number, AudioArrived, party=Party.AGENT, byte_count=4800, item="a1", is_kept=False)
    leg.agent(10, 100, "a1")
    call = script.conversation()
    assert [span.is_kept for span in call.tracks[Party.AGENT].spans] == [True, False, True]
    assert times(call, Party.AGENT) == [(0, 200), (200, 400), (400, 500)]
