"""Sound to its place in time: the bytes of a party become one track on the conversation's clock.

Everything streams. A call of four hours needs a few blocks of memory, whatever its shape.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from earwitness.audio.codecs import Samples, decode, frame_bytes
from earwitness.audio.resample import WARM_UP_MS, Resampler, aligned_count, check_rate, resampled_count
from earwitness.errors import InvalidInput

BLOCK_FRAMES = 160_000  # 10 s at 16 kHz: from here on longer blocks gain nothing
GATHER_MS = 10_000  # so much sound is decoded at once; in telephone packets it takes three times the work
_SECOND_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes of one format that sound without a break from `at_ns` on.

    Bytes count from 0 over the whole stream. `at_ns` counts from the start of the track and may be negative.
    """

    encoding: str
    rate_hz: int
    from_byte: int
    byte_count: int
    at_ns: int


@dataclass(slots=True)
class RenderReport:
    """What a rendering could not do as asked; right once its iterator has ended."""

    missing_bytes: int = 0  # the stream ended before them: they are silence
    odd_bytes: int = 0  # half samples at the end of a piece, left out
    clipped_frames: int = 0  # would have sounded at the same time as an earlier piece


def frame_at(at_ns: int, rate_hz: int) -> int:
    """The frame that stands at an instant: the nearest, halves upwards."""
    return (2 * at_ns * rate_hz + _SECOND_NS) // (2 * _SECOND_NS)


def render(
    pieces: Iterable[Piece],
    chunks: Iterable[bytes],
    *,
    rate_hz: int,
    length_ns: int,
    start_frame: int = 0,
    first_byte: int = 0,
    block_frames: int = BLOCK_FRAMES,
    report: RenderReport | None = None,
) -> Iterator[Samples]:
    """A mono track, `frame_at(length_ns)` frames in all, in blocks of `block_frames`, the last as it comes.

    `pieces` come in order of `from_byte`; `chunks` are the whole stream in order, cut anywhere. Each piece
    begins at its frame exactly, but one that goes on where the last ended (bytes, and time to within a
    frame) is joined to it without a seam. Bytes that no piece names are not heard. Where pieces overlap,
    the earlier sounds; what is beyond the end is cut; the rest is silence. With `start_frame` the track
    begins there: the same samples, but for a last bit where the rate is changed. `first_byte` says where
    in the stream the first chunk begins; `first_byte_needed` tells how far in that may be.

    Raises `InvalidInput` for an unknown encoding, a rate no audio has, pieces out of order, or chunks that
    begin after a byte that is needed.
    """
    report = RenderReport() if report is None else report
    end = frame_at(length_ns, rate_hz)
    stream = _Stream(chunks, first_byte)
    sounds = _sounds(pieces, stream, rate_hz=rate_hz, start_frame=start_frame, end_frame=end, report=report)
    start = min(start_frame, end)
    return _blocks(_one_at_a_time(sounds, start, end, report), start, end, block_frames)


def first_byte_needed(pieces: Iterable[Piece], *, rate_hz: int, start_frame: int) -> int:
    """The first byte of the stream that `render` reads for a track begun at `start_frame`."""
    end = 0
    for piece in _joined(pieces, rate_hz, RenderReport()):
        size = frame_bytes(piece.encoding)
        end = piece.from_byte + piece.byte_count
        skipped = _skippable(piece, rate_hz, start_frame) * size
        if skipped < piece.byte_count:
            return piece.from_byte + skipped
    return end


def _blocks(
    sounds: Iterable[tuple[int, Samples]], start_frame: int, end_frame: int, block_frames: int
) -> Iterator[Samples]:
    """The sounds in their places with silence between them."""
    cursor = start_frame
    block = np.zeros(min(block_frames, end_frame - cursor), np.int16)
    for place, sound in sounds:
        at, rest = place, sound
        while rest.size:
            if at < cursor + block.size:
                part = rest[: cursor + block.size - at]
                block[at - cursor : at - cursor + part.size] = part
                at, rest = at + part.size, rest[part.size :]
            else:
                yield block
                cursor += block.size
                block = np.zeros(min(block_frames, end_frame - cursor), np.int16)
    while block.size:
        yield block
        cursor += block.size
        block = np.zeros(min(block_frames, end_frame - cursor), np.int16)


def _one_at_a_time(
    sounds: Iterable[tuple[int, Samples]], start_frame: int, end_frame: int, report: RenderReport
) -> Iterator[tuple[int, Samples]]:
    """The same stretches without what overlaps an earlier one, or lies outside the track."""
    free_from = start_frame
    for at, samples in sounds:
        hidden = min(max(free_from - at, 0), samples.size)
        report.clipped_frames += hidden
        audible = samples[hidden : max(end_frame - at, hidden)]
        if audible.size:
            free_from = at + hidden + audible.size
            yield at + hidden, audible


