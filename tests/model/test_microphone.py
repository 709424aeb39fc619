"""When the caller's audio was spoken."""

import itertools
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from earwitness.model.events import AudioArrived, Party
from scripted import MS, Script, bytes_of, times

FRAME = 160


def test_steady_audio_is_one_span_that_ends_when_its_last_chunk_arrives() -> None:
    call = Script()
    call.leg().caller(1000, 3000)

    assert times(call.conversation(), Party.CALLER) == [(1000, 3000)]


def test_a_silent_microphone_leaves_a_hole_of_true_length() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(1000, 2000)
    ai.caller(9000, 9500)

    assert times(call.conversation(), Party.CALLER) == [(1000, 2000), (9000, 9500)]


def test_jitter_leaves_no_holes() -> None:
    call = Script()
    ai = call.leg()
    chance = random.Random(3)
    for number in range(300):
        ai.caller(number * 20, number * 20 + 20, late_ms=chance.uniform(0, 120) if number else 0)

    assert times(call.conversation(), Party.CALLER) == [(0, 6000)]


def test_a_stretch_whose_first_chunk_was_held_up_lies_where_it_was_spoken() -> None:
    call = Script()
    ai = call.leg()
    for begin_ms in (0, 9000):
        for number in range(100):
            spoken_ms = begin_ms + number * 20
            ai.caller(spoken_ms, spoken_ms + 20, late_ms=35 if number == 0 else 15 if number == 1 else 0)

    assert times(call.conversation(), Party.CALLER) == [(0, 2000), (9000, 11000)]


def test_a_stall_whose_flood_takes_a_breath_leaves_no_hole() -> None:
    """400 ms are kept back; half of them come, then one chunk at the pace of speech, then the rest."""
    call = Script()
    ai = call.leg()
    length = bytes_of(20, ai.format)
    for number in range(300):
        spoken_ms = number * 20 + 20
        is_kept_back = 100 <= number < 120
        at_ms = 2_420 + (number - 100) / 10 + (16 if number >= 110 else 0) if is_kept_back else spoken_ms
        ai(max(at_ms, 2_438 if number == 120 else 0), AudioArrived, party=Party.CALLER, byte_count=length)

    assert times(call.conversation(), Party.CALLER) == [(0, 6000)]


def test_a_sender_faster_than_speech_does_not_drag_the_beginning_along() -> None:
    call = Script()
    ai = call.leg()
    length = bytes_of(20, ai.format)
    for number in range(1000):
        ai(5_020 + number * 16, AudioArrived, party=Party.CALLER, byte_count=length)
    (span,) = call.conversation().tracks[Party.CALLER].spans

    assert 4_750 * MS <= span.at_ns <= 5_000 * MS


def test_after_two_hundred_stalls_the_audio_is_still_on_time() -> None:
    """Each second of speech is followed by a stall, at whose end all that was kept back comes at once."""
    call = Script()
    ai = call.leg()
    length = bytes_of(20, ai.format)
    for number in range(200):
        begin_ms = number * 4000
        for chunk in range(200):
            spoken_ms = begin_ms + chunk * 20 + 20
            is_kept_back = 50 <= chunk < 180
            at_ms = begin_ms + 3600 + chunk / 100 if is_kept_back else spoken_ms
            ai(at_ms, AudioArrived, party=Party.CALLER, byte_count=length)
    track = call.conversation().tracks[Party.CALLER]

    assert sum(span.byte_count for span in track.spans) == track.byte_count
    assert track.spans[-1].end_ns == pytest.approx(800_000 * MS, abs=20 * MS)
    holes = [b.at_ns - a.end_ns for a, b in zip(track.spans, track.spans[1:], strict=False)]
    assert sum(holes) <= 20 * MS


def test_a_file_sent_at_once_goes_on_by_its_samples() -> None:
    call = Script()
    ai = call.leg()
    for number in range(20):
        ai(5000 + number, AudioArrived, party=Party.CALLER, byte_count=bytes_of(100, ai.format))

    assert times(call.conversation(), Party.CALLER) == [(4900, 6900)]


def test_a_chunk_longer_than_the_call_begins_with_the_call() -> None:
    call = Script()
    ai = call.leg()
    ai(500, AudioArrived, party=Party.CALLER, byte_count=bytes_of(2000, ai.format))

    assert times(call.conversation(), Party.CALLER) == [(0, 2000)]


def test_a_microphone_that_loses_time_little_by_little_is_set_right() -> None:
    """Its clock is one part in a thousand slow: after ten minutes it would be 0.6 s behind."""
    call = Script()
    ai = call.leg()
    for number in range(30_000):
        ai(20 + number * 20.02, AudioArrived, party=Party.CALLER, byte_count=bytes_of(20, ai.format))

    assert times(call.conversation(), Party.CALLER)[-1][1] == pytest.approx(600_600, abs=30)


def test_by_media_time_holes_stay_and_bursts_do_not_matter() -> None:
    call = Script()
    phone = call.phone()
    for media_ms in (*range(0, 400, 20), *range(1000, 1200, 20)):
        at_ms = 2000 + media_ms + 20 if media_ms < 200 else 4000 + media_ms / 1000
        phone(at_ms, AudioArrived, party=Party.CALLER, byte_count=FRAME, media_ns=media_ms * MS)

    assert times(call.conversation(), Party.CALLER) == [(2000, 2400), (3000, 3200)]


def test_the_least_delayed_packet_sets_the_clock_for_all() -> None:
    call = Script()
    phone = call.phone()
    for media_ms, late_ms in zip(range(0, 100, 20), (40, 30, 15, 40, 20), strict=True):
        at_ms = 1000 + media_ms + 20 + late_ms
        phone(at_ms, AudioArrived, party=Party.CALLER, byte_count=FRAME, media_ns=media_ms * MS)

    assert times(call.conversation(), Party.CALLER) == [(1015, 1115)]


