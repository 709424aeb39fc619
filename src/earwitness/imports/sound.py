"""Foreign sound files as pieces that stand where the file has them. Silence takes no room."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile

from earwitness.audio.codecs import Samples, frame_bytes
from earwitness.clock import NS_PER_S
from earwitness.decoders.imported import pack_sound
from earwitness.decoders.wire import RATES_HZ
from earwitness.errors import InvalidInput
from earwitness.imports.files import complain
from earwitness.model.events import Party

PIECES_PER_S = 50  # a piece is 20 ms; what is silent throughout is left out
PIECES_AT_ONCE = 25  # of one record, at most: 48 kB at 48 kHz
LONGEST_S = 24 * 3600
PLAIN = "pcm_s16le"

_NAMES = {"pcm": PLAIN, "pcm16": PLAIN, PLAIN: PLAIN, "ulaw": "mulaw", "mulaw": "mulaw", "alaw": "alaw"}
_FORMAT = re.compile(rf"({'|'.join(_NAMES)})(?:[ @:]+(\d{{1,6}})(k)?(?:hz)?)?")

Sound = tuple[int, int, bytes]  # when it begins and ends, in ns from the call's start; the record's payload


def sound_of(
    path: Path, parties: tuple[Party, ...], *, at_ns: int = 0, data: bytes | None = None
) -> Iterator[Sound]:
    """The file's channels, one a party, from `at_ns` on. A single party gets the first channel.

    `data`: a sound file that stands within the file of this path.
    """
    with _opened(path, data) as file:
        if file.samplerate not in RATES_HZ:
            raise complain(path, "sample rate", f"{file.samplerate} Hz is none we know")
        if file.channels < len(parties):
            raise complain(path, "channels", f"has {file.channels}, {len(parties)} are needed")
        step = max(1, file.samplerate // PIECES_PER_S)
        frame = 0
        while frame < LONGEST_S * file.samplerate:
            block = file.read(step * PIECES_AT_ONCE, dtype="int16", always_2d=True)
            found = [
                _pieces(party, block[:, number], file.samplerate, frame, step, at_ns)
                for number, party in enumerate(parties)
            ]
            yield from merge(*found, key=lambda piece: piece[1])
            frame += len(block)
            if len(block) < step * PIECES_AT_ONCE:
                return
        raise complain(path, "length", "more than a day")


def _pieces(
    party: Party, samples: Samples, rate_hz: int, frame: int, step: int, at_ns: int
) -> Iterator[Sound]:
    """The stretches of the block that are not silent, each as one record."""
    begin: int | None = None
    for place in range(0, len(samples) + step, step):
        is_heard = bool(samples[place : place + step].any())
        if is_heard and begin is None:
            begin = place
        elif not is_heard and begin is not None:
            part = np.ascontiguousarray(samples[begin:place], "<i2")
            starts_ns = at_ns + _ns(frame + begin, rate_hz)
            ends_ns = starts_ns + _ns(len(part), rate_hz)
            yield starts_ns, ends_ns, pack_sound(party, PLAIN, rate_hz, starts_ns, part.tobytes())
            begin = None


def raw_sound_of(path: Path, party: Party, encoding: str, rate_hz: int, *, at_ns: int = 0) -> Iterator[Sound]:
    """A file of samples without a header, every byte of it."""
    wide = frame_bytes(encoding)
    size = rate_hz // 2 * wide
    try:
        with path.open("rb") as file:
            frame = 0
            while data := file.read(size):
                starts_ns = at_ns + _ns(frame, rate_hz)
                ends_ns = starts_ns + _ns(len(data) // wide, rate_hz)
                yield starts_ns, ends_ns, pack_sound(party, encoding, rate_hz, starts_ns, data)
                frame += len(data) // wide
    except OSError as error:
        raise complain(path, "", error.strerror or "cannot be read") from error


def parse_format(words: str) -> tuple[str, int]:
    """`pcm16 24k`, `mulaw 8k`, `alaw 8000`: encoding and samples a second. Raises `InvalidInput`."""
    match = _FORMAT.fullmatch(words.strip().lower())
    if match is not None:
        encoding = _NAMES[match[1]]
        rate_hz = int(match[2] or (24 if encoding == PLAIN else 8)) * (
            1 if match[2] and not match[3] else 1000
        )
        if rate_hz in RATES_HZ:
            return encoding, rate_hz
    raise InvalidInput(f"no audio format {words!r}", hint="For example: pcm16 24k, mulaw 8k, alaw 8000.")


def channels(path: Path, data: bytes | None = None) -> int:
    with _opened(path, data) as file:
        return int(file.channels)


def length_ns(path: Path, data: bytes | None = None) -> int:
    """How long the file sounds."""
    with _opened(path, data) as file:
        if file.samplerate not in RATES_HZ or file.frames > LONGEST_S * file.samplerate:
            raise complain(path, "length", f"{file.frames} samples at {file.samplerate} Hz")
        return _ns(file.frames, file.samplerate)


def _ns(frames: int, rate_hz: int) -> int:
    """The least ns whose nearest frame it is; whole where the rate allows."""
    return -(-frames * NS_PER_S // rate_hz)


@contextmanager
def _opened(path: Path, data: bytes | None = None) -> Iterator[soundfile.SoundFile]:
    try:
        with soundfile.SoundFile(path if data is None else BytesIO(data)) as file:
            yield file
    except (soundfile.LibsndfileError, OSError, TypeError) as error:
        raise complain(path, "", f"no sound that can be read: {error}") from error
