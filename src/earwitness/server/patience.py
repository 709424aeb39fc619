"""Patience with those who guess: after some failures they wait, longer each time.

An address waits for its own failures. An account that is being guessed at from many addresses makes those
wait who have failed at it before: each address has one try, and its owner is not locked out by others.
"""

import time
from collections import OrderedDict

from starlette.exceptions import HTTPException

_FREE_FAILURES = 10
_FORGIVEN_S = 600.0  # after so long without a failure it starts anew
_LONGEST_WAIT_S = 300.0
_REMEMBERED = 10_000


class Patience:
    """Counts failures of addresses, and at accounts."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, ...], tuple[int, float]] = OrderedDict()  # how many, when last

    def ask(self, address: str, account: str = "") -> None:
        """Raises 429 while this address has to wait, with any account or with this one."""
        wait_s = self._wait_s("address", address)
        if account and self._of(("both", address, account))[0]:
            wait_s = max(wait_s, self._wait_s("account", account))
        if wait_s > 0:
            raise HTTPException(429, "too many failed logins", {"Retry-After": str(int(wait_s) + 1)})

    def note_failure(self, address: str, account: str = "") -> None:
        self._count(("address", address))
        if account:
            self._count(("account", account))
            self._count(("both", address, account))

    def forgive(self, address: str) -> None:
        """Somebody logged in from there: they start anew."""
        self._failures.pop(("address", address), None)

    def _wait_s(self, *who: str) -> float:
        count, last_s = self._of(who)
        if count < _FREE_FAILURES:
            return 0.0
        return last_s + min(2.0 ** min(count - _FREE_FAILURES, 20), _LONGEST_WAIT_S) - time.monotonic()

    def _count(self, who: tuple[str, ...]) -> None:
        self._failures[who] = (self._of(who)[0] + 1, time.monotonic())
        self._failures.move_to_end(who)
        while len(self._failures) > _REMEMBERED:
            self._failures.popitem(last=False)

    def _of(self, who: tuple[str, ...]) -> tuple[int, float]:
        count, last_s = self._failures.get(who, (0, 0.0))
        return (count, last_s) if time.monotonic() - last_s < _FORGIVEN_S else (0, 0.0)
