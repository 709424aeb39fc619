"""Sound that comes as pieces of a WAV file."""

import io
import struct
import wave

import pytest

from earwitness.decoders.wav import split_wav


def header(tag: int = 1, channels: int = 1, rate_hz: int = 8000, bits: int = 16) -> bytes:
    """RIFF, WAVE and fmt, as a streaming encoder writes them: no length is known."""
    format = struct.pack("<HHIIHH", tag, channels, rate_hz, 0, channels * bits // 8, bits)
    return b"RIFF\xff\xff\xff\xffWAVE" + b"fmt " + struct.pack("<I", len(format)) + format


def test_file_that_a_library_wrote_gives_its_format_and_its_samples() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(24000)
        writer.writeframes(b"\x01\x02" * 9)
    assert split_wav(file.getvalue()) == (("pcm_s16le", 24000), b"\x01\x02" * 9)


def test_piece_without_a_header_is_all_samples() -> None:
    assert split_wav(b"\x01\x02") == (None, b"\x01\x02")
    assert split_wav(b"RIFF1234AVI ") == (None, b"RIFF1234AVI ")
    assert split_wav(b"") == (None, b"")


@pytest.mark.parametrize(("tag", "bits", "encoding"), [(1, 16, "pcm_s16le"), (6, 8, "alaw"), (7, 8, "mulaw")])
def test_codings_of_the_telephone_are_known(tag: int, bits: int, encoding: str) -> None:
    piece = header(tag, bits=bits) + b"data\xff\xff\xff\xffxyz"
    assert split_wav(piece) == ((encoding, 8000), b"xyz")


@pytest.mark.parametrize("size", [0, 1 << 31])
def test_length_that_a_streaming_writer_could_not_know_is_not_believed(size: int) -> None:
    piece = header() + b"data" + struct.pack("<I", size) + b"abcd"
    assert split_wav(piece) == (("pcm_s16le", 8000), b"abcd")


def test_what_stands_before_and_after_the_samples_is_passed_over() -> None:
    piece = header() + b"LIST\x03\x00\x00\x00abc\x00" + b"data\x02\x00\x00\x00xy" + b"LIST\x01\x00\x00\x00z"
    assert split_wav(piece) == (("pcm_s16le", 8000), b"xy")


@pytest.mark.parametrize(
    ("odd", "name"),
    [
        (header(channels=2), "wav_1_16bit_2ch"),
        (header(bits=24), "wav_1_24bit_1ch"),
        (header(tag=85), "wav_85_16bit_1ch"),
    ],
)
def test_format_that_cannot_be_played_has_a_name_of_its_own(odd: bytes, name: str) -> None:
    piece = odd + b"data\x02\x00\x00\x00xy"
    assert split_wav(piece) == ((name, 8000), b"xy")


@pytest.mark.parametrize("length", [12, 20, 30, 43])
def test_header_that_is_not_whole_leaves_no_sound(length: int) -> None:
    whole = header() + b"data\x02\x00\x00\x00xy"
    assert split_wav(whole[:length])[1] == b""


def test_extensible_header_names_its_coding_further_back() -> None:
    format = struct.pack("<HHIIHHHHIH", 0xFFFE, 1, 48000, 0, 2, 16, 22, 16, 4, 1) + bytes(14)
    piece = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", len(format)) + format + b"data\0\0\0\0xy"
    assert split_wav(piece) == (("pcm_s16le", 48000), b"xy")


def test_header_of_a_thousand_chunks_is_no_header() -> None:
    assert split_wav(header() + b"JUNK\x00\x00\x00\x00" * 1000 + b"data\x02\x00\x00\x00xy")[1] == b""
