"""The header of a WAV file at the front of a piece of sound. Only as much as tells what the samples are."""

from typing import NamedTuple

_TAGS = {1: {16: "pcm_s16le"}, 6: {8: "alaw"}, 7: {8: "mulaw"}}  # format tag -> bits a sample -> encoding
_EXTENSIBLE = 0xFFFE  # the true tag then stands at the head of the sub-format
_MOST_CHUNKS = 64  # before the samples; a real file has two or three


class Wav(NamedTuple):
    """What the header says. Sound that is no single channel in a known encoding has another name for it."""

    encoding: str
    rate_hz: int


def split_wav(sound: bytes) -> tuple[Wav | None, bytes]:
    """The header's news and the samples alone; sound without a header is all samples.

    Never raises. Of a file that was cut what is there counts; of a header that was cut nothing.
    """
    if sound[:4] != b"RIFF" or sound[8:12] != b"WAVE":
        return None, sound
    wav = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        name, size = sound[at : at + 4], int.from_bytes(sound[at + 4 : at + 8], "little")
        at += 8
        if name == b"fmt ":
            wav = _read_format(sound[at : at + size])
        elif name == b"data":
            # A stream's writer does not know the size: 0 or the greatest there is.
            return wav, sound[at : at + size] if size else sound[at:]
        at += size + size % 2
        if at >= len(sound):
            break
    return wav, b""


def _read_format(body: bytes) -> Wav | None:
    if len(body) < 16:
        return None
    tag, channels = int.from_bytes(body[:2], "little"), int.from_bytes(body[2:4], "little")
    rate_hz, bits = int.from_bytes(body[4:8], "little"), int.from_bytes(body[14:16], "little")
    if tag == _EXTENSIBLE:
        tag = int.from_bytes(body[24:26], "little")
    encoding = _TAGS.get(tag, {}).get(bits)
    if encoding is None or channels != 1:
        encoding = f"wav_{tag}_{bits}bit_{channels}ch"
    return Wav(encoding, rate_hz)
