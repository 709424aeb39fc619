"""What the fake voice AI hears: the input buffer and its voice activity detection."""

from dataclasses import dataclass

import numpy as np

from earwitness.audio.codecs import decode, frame_bytes

WINDOW_MS = 10
LOUD = 400.0  # effective value; the lines' own pauses lie below, room noise of a real microphone too
ONSET_WINDOWS = 3  # a click is shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Speech began (`audio` empty) or ended; `at_ms` as the provider says it: a position in all input."""

    at_ms: int
    is_end: bool = False
    audio: bytes = b""


class InputBuffer:
    """Appended audio of one session, in one encoding at a time.

    The end that is told includes the silence that proved it, the start is `padding_ms` early: so says the
    provider. Audio from before any speech is forgotten, unless detection is off.
    """

    def __init__(self, encoding: str, rate_hz: int) -> None:
        self.detects = True
        self.padding_ms, self.silence_ms = 300, 500
        self.kept = bytearray()
        self._kept_from_ms = 0.0
        self._total_bytes = 0
        self._rest = b""  # bytes of a window that is not yet whole
        self._loud_windows = self._quiet_windows = 0
        self._speaks = False
        self.set_format(encoding, rate_hz)

    def set_format(self, encoding: str, rate_hz: int) -> None:
        """For what comes from now on; what is in the buffer is thrown away if that changes anything."""
        position_ms = self.position_ms if self._total_bytes else 0.0
        self.encoding, self.rate_hz = encoding, rate_hz
        self._per_ms = rate_hz * frame_bytes(encoding) // 1000
        self._total_bytes = int(position_ms * self._per_ms)
        self._kept_from_ms, self._rest = position_ms, b""
        self.kept.clear()

    @property
    def position_ms(self) -> float:
        return self._total_bytes / self._per_ms

    @property
    def kept_ms(self) -> float:
        return len(self.kept) / self._per_ms

    def append(self, data: bytes) -> list[Spoken]:
        """Takes audio; chunks need not end on a sample."""
        self._rest += data
        size = WINDOW_MS * self._per_ms
        whole = len(self._rest) // size * size
        windows, self._rest = self._rest[:whole], self._rest[whole:]
        found: list[Spoken] = []
        if not windows:
            return found
        samples = decode(self.encoding, windows).astype(np.float64)
        levels = np.sqrt((samples.reshape(-1, self.rate_hz * WINDOW_MS // 1000) ** 2).mean(axis=1))
        for number, level in enumerate(levels):
            self.kept += windows[number * size : (number + 1) * size]
            self._total_bytes += size
            if self.detects:
                found += self._window(bool(level > LOUD))
        return found

    def take(self) -> bytes:
        """Empties the buffer."""
        audio = bytes(self.kept)
        self.kept.clear()
        self._kept_from_ms = self.position_ms
        return audio

    def clear(self) -> None:
        self.take()
        self._speaks, self._loud_windows, self._quiet_windows = False, 0, 0

    def _window(self, is_loud: bool) -> list[Spoken]:
        self._loud_windows = self._loud_windows + 1 if is_loud else 0
        self._quiet_windows = 0 if is_loud else self._quiet_windows + 1
        if not self._speaks:
            self._forget()
            if self._loud_windows >= ONSET_WINDOWS:
                self._speaks = True
                return [Spoken(at_ms=int(self._kept_from_ms))]
        elif self._quiet_windows * WINDOW_MS >= self.silence_ms:
            self._speaks = False
            return [Spoken(at_ms=int(self.position_ms), is_end=True, audio=self.take())]
        return []

    def _forget(self) -> None:
        """Keeps the padding and what may yet prove to be the onset."""
        keep = (self.padding_ms + ONSET_WINDOWS * WINDOW_MS) * self._per_ms
        if len(self.kept) > keep:
            del self.kept[:-keep]
            self._kept_from_ms = self.position_ms - keep / self._per_ms
