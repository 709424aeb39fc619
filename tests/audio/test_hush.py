"""Stretches that nobody may hear."""

import numpy as np
import pytest

from earwitness.audio.codecs import decode, encode
from earwitness.audio.hush import BEEP_PEAK, hushed, hushed_bytes

RATE_HZ = 8_000
LOUD = np.full(RATE_HZ, 5_000, np.int16)
STRETCH = (250_000_000, 500_000_000)  # a quarter of a second


def blocks(*cuts):
    return np.split(LOUD, cuts)


@pytest.mark.parametrize("cuts", [(), (2_100, 3_900), (2_000, 4_000), (1, 7_999)])
def test_the_stretch_is_silent_to_the_frame_wherever_the_blocks_are_cut(cuts):
    sound = np.concatenate(list(hushed(blocks(*cuts), [STRETCH], rate_hz=RATE_HZ)))
    assert not sound[2_000:4_000].any()
    assert (np.delete(sound, slice(2_000, 4_000)) == 5_000).all()


def test_a_track_that_begins_later_is_silent_at_the_same_time():
    sound = np.concatenate(list(hushed([LOUD[3_000:]], [STRETCH], rate_hz=RATE_HZ, start_frame=3_000)))
    assert not sound[:1_000].any()
    assert (sound[1_000:] == 5_000).all()


def test_a_tone_stands_instead_where_one_is_wanted_and_nothing_of_what_was_said():
    sound = next(hushed([LOUD], [STRETCH], rate_hz=RATE_HZ, has_beeps=True))[2_000:4_000]
    spectrum = np.abs(np.fft.rfft(sound))
    assert (int(spectrum.argmax()) * 4, abs(sound).max() <= BEEP_PEAK) == (1_000, True)
    assert spectrum[0] < spectrum.max() / 1000  # of the loud constant nothing is left


@pytest.mark.parametrize("encoding", ["pcm_s16le", "mulaw", "alaw"])
@pytest.mark.parametrize("beep_rate_hz", [0, RATE_HZ])
def test_bytes_of_a_wire_decode_to_silence_or_a_tone_in_their_own_encoding(encoding, beep_rate_hz):
    wire = encode(encoding, LOUD)
    size = len(wire) // len(LOUD)
    chunks = [wire[at : at + 333] for at in range(0, len(wire), 333)]
    spans = [(2_000 * size, 4_000 * size)]
    sound = decode(encoding, b"".join(hushed_bytes(chunks, spans, encoding, beep_rate_hz=beep_rate_hz)))
    assert len(sound) == len(LOUD)
    assert abs(sound[2_000:4_000].astype(int)).max() <= (BEEP_PEAK + 200 if beep_rate_hz else 8)
    assert bool(beep_rate_hz) == bool(abs(sound[2_000:4_000].astype(int)).max() > 1_000)
    assert (np.delete(sound, slice(2_000, 4_000)) == decode(encoding, wire)[0]).all()
