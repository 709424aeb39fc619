"""G.711 against the standard's formula and against another implementation, and the plain encoding."""

import importlib
import warnings
from types import ModuleType

import numpy as np
import pytest

from earwitness.audio.codecs import ENCODINGS, decode, encode, frame_bytes
from earwitness.errors import InvalidInput

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype(np.int16)


def mulaw_by_the_book(code: int) -> int:
    """G.711 table 2a in words: 8 segments of 16 steps, each twice as wide as the last, 14 bits."""
    inverted = code ^ 0xFF
    magnitude = ((2 * (inverted & 15) + 33) * 2 ** (inverted >> 4 & 7) - 33) * 4
    return -magnitude if inverted & 128 else magnitude


def alaw_by_the_book(code: int) -> int:
    """G.711 table 1a: the first two segments are equally wide, then each twice the last, 13 bits."""
    plain = code ^ 0x55
    segment, step = plain >> 4 & 7, plain & 15
    magnitude = 2 * step + 1 if segment == 0 else (2 * step + 33) * 2 ** (segment - 1)
    return magnitude * 8 if plain & 128 else -magnitude * 8


@pytest.fixture
def audioop() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return importlib.import_module("audioop")
        except ImportError:
            pytest.skip("needs audioop, which Python has no more since 3.13: G.711 checked by formula only")


@pytest.mark.parametrize(("encoding", "formula"), [("mulaw", mulaw_by_the_book), ("alaw", alaw_by_the_book)])
def test_every_code_decodes_as_the_standard_says(encoding, formula):
    assert decode(encoding, EVERY_CODE).tolist() == [formula(code) for code in range(256)]


@pytest.mark.parametrize(("encoding", "name"), [("mulaw", "ulaw"), ("alaw", "alaw")])
def test_g711_agrees_with_audioop_both_ways(encoding, name, audioop):
    assert decode(encoding, EVERY_CODE).astype("<i2").tobytes() == getattr(audioop, f"{name}2lin")(
        EVERY_CODE, 2
    )
    expected = getattr(audioop, f"lin2{name}")(EVERY_SAMPLE.astype("<i2").tobytes(), 2)
    assert encode(encoding, EVERY_SAMPLE) == expected


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
def test_encoding_errs_by_half_a_step_of_its_segment_at_most(encoding):
    error = np.abs(decode(encoding, encode(encoding, EVERY_SAMPLE)).astype(int) - EVERY_SAMPLE.astype(int))
    half_step = (np.abs(EVERY_SAMPLE.astype(int)) + 132) / 32  # 16 steps in each doubling
    assert np.all(error <= half_step + 7)  # samples are first cut to the standard's 14 or 13 bits


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
def test_a_decoded_code_encodes_to_itself(encoding):
    again = encode(encoding, decode(encoding, EVERY_CODE))
    negative_zero = {"mulaw": [(0x7F, 0xFF)], "alaw": []}[encoding]
    assert [(a, b) for a, b in zip(EVERY_CODE, again, strict=True) if a != b] == negative_zero


def test_known_points_of_both_laws():
    assert decode("mulaw", b"\x00\x80\xff\x7f").tolist() == [-32124, 32124, 0, 0]
    assert decode("alaw", b"\xd5\x55\xaa\x2a").tolist() == [8, -8, 32256, -32256]


def test_plain_samples_are_little_endian_and_come_back():
    assert decode("pcm_s16le", b"\x01\x00\xff\x7f\x00\x80").tolist() == [1, 32767, -32768]
    assert encode("pcm_s16le", EVERY_SAMPLE[::3]) == EVERY_SAMPLE[::3].astype("<i2").tobytes()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_nothing_decodes_to_nothing_and_a_sample_to_a_sample(encoding):
    assert decode(encoding, b"").size == 0
    assert decode(encoding, bytes(frame_bytes(encoding))).dtype == np.int16
    assert encode(encoding, np.zeros((4, 2), np.int16)[:, 0]) == encode(encoding, np.zeros(4, np.int16))


def test_an_unknown_encoding_is_refused_by_name_with_what_is_known():
    for ask in (
        lambda: decode("g729", b""),
        lambda: encode("g729", EVERY_SAMPLE),
        lambda: frame_bytes("g729"),
    ):
        with pytest.raises(InvalidInput, match="g729") as refusal:
            ask()
        assert "mulaw" in refusal.value.hint


def test_half_a_sample_is_refused():
    with pytest.raises(InvalidInput, match="middle of a sample"):
        decode("pcm_s16le", b"\x00\x00\x00")
