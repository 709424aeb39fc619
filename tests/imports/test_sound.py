"""Foreign sound as pieces at their places."""

from pathlib import Path

import numpy as np
import pytest

from earwitness.decoders.imported import _unpack
from earwitness.errors import InvalidInput
from earwitness.imports.sound import channels, length_ns, parse_format, raw_sound_of, sound_of
from earwitness.model.events import Party
from imported import sound, tone


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 44_100, 48_000])
def test_every_sample_is_in_its_place_and_silence_takes_no_room(rate_hz: int, tmp_path: Path) -> None:
    gap = np.zeros(rate_hz, np.int16)
    samples = np.concatenate([gap, tone(0.73, rate_hz), gap, gap, tone(0.31, rate_hz)])
    path = sound(tmp_path / "a.wav", samples, rate_hz)
    again, held = np.zeros_like(samples), 0
    for starts_ns, ends_ns, payload in sound_of(path, (Party.AGENT,)):
        told = _unpack(payload)
        assert told is not None
        assert told[:4] == (Party.AGENT, "pcm_s16le", rate_hz, starts_ns)
        piece = np.frombuffer(told[4], "<i2")
        frame = round(starts_ns * rate_hz / 1e9)
        again[frame : frame + piece.size] = piece
        held += piece.size
        assert ends_ns > starts_ns
    assert np.array_equal(again, samples)
    assert held < 1.2 * rate_hz
    assert (channels(path), round(length_ns(path) * rate_hz / 1e9)) == (1, samples.size)


def test_a_raw_file_is_kept_to_its_last_byte(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 100 + b"\1")
    pieces = list(raw_sound_of(tmp_path / "a.bin", Party.AGENT, "pcm_s16le", 8_000, at_ns=5))
    unpacked = [told for piece in pieces if (told := _unpack(piece[2]))]
    assert b"".join(told[4] for told in unpacked) == bytes(range(256)) * 100 + b"\1"
    assert [told[3] for told in unpacked][:2] == [5, 500_000_005]


def test_a_file_with_too_few_channels_or_no_sound_is_named(tmp_path: Path) -> None:
    mono = sound(tmp_path / "mono.wav", tone(0.1))
    with pytest.raises(InvalidInput, match=r"mono\.wav: channels: has 1, 2 are needed"):
        list(sound_of(mono, (Party.CALLER, Party.AGENT)))
    (tmp_path / "no.wav").write_bytes(b"RIFF")
    with pytest.raises(InvalidInput, match=r"no\.wav: no sound"):
        length_ns(tmp_path / "no.wav")


@pytest.mark.parametrize(
    ("words", "format"),
    [
        ("pcm16", ("pcm_s16le", 24_000)),
        ("PCM16 16k", ("pcm_s16le", 16_000)),
        ("mulaw", ("mulaw", 8_000)),
        ("alaw 8000 Hz".replace(" Hz", "hz"), ("alaw", 8_000)),
        ("pcm_s16le@48k", ("pcm_s16le", 48_000)),
    ],
)
def test_a_format_is_said_in_few_words(words: str, format: tuple[str, int]) -> None:
    assert parse_format(words) == format


@pytest.mark.parametrize("words", ["", "mp3", "pcm16 1", "mulaw 8m", "pcm16 999999k"])
def test_a_format_that_is_none_is_refused(words: str) -> None:
    with pytest.raises(InvalidInput, match="no audio format"):
        parse_format(words)
