"""When the agent's audio is heard."""

from earwitness.model.conversation import AudioFormat
from earwitness.model.events import (
    AudioArrived,
    Evidence,
    MessageOpened,
    Party,
    PlaybackCut,
    PlaybackReported,
    Role,
)
from scripted import MULAW, PCM16, PCM24, Script, message, times


def sent_bytes(call: Script) -> list[tuple[int, int]]:
    return [(span.from_byte, span.byte_count) for span in call.conversation().sent[Party.AGENT].spans]


def heard_bytes(call: Script) -> list[tuple[int, int]]:
    return [(span.from_byte, span.byte_count) for span in call.conversation().tracks[Party.AGENT].spans]


def test_a_burst_is_heard_at_the_pace_of_speech() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 2400, "a1", every_ms=4)

    assert times(call.conversation(), Party.AGENT) == [(1000, 3400)]
    assert heard_bytes(call) == [(0, 2400 * 48)]


def test_what_comes_while_something_plays_waits_for_it() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 2000, "a1")
    ai.agent(1500, 1000, "a2")
    ai.agent(6000, 500, "a3")

    assert times(call.conversation(), Party.AGENT) == [(1000, 3000), (3000, 4000), (6000, 6500)]
    assert [span.item for span in call.conversation().tracks[Party.AGENT].spans] == ["a1", "a2", "a3"]


def test_chunks_that_jitter_a_little_make_one_span() -> None:
    call = Script()
    ai = call.leg()
    for number, late_ms in enumerate((0, 3, 0, 6, 1, 9, 0)):
        ai.agent(1000 + number * 20 + late_ms, 20, "a1", chunk_ms=20)

    assert times(call.conversation(), Party.AGENT) == [(1000, 1140)]


def test_audio_that_stops_coming_leaves_a_silence_of_true_length() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 500, "a1")
    ai.agent(2000, 500, "a1")

    assert times(call.conversation(), Party.AGENT) == [(1000, 1500), (2000, 2500)]


def test_a_sample_split_over_two_chunks_is_carried() -> None:
    call = Script()
    ai = call.leg()
    for number, byte_count in enumerate((4801, 4799, 3, 4797)):
        ai(1000 + number, AudioArrived, party=Party.AGENT, byte_count=byte_count, item="a1")

    assert heard_bytes(call) == [(0, 14_400)]
    assert call.conversation().findings == ()


def test_half_a_sample_at_the_end_of_a_message_does_not_shift_the_next_one() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, AudioArrived, party=Party.AGENT, byte_count=4801, item="a1")
    ai(2000, AudioArrived, party=Party.AGENT, byte_count=4800, item="a2")

    assert heard_bytes(call) == [(0, 4800), (4801, 4800)]
    assert [(f.code, f.count) for f in call.conversation().findings] == [("odd_bytes", 1)]


def test_a_change_of_format_begins_a_new_span_at_the_right_byte() -> None:
    call = Script()
    ai = call.leg(format=MULAW)
    ai.agent(1000, 100)
    ai.set_format(1050, Party.AGENT, PCM16)
    ai.format = PCM16
    ai.agent(1060, 100)
    spans = call.conversation().tracks[Party.AGENT].spans

    assert times(call.conversation(), Party.AGENT) == [(1000, 1100), (1100, 1200)]
    assert [(span.from_byte, span.byte_count) for span in spans] == [(0, 800), (800, 3200)]
    assert [span.format for span in spans] == [
        AudioFormat(encoding="mulaw", rate_hz=8000),
        AudioFormat(encoding="pcm_s16le", rate_hz=16_000),
    ]


def test_a_cut_message_is_heard_as_far_as_was_claimed_and_what_waited_behind_it_not_at_all() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 2000, "a1")
    ai.agent(1100, 1000, "a2")
    ai(2500, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=1400)
    ai.agent(3000, 200, "a3")

    assert times(call.conversation(), Party.AGENT) == [(1000, 2400), (3000, 3200)]
    assert sent_bytes(call) == [(0, 96_000), (96_000, 48_000), (144_000, 9600)]


def test_a_claim_of_more_than_can_have_been_played_is_not_believed() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 2000, "a1")
    ai(1500, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=1900)

    assert times(call.conversation(), Party.AGENT) == [(1000, 1500)]


