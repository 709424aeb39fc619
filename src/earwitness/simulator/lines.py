"""What can be said: the recorded lines in `speech/`, in any line's own encoding."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

import numpy as np
import soundfile

from earwitness.audio.codecs import Samples, decode, encode, frame_bytes
from earwitness.errors import NotFound

STORED_HZ = 16_000
KNOWN_BY_MS = 400  # so much of a line's beginning tells it from all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One recorded sentence. `party`: `agent` or `caller`, each with a voice of its own."""

    name: str
    party: str
    text: str
    duration_ms: float


@cache
def lines() -> dict[str, Line]:
    """All lines by name."""
    listed = json.loads(_file("lines.json").decode())
    return {
        name: Line(name=name, party=told["party"], text=told["text"], duration_ms=told["duration_ms"])
        for name, told in listed.items()
    }


def line(name: str) -> Line:
    """Raises `NotFound` for a name that no line has."""
    try:
        return lines()[name]
    except KeyError:
        raise NotFound(f"no line {name!r}", hint=f"Known: {', '.join(lines())}.", name=name) from None


@cache
def spoken(name: str, rate_hz: int) -> Samples:
    """The line's samples at that rate; shared, so do not write to them."""
    samples, _ = soundfile.read(BytesIO(_file(f"{line(name).name}.flac")), dtype="int16")
    return _at_rate(samples, rate_hz)


@cache
def encoded(name: str, encoding: str, rate_hz: int) -> bytes:
    """The line as it goes over a wire of that encoding."""
    return encode(encoding, spoken(name, rate_hz))


def recognise(beginning: Samples, encoding: str, rate_hz: int) -> Line | None:
    """Which of the agent's lines begins with this, sample by sample, once it went through that encoding.

    None where no line does, or where too little came to tell.
    """
    known = beginning[: KNOWN_BY_MS * rate_hz // 1000]
    size = len(known) * frame_bytes(encoding)
    agent = [each for each in lines().values() if each.party == "agent"]
    found = [
        each
        for each in agent
        if np.array_equal(decode(encoding, encoded(each.name, encoding, rate_hz)[:size]), known)
    ]
    return found[0] if len(found) == 1 else None


def _file(name: str) -> bytes:
    return resources.files("earwitness.simulator").joinpath("speech", name).read_bytes()


def _at_rate(samples: Samples, rate_hz: int) -> Samples:
    """Resampled over the whole line at once: what lies under both rates' limits stays as it is."""
    if rate_hz == STORED_HZ:
        return samples
    count = len(samples) * rate_hz // STORED_HZ
    padded = np.zeros(-(-len(samples) // STORED_HZ) * STORED_HZ, np.float64)  # both rates divide it
    padded[: len(samples)] = samples
    spectrum = np.fft.rfft(padded)
    target = len(padded) * rate_hz // STORED_HZ
    resized = np.zeros(target // 2 + 1, np.complex128)
    shared = min(len(spectrum), len(resized))
    resized[:shared] = spectrum[:shared]
    moved = np.fft.irfft(resized, target)[:count] * (rate_hz / STORED_HZ)
    return np.clip(np.rint(moved), -32768, 32767).astype(np.int16)
