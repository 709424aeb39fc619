"""Patience with those who guess: after some failures an address waits, longer each time."""

import time
from collections import OrderedDict

from starlette.exceptions import HTTPException

_FREE_FAILURES = 10
_FORGIVEN_S = 600.0  # after so long without a failure an address starts anew
_LONGEST_WAIT_S = 300.0
_REMEMBERED = 10_000


class Patience:
    """Counts failures of addresses."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()  # how many, when the last

    def ask(self, address: str) -> None:
        """Raises 429 while this address has to wait."""
        count, last_s = self._of(address)
        if count < _FREE_FAILURES:
            return
        left_s = last_s + min(2.0 ** min(count - _FREE_FAILURES, 20), _LONGEST_WAIT_S) - time.monotonic()
        if left_s > 0:
            raise HTTPException(
                429, "too many failed logins from this address", {"Retry-After": str(int(left_s) + 1)}
            )

    def note_failure(self, address: str) -> None:
        count, _ = self._of(address)
        self._failures[address] = (count + 1, time.monotonic())
        self._failures.move_to_end(address)
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def _of(self, address: str) -> tuple[int, float]:
        count, last_s = self._failures.get(address, (0, 0.0))
        return (count, last_s) if time.monotonic() - last_s < _FORGIVEN_S else (0, 0.0)
