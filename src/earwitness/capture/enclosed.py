"""Sound inside a JSON body that is too long for memory: `"full_audio": "<base64>"`, taken out in pieces."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import IO

from earwitness.errors import InvalidInput

READ_BYTES = 1 << 18
_KEY = re.compile(rb'"full_audio"\s*:\s*"')  # in a JSON text these bytes are a key and nothing else
_LONGEST_KEY = 256


class Enclosed:
    """One body in a file: `sound()` gives what it encloses, `rest()` all else, with nothing in its place."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._start = self._find(_KEY, 0)
        self._end = -1 if self._start < 0 else self._find(re.compile(rb'"'), self._start) - 1
        if self._start >= 0 and self._end < 0:
            raise InvalidInput("the body ends inside its sound", hint="Send it whole.")

    @property
    def has_sound(self) -> bool:
        return self._start >= 0

    def sound(self) -> Iterator[bytes]:
        """The sound, decoded. Raises `InvalidInput` for what is no base64."""
        self._file.seek(max(0, self._start))
        left, held = (self._end - self._start if self.has_sound else 0), b""
        while left > 0:
            piece = self._file.read(min(READ_BYTES, left))
            left -= len(piece)
            held += piece.replace(b"\\", b"")  # some write / as \/
            whole = len(held) if left == 0 else len(held) // 4 * 4
            try:
                yield base64.b64decode(held[:whole] + b"=" * (-whole % 4), validate=True)
            except binascii.Error as error:
                raise InvalidInput("the sound is no base64", hint="Send it as RFC 4648 has it.") from error
            held = held[whole:]

    def check(self) -> None:
        """Raises `InvalidInput` where `sound` would."""
        for _ in self.sound():
            pass

    def rest(self, most_bytes: int) -> bytes:
        """The body without its sound. Raises `InvalidInput` where that is longer."""
        size = self._file.seek(0, 2)
        if size - max(0, self._end - self._start) > most_bytes:
            raise InvalidInput("the body is too long", hint=f"At most {most_bytes} bytes beside the sound.")
        self._file.seek(0)
        if not self.has_sound:
            return self._file.read()
        head = self._file.read(self._start)
        self._file.seek(self._end)
        return head + self._file.read()

    def _find(self, pattern: re.Pattern[bytes], start: int) -> int:
        """Where the first match from `start` on ends; -1: nowhere."""
        self._file.seek(start)
        held = b""
        while piece := self._file.read(READ_BYTES):
            held += piece
            if found := pattern.search(held):
                return start + found.end()
            start += max(0, len(held) - _LONGEST_KEY)
            held = held[-_LONGEST_KEY:]
        return -1
