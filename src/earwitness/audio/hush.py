"""Stretches of a track that nobody may hear: silence or a tone instead."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from earwitness.audio.codecs import Samples, encode, frame_bytes

BEEP_HZ = 1000
BEEP_PEAK = 3277  # -20 dB of full scale: heard, and not startling
_SECOND_NS = 1_000_000_000
SILENCE = {"mulaw": 0xFF, "alaw": 0xD5}  # the byte that decodes to nothing (ITU-T G.711); pcm has zeros

Stretches = Sequence[tuple[int, int]]  # [from, until) in ns from the track's start, in order, not overlapping


def frames_of(stretch: tuple[int, int], rate_hz: int) -> tuple[int, int]:
    """All frames of which any part lies in the stretch, as [first, end)."""
    start_ns, end_ns = stretch
    return start_ns * rate_hz // _SECOND_NS, -(-end_ns * rate_hz // _SECOND_NS)


def hushed(
    blocks: Iterable[Samples],
    stretches: Stretches,
    *,
    rate_hz: int,
    start_frame: int = 0,
    has_beeps: bool = False,
) -> Iterator[Samples]:
    """The blocks of a mono track that begins at `start_frame`, silent in these stretches."""
    spans = [frames_of(stretch, rate_hz) for stretch in stretches]
    at = start_frame
    for block in blocks:
        over = [(first, end) for first, end in spans if first < at + block.size and end > at]
        if over:
            block = block.copy()  # noqa: PLW2901  what comes in may be somebody else's
        for first, end in over:
            lead, tail = max(first - at, 0), min(end - at, block.size)
            block[lead:tail] = _tone(at + lead, tail - lead, rate_hz) if has_beeps else 0
        yield block
        at += block.size


def _tone(first_frame: int, frames: int, rate_hz: int) -> Samples:
    """A sine whose phase is that of the track's clock, so that it goes on smoothly over blocks."""
    seconds = (np.arange(first_frame, first_frame + frames) % rate_hz) / rate_hz
    tone: Samples = np.rint(BEEP_PEAK * np.sin(2 * np.pi * BEEP_HZ * seconds)).astype(np.int16)
    return tone


def hushed_bytes(
    chunks: Iterable[bytes], spans: Sequence[tuple[int, int]], encoding: str, *, beep_rate_hz: int = 0
) -> Iterator[bytes]:
    """A stream of bytes in which these [first, end) decode to silence; spans in order.

    With `beep_rate_hz`, the stream's own rate, they decode to a tone.
    """
    silent, at = bytes([SILENCE.get(encoding, 0)]), 0
    for chunk in chunks:
        for first, end in spans:
            lead, tail = max(first - at, 0), min(end - at, len(chunk))
            if lead >= tail:
                continue
            instead = silent * (tail - lead)
            if beep_rate_hz:
                begin, skip = divmod(at + lead, frame_bytes(encoding))
                tone = _tone(begin, (tail - lead) // frame_bytes(encoding) + 2, beep_rate_hz)
                instead = encode(encoding, tone)[skip : skip + tail - lead]
            chunk = chunk[:lead] + instead + chunk[tail:]  # noqa: PLW2901
        yield chunk
        at += len(chunk)