def _sounds(
    pieces: Iterable[Piece],
    stream: "_Stream",
    *,
    rate_hz: int,
    start_frame: int,
    end_frame: int,
    report: RenderReport,
) -> Iterator[tuple[int, Samples]]:
    """Stretches of sound, each with the frame it begins at; none before `start_frame`."""
    for piece in _joined(pieces, rate_hz, report):
        size = frame_bytes(piece.encoding)
        resampler = Resampler(piece.rate_hz, rate_hz)
        skipped = _skippable(piece, rate_hz, start_frame)
        at = frame_at(piece.at_ns, rate_hz) + resampled_count(skipped, piece.rate_hz, rate_hz)
        position, stop = piece.from_byte + skipped * size, piece.from_byte + piece.byte_count
        while at < end_frame:
            data = stream.read(position, min(stop - position, piece.rate_hz * size * GATHER_MS // 1000))
            position += len(data)
            samples = resampler.push(decode(piece.encoding, data[: len(data) // size * size]))
            if not data:
                report.missing_bytes += stop - position
                samples = resampler.finish()
            before = min(max(start_frame - at, 0), samples.size)
            yield at + before, samples[before:]
            at += samples.size
            if not data:
                break


def _joined(pieces: Iterable[Piece], rate_hz: int, report: RenderReport) -> Iterator[Piece]:
    """The pieces, with those made one that go on where the last ended, to within a frame.

    The place is compared with the start of the whole, so that rounding never adds up.
    """
    whole: Piece | None = None
    byte_count = 0  # of the whole so far; the field is set once at its end
    for piece in pieces:
        odd_bytes = piece.byte_count % frame_bytes(piece.encoding)
        report.odd_bytes += odd_bytes
        if whole is not None and piece.from_byte < whole.from_byte + byte_count:
            raise InvalidInput("pieces of sound are out of order", from_byte=piece.from_byte)
        if whole is not None and _goes_on(whole, byte_count, piece, rate_hz):
            byte_count += piece.byte_count - odd_bytes
        else:
            if whole is not None:
                yield replace(whole, byte_count=byte_count)
            check_rate(piece.rate_hz)
            whole, byte_count = piece, piece.byte_count - odd_bytes
    if whole is not None:
        yield replace(whole, byte_count=byte_count)


def _goes_on(whole: Piece, byte_count: int, piece: Piece, rate_hz: int) -> bool:
    if piece.from_byte != whole.from_byte + byte_count:
        return False
    if piece.encoding != whole.encoding or piece.rate_hz != whole.rate_hz:
        return False
    count = byte_count // frame_bytes(whole.encoding)
    due_ns = whole.at_ns + count * _SECOND_NS // whole.rate_hz
    return abs(piece.at_ns - due_ns) * rate_hz <= _SECOND_NS


def _skippable(piece: Piece, rate_hz: int, start_frame: int) -> int:
    """How many samples of it need no decoding: they become whole frames, well before `start_frame`."""
    frames = start_frame - frame_at(piece.at_ns, rate_hz) - WARM_UP_MS * rate_hz // 1000
    step = aligned_count(piece.rate_hz, rate_hz)
    count = max(frames, 0) * piece.rate_hz // rate_hz // step * step
    return min(count, piece.byte_count // frame_bytes(piece.encoding) // step * step)


class _Stream:
    """Chunks as one stream that is read forwards."""

    def __init__(self, chunks: Iterable[bytes], first_byte: int) -> None:
        self._chunks = iter(chunks)
        self._rest: bytes | memoryview = b""
        self._position = first_byte  # of the rest's first byte

    def read(self, start: int, count: int) -> bytes:
        """Bytes from `start` on, which is never before the end of the last reading; fewer at the end only."""
        if not count:
            return b""
        if start < self._position:
            raise InvalidInput("the chunks begin after a piece of sound", from_byte=start)
        while self._position + len(self._rest) < start:
            self._position += len(self._rest)
            self._rest = b""
            chunk = next(self._chunks, None)
            if chunk is None:
                return b""
            self._rest = chunk
        first = memoryview(self._rest)[start - self._position :]
        parts: list[bytes | memoryview] = [first]
        have = len(first)
        while have < count:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            parts.append(chunk)
            have += len(chunk)
        last, over = memoryview(parts[-1]), max(have - count, 0)
        parts[-1], self._rest = last[: len(last) - over], last[len(last) - over :]
        self._position = start + have - over
        return b"".join(parts)