def test_what_still_comes_of_a_cut_message_is_sent_but_not_heard() -> None:
    call = Script()
    ai = call.leg()
    ai(900, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai.agent(1000, 1000, "a1")
    ai(1500, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=480)
    ai.agent(1510, 1000, "a1")
    ai.agent(2000, 300, "a2")
    seen = call.conversation()

    assert times(seen, Party.AGENT) == [(1000, 1480), (2000, 2300)]
    assert (message(seen, "a1").sent_ms, message(seen, "a1").heard_ms) == (2000, 480)


def test_the_echo_of_a_cut_leaves_alone_what_was_queued_since() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 2000, "a1")
    ai(1500, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=500)
    ai.agent(1600, 1000, "a2")
    ai(1700, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=500)

    assert times(call.conversation(), Party.AGENT) == [(1000, 1500), (1600, 2600)]


def test_what_still_comes_of_a_cleared_response_is_not_heard() -> None:
    call = Script()
    ai = call.leg()
    ai(900, MessageOpened, item="a1", role=Role.ASSISTANT, response="r1")
    ai.agent(1000, 1000, "a1")
    ai(1400, PlaybackCut, evidence=Evidence.SERVER, response="r1")
    ai.agent(1450, 500, "a1")
    ai.agent(2000, 300, "a2")
    seen = call.conversation()

    assert times(seen, Party.AGENT) == [(1000, 1400), (2000, 2300)]
    assert message(seen, "a1").evidence is Evidence.SERVER


def test_a_clear_drops_what_is_not_yet_heard() -> None:
    call = Script()
    phone = call.phone()
    phone.agent(1000, 3000)
    phone(1750, PlaybackCut, evidence=Evidence.PLATFORM_MARK)
    phone.agent(2000, 400)

    assert times(call.conversation(), Party.AGENT) == [(1000, 1750), (2000, 2400)]


def test_a_clear_when_all_was_played_changes_nothing() -> None:
    call = Script()
    phone = call.phone()
    phone.agent(1000, 500)
    phone(1600, PlaybackCut, evidence=Evidence.PLATFORM_MARK)

    assert times(call.conversation(), Party.AGENT) == [(1000, 1500)]
    assert call.conversation().interruptions == ()


def test_what_is_queued_when_the_leg_closes_is_not_heard() -> None:
    call = Script()
    phone = call.phone()
    phone.agent(1000, 3000)
    phone.close(1800)

    assert times(call.conversation(), Party.AGENT) == [(1000, 1800)]
    assert call.conversation().ended_ns == 1_800_000_000


def two_legs(*, is_cleared: bool) -> Script:
    """An answer of one second goes over both legs; its mark comes back after it, or after a clear."""
    call = Script()
    ai = call.leg()
    phone = call.phone()
    ai(900, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai.agent(1000, 1000, "a1")
    phone.agent(1001, 1000)
    phone(1020, PlaybackReported, state="mark_set", name="m1")
    if is_cleared:
        phone(2150, PlaybackCut, evidence=Evidence.PLATFORM_MARK)
    phone(2151, PlaybackReported, state="mark_reached", name="m1")
    return call


def test_a_mark_that_comes_back_proves_what_was_heard() -> None:
    assert message(two_legs(is_cleared=False).conversation(), "a1").evidence is Evidence.PLATFORM_MARK


def test_a_mark_that_a_clear_threw_back_proves_nothing() -> None:
    assert message(two_legs(is_cleared=True).conversation(), "a1").evidence is Evidence.MODELLED


def test_what_the_platform_itself_plays_lies_where_its_media_time_says() -> None:
    call = Script()
    phone = call.phone()
    for number in range(10):
        at_ms, media_ms = 5000 + number, 4000 + number * 20
        phone(at_ms, AudioArrived, party=Party.AGENT, byte_count=160, media_ns=media_ms * 1_000_000)
    (span,) = times(call.conversation(), Party.AGENT)

    assert span[1] - span[0] == 200
    assert span[1] <= 5009


def test_audio_without_a_known_format_is_counted_and_heard_nowhere() -> None:
    call = Script()
    ai = call.leg(format=("opus", 48_000))
    ai(1000, AudioArrived, party=Party.AGENT, byte_count=100)
    seen = call.conversation()

    assert seen.tracks == {}
    assert {finding.code for finding in seen.findings} == {"bad_format", "no_format"}


def test_a_format_that_is_told_again_changes_nothing() -> None:
    call = Script()
    ai = call.leg()
    ai.agent(1000, 100)
    ai.set_format(1050, Party.AGENT, PCM24)
    ai.agent(1060, 100)

    assert heard_bytes(call) == [(0, 9600)]
