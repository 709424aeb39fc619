"""A leg that may not be written yet: until consent is given nothing of it exists outside of memory."""

from earwitness.clock import Instant
from earwitness.errors import Conflict
from earwitness.journal.record import Kind, Origin
from earwitness.journal.writer import LegWriter

_Held = tuple[Instant, Origin, Kind, bytes]


class HeldWriter:
    """Stands in for a `LegWriter`. What the recorder says of the leg waits; messages do not come this far.

    Closed before `release`, it leaves nothing behind.
    """

    def __init__(self, leg: str) -> None:
        self.leg = leg
        self._held: list[_Held] = []
        self._writer: LegWriter | None = None
        self._is_closed = False

    @property
    def is_released(self) -> bool:
        return self._writer is not None

    def release(self, writer: LegWriter) -> bool:
        """From now on the journal takes it; first what was held back. False where it is too late for that."""
        if self._writer is not None or self._is_closed:
            return False
        held, self._held = self._held, []
        for record in held:
            writer.append(*record)
        self._writer = writer
        return True

    def append(self, at: Instant, origin: Origin, kind: Kind, payload: bytes) -> int:
        if self._writer is not None:
            return self._writer.append(at, origin, kind, payload)
        self._held.append((at, origin, kind, payload))
        return len(self._held) - 1

    def extend(self, parts: list[bytes], size: int) -> None:
        if self._writer is None:
            raise Conflict(f"leg {self.leg} may not be written yet")
        self._writer.extend(parts, size)

    def lost(self, reason: str, count: int, byte_count: int) -> None:
        if self._writer is not None:
            self._writer.lost(reason, count, byte_count)

    def sync(self, timeout_s: float, *, since: int | None = None) -> bool:
        """As of a `LegWriter`; nothing that waits for consent is on a disk."""
        return self._writer is not None and self._writer.sync(timeout_s, since=since)

    def close(self, timeout_s: float = 5.0) -> None:
        self._held.clear()
        self._is_closed = True
        if self._writer is not None:
            self._writer.close(timeout_s)