def test_a_packet_that_comes_twice_is_heard_once() -> None:
    call = Script()
    phone = call.phone()
    for number, media_ms in enumerate((0, 20, 40, 40, 60, 20, 80)):
        at_ms = 1000 + number * 20
        phone(at_ms, AudioArrived, party=Party.CALLER, byte_count=FRAME, media_ns=media_ms * MS)
    spans = call.conversation().tracks[Party.CALLER].spans

    assert spans[-1].end_ns - spans[0].at_ns == 100 * MS
    assert [(span.from_byte, span.byte_count) for span in spans] == [(0, 480), (640, 160), (960, 160)]


def test_media_time_that_begins_anew_goes_on_where_the_call_is() -> None:
    call = Script()
    phone = call.phone()
    phone.caller(0, 5000, media_ms=0)
    phone.caller(8000, 9000, media_ms=0)

    assert times(call.conversation(), Party.CALLER) == [(0, 5000), (8000, 9000)]


def test_four_hours_of_stalls_and_bursts_by_media_time_end_on_the_millisecond() -> None:
    call = Script()
    phone = call.phone()
    minute_ms, hours_ms = 60_000, 4 * 3_600_000
    for begin_ms in range(0, hours_ms, minute_ms):
        phone.caller(begin_ms, begin_ms + 200, media_ms=begin_ms, late_ms=begin_ms % 7)
        phone.caller(begin_ms + 5000, begin_ms + 5200, media_ms=begin_ms + 5000, late_ms=3000)
    seen = times(call.conversation(), Party.CALLER)

    assert seen[-1] == (hours_ms - minute_ms + 5000, hours_ms - minute_ms + 5200)
    assert len(seen) == 2 * 240


def drifting(ppm: float, minutes: int, *, with_media: bool) -> tuple[list[tuple[int, int]], float]:
    """The caller's spans in ms, and where the last sample truly lay, of a clock that is fast by `ppm`."""
    call = Script()
    leg = call.leg("twilio") if with_media else call.leg()
    length, pace = bytes_of(20, leg.format), 1 / (1 + ppm * 1e-6)
    for number in range(minutes * 3000):
        media_ns = number * 20 * MS if with_media else None
        leg((number + 1) * 20 * pace, AudioArrived, party=Party.CALLER, byte_count=length, media_ns=media_ns)
    return times(call.conversation(), Party.CALLER), minutes * 60_000 * pace


@pytest.mark.parametrize("with_media", [True, False])
@pytest.mark.parametrize("ppm", [200, -200])
def test_a_fast_or_slow_clock_at_the_far_end_is_made_up_for(ppm: float, with_media: bool) -> None:
    spans, end_ms = drifting(ppm, 30, with_media=with_media)

    assert spans[-1][1] == pytest.approx(end_ms, abs=20)
    assert all(begin >= end for (_, end), (begin, _) in itertools.pairwise(spans))
    heard_ms = sum(end - begin for begin, end in spans)
    assert heard_ms == pytest.approx(30 * 60_000, abs=400)  # 0.02 % of it at most is passed over


@given(lost=st.sets(st.integers(400, 900), max_size=60), chunk_ms=st.sampled_from((10, 20, 30)))
@example(lost={400, 613, 715, 716, 817, 818}, chunk_ms=10)  # the losses before made the line look restless
@settings(max_examples=15)
def test_packets_that_never_came_leave_holes_exactly_where_they_were_once_ten_seconds_have_shown_it(
    lost: set[int], chunk_ms: int
) -> None:
    call = Script()
    ai = call.leg()
    came = [number for number in range(3000) if number not in lost]
    for number in came:
        ai.caller(number * chunk_ms, (number + 1) * chunk_ms, chunk_ms=chunk_ms)
    spans = times(call.conversation(), Party.CALLER)

    heard = [at_ms for begin, end in spans for at_ms in range(round(begin), round(end), chunk_ms)]
    assert len(heard) == len(came)
    assert max(abs(at_ms - number * chunk_ms) for at_ms, number in zip(heard, came, strict=True)) <= 15


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("jitter_ms", [50, 200])
def test_however_unevenly_sound_comes_nothing_of_it_is_moved_far_or_taken_for_lost(
    seed: int, jitter_ms: int
) -> None:
    call = Script()
    ai = call.leg()
    chance, at_ms, length = random.Random(seed), 0.0, bytes_of(20, ai.format)
    for number in range(15_000):
        at_ms = max(at_ms, (number + 1) * 20 + chance.uniform(0, jitter_ms))
        ai(at_ms, AudioArrived, party=Party.CALLER, byte_count=length)
    track = call.conversation().tracks[Party.CALLER]

    assert sum(span.byte_count for span in track.spans) >= track.byte_count - bytes_of(50, ai.format)
    placed = [(span.at_ns / MS, span.from_byte * 20 / length) for span in track.spans]
    assert all(0 <= at_ms - truth_ms <= 60 for at_ms, truth_ms in placed)


def test_chunks_that_come_in_batches_are_placed_by_the_last_of_each() -> None:
    """A client that gathers 200 ms sends ten packets at once: the first of them has waited longest."""
    call = Script()
    ai = call.leg()
    for batch in range(100):
        for _ in range(10):
            ai(
                (batch + 1) * 200 + 5,
                AudioArrived,
                party=Party.CALLER,
                byte_count=bytes_of(20, ai.format),
            )

    assert times(call.conversation(), Party.CALLER) == [(5, 20_005)]
