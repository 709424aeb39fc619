"""Positions in a party's audio, and where its stretches lie."""

from earwitness.model.conversation import AudioFormat
from earwitness.model.events import Evidence, Party
from earwitness.model.microphone import Microphone
from earwitness.model.playout import Playout
from earwitness.model.sound import stronger

MS = 1_000_000
MULAW = AudioFormat(encoding="mulaw", rate_hz=8000)


def microphone(*arrivals_ms: int) -> Microphone:
    line = Microphone("leg", Party.CALLER, 0)
    line.set_format(MULAW)
    for at_ms in arrivals_ms:
        line.arrive(at_ms * MS, 8000, None)
    return line


def test_a_position_in_the_audio_is_a_moment_of_the_call() -> None:
    line = microphone(1000, 2000, 7000)

    assert line.time_at(500 * MS) == 500 * MS
    assert line.time_at(2500 * MS) == 6500 * MS
    assert line.time_at(2900 * MS) == 6900 * MS


def test_at_a_hole_speech_ends_before_it_and_begins_after_it() -> None:
    line = microphone(1000, 2000, 7000)

    assert line.time_at(2000 * MS, is_end=True) == 2000 * MS
    assert line.time_at(2000 * MS) == 6000 * MS


def test_a_position_where_no_audio_is_is_no_moment() -> None:
    assert microphone().time_at(10) is None
    assert microphone(1000).time_at(1500 * MS) is None
    assert microphone(1000).time_at(-1) is None


def test_what_was_sent_lies_as_if_nothing_had_been_cut_and_never_over_itself() -> None:
    line = Playout("leg", Party.AGENT, 0)
    line.set_format(MULAW)
    line.arrive(0, 16_000, None)
    line.cut(500 * MS, Evidence.PLATFORM_MARK)
    line.arrive(1000 * MS, 8000, None)

    assert [(s.at_ns // MS, s.end_ns // MS) for s in line.heard(0)] == [(0, 500), (1000, 2000)]
    assert [(s.at_ns // MS, s.end_ns // MS) for s in line.sent(0)] == [(0, 2000), (2000, 3000)]


def test_of_two_proofs_the_stronger_counts() -> None:
    assert stronger(Evidence.CLIENT_CLAIM, Evidence.SERVER) is Evidence.SERVER
    assert stronger(Evidence.MODELLED, Evidence.UNKNOWN) is Evidence.MODELLED
    assert stronger(None, Evidence.UNKNOWN) is Evidence.UNKNOWN
    assert stronger(None, None) is None
