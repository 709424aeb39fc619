"""Where recording touches a call that must go on: a fault of ours stops here."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def guarded(work: Callable[[], T], on_fault: Callable[[str], T]) -> T:
    """What `work` gives; if it raises, what `on_fault` makes of the name of the fault (never its text,
    which may hold what people said)."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001  the pump's edge: no fault of the recorder may reach the call
        return on_fault(type(error).__name__)
