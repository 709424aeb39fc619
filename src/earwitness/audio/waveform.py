"""What a track looks like: lowest and highest sample of each stretch, at several zooms."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from earwitness.audio.codecs import Samples

POINTS_PER_SECOND = 100  # a syllable is some twenty points wide
ZOOM_STEP = 4
OVERVIEW_POINTS = 2_000  # about as many as a screen has columns; zooming out further shows nothing new

PART_POINTS = ZOOM_STEP**6  # are packed together

Points = npt.NDArray[np.int8]  # 8 bits, full scale -128 to 127


class Packed:
    """Points of the shape (n, channels, 2), lowest and highest, deflated: of speech a quarter is left."""

    def __init__(self, channels: int, parts: Iterable[bytes] = (), rest: Points | None = None) -> None:
        self._channels, self._parts = channels, [*parts]
        self._rest = np.empty((0, channels, 2), np.int8) if rest is None else rest

    def add(self, points: Points) -> None:
        """The next points, any number of them."""
        self._rest = np.concatenate([self._rest, points])
        while len(self._rest) >= PART_POINTS:
            self._parts.append(zlib.compress(self._rest[:PART_POINTS].tobytes(), 1))
            self._rest = self._rest[PART_POINTS:].copy()

    def copy(self) -> "Packed":
        """What is added to either afterwards is not in the other."""
        return Packed(self._channels, self._parts, self._rest)

    def __len__(self) -> int:
        return len(self._parts) * PART_POINTS + len(self._rest)

    def __iter__(self) -> Iterator[Points]:
        """All points in order, in parts of `PART_POINTS`, the last as it comes."""
        for part in self._parts:
            yield np.frombuffer(zlib.decompress(part), np.int8).reshape(-1, self._channels, 2)
        yield self._rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Zoom:
    """`low` and `high` have the shape (points, channels)."""

    frames_per_point: int
    points: Packed

    @property
    def low(self) -> Points:
        return np.concatenate([part[..., 0] for part in self.points])

    @property
    def high(self) -> Points:
        return np.concatenate([part[..., 1] for part in self.points])


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """A track's peaks; `zooms` from the finest to one of `OVERVIEW_POINTS` at most. Never without a zoom."""

    rate_hz: int
    channels: int
    frames: int
    zooms: tuple[Zoom, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain lists for JSON, one list per channel."""
        return {
            "rate_hz": self.rate_hz,
            "channels": self.channels,
            "frames": self.frames,
            "bits": 8,
            "zooms": [
                {"frames_per_point": z.frames_per_point, "low": z.low.T.tolist(), "high": z.high.T.tolist()}
                for z in self.zooms
            ],
        }

    def json_chunks(self) -> Iterator[bytes]:
        """The JSON of `as_dict`, a piece at a time: as lists, an hour of points takes sixty megabytes."""
        head = {"rate_hz": self.rate_hz, "channels": self.channels, "frames": self.frames, "bits": 8}
        yield json.dumps(head)[:-1].encode() + b', "zooms": ['
        for i, zoom in enumerate(self.zooms):
            yield b'%s{"frames_per_point": %d, "low": ' % (b", " if i else b"", zoom.frames_per_point)
            yield from _json_lists(zoom.points, self.channels, 0)
            yield b', "high": '
            yield from _json_lists(zoom.points, self.channels, 1)
            yield b"}"
        yield b"]}"


class PeakMeter:
    """Gathers a waveform from the blocks of a track as they pass: some hundred bytes a second of stereo."""

    def __init__(self, *, rate_hz: int, channels: int) -> None:
        self._rate_hz, self._channels = rate_hz, channels
        self._frames_per_point = max(rate_hz // POINTS_PER_SECOND, 1)
        self._rest = np.empty((0, channels), np.int16)
        self._points = Packed(channels)
        self._frames = 0

    def add(self, block: Samples) -> None:
        """The next samples: (n,) for one channel, (n, channels) for more."""
        self._frames += len(block)
        samples = block.reshape(-1, self._channels)
        if len(self._rest):
            samples = np.concatenate([self._rest, samples])
        whole = len(samples) // self._frames_per_point * self._frames_per_point
        self._points.add(_peaks(samples[:whole].reshape(-1, self._frames_per_point, self._channels)))
        self._rest = samples[whole:].copy()

    def waveform(self) -> Waveform:
        """All that was added so far; more may be added afterwards."""
        points = self._points.copy()
        if len(self._rest):
            points.add(_peaks(self._rest[np.newaxis]))
        zooms = [Zoom(frames_per_point=self._frames_per_point, points=points)]
        while len(zooms[-1].points) > OVERVIEW_POINTS:
            zooms.append(_zoomed_out(zooms[-1], self._channels))
        return Waveform(
            rate_hz=self._rate_hz, channels=self._channels, frames=self._frames, zooms=tuple(zooms)
        )


def waveform(blocks: Iterable[Samples], *, rate_hz: int, channels: int) -> Waveform:
    """The waveform of a whole track."""
    meter = PeakMeter(rate_hz=rate_hz, channels=channels)
    for block in blocks:
        meter.add(block)
    return meter.waveform()


class _StoredZoom(msgspec.Struct):
    frames_per_point: int
    low: msgspec.Raw  # lists of millions of numbers: read only where they are asked for
    high: msgspec.Raw


class _Stored(msgspec.Struct):
    rate_hz: int
    channels: int
    frames: int
    bits: int
    zooms: list[_StoredZoom]


_STORED = msgspec.json.Decoder(_Stored)
_LISTS = msgspec.json.Decoder(list[list[int]])


def view(stored: bytes, most_points: int, from_s: float = 0.0, to_s: float | None = None) -> dict[str, Any]:
    """Of a stored waveform (`json_chunks`) that stretch alone, ready to draw.

    One zoom: the finest in which the stretch has no more than `most_points`, or the coarsest. Its lists
    begin with point `first_point` of the whole, which stands for the frames from `first_point` times
    `frames_per_point` on.
    """
    found = _STORED.decode(stored)
    begin = min(max(round(from_s * found.rate_hz), 0), found.frames)
    end = found.frames if to_s is None else min(max(round(to_s * found.rate_hz), begin), found.frames)
    fitting = (zoom for zoom in found.zooms if len(_points(zoom, begin, end)) <= most_points)
    zoom = next(fitting, found.zooms[-1])
    points = _points(zoom, begin, end)
    low, high = (
        [side[points.start : points.stop] for side in _LISTS.decode(raw)] for raw in (zoom.low, zoom.high)
    )
    cut = {"frames_per_point": zoom.frames_per_point, "first_point": points.start, "low": low, "high": high}
    told = {"rate_hz": found.rate_hz, "channels": found.channels, "frames": found.frames, "bits": found.bits}
    return {**told, "zooms": [cut]}


def _points(zoom: _StoredZoom, begin: int, end: int) -> range:
    return range(begin // zoom.frames_per_point, -(-end // zoom.frames_per_point))


def _to_8_bits(samples: Samples) -> Points:
    """Towards zero, so that the faintest noise is drawn as silence on both sides of the line."""
    return (samples.astype(np.int32) + np.where(samples < 0, 255, 0) >> 8).astype(np.int8)


def _json_lists(points: Packed, channels: int, side: int) -> Iterator[bytes]:
    """One list per channel."""
    for channel in range(channels):
        yield b", [" if channel else b"[["
        for number, part in enumerate(part for part in points if len(part)):
            text = json.dumps(part[:, channel, side].tolist())
            yield (", " if number else "").encode() + text[1:-1].encode()
        yield b"]"
    yield b"]"


def _peaks(stretches: Samples) -> Points:
    """Lowest and highest of each stretch; `stretches` have the shape (n, frames, channels)."""
    sides = [stretches[:, :, channel] for channel in range(stretches.shape[2])]
    lows, highs = ([peak(side, axis=1) for side in sides] for peak in (np.min, np.max))
    return _to_8_bits(np.stack([np.stack(lows, axis=1), np.stack(highs, axis=1)], axis=2))


def _zoomed_out(zoom: Zoom, channels: int) -> Zoom:
    points = Packed(channels)
    for part in zoom.points:
        starts = np.arange(0, len(part), ZOOM_STEP)
        lows, highs = (part[..., side] for side in (0, 1))
        points.add(np.stack([np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts)], axis=2))
    return Zoom(frames_per_point=zoom.frames_per_point * ZOOM_STEP, points=points)
