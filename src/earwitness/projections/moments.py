"""Moments of a conversation, spelled out."""

from earwitness.clock import NS_PER_MS, NS_PER_S, rfc3339
from earwitness.model.conversation import Conversation


def instant(conversation: Conversation, at_ns: int | None) -> str | None:
    """The moment on the calendar, RFC 3339 in UTC with microseconds; None stays None."""
    return None if at_ns is None else rfc3339(conversation.began_at_ns + at_ns)


def naive(conversation: Conversation, at_ns: int | None) -> str | None:
    """The same without the zone letter, as layouts that know only UTC write it."""
    moment = instant(conversation, at_ns)
    return None if moment is None else moment.removesuffix("Z")


def compact(conversation: Conversation) -> str:
    """The start as `YYYYmmdd_HHMMSS`, UTC: the form names of files and recordings use."""
    moment = rfc3339(conversation.began_at_ns)
    return moment[:19].replace("-", "").replace(":", "").replace("T", "_")


def milliseconds(at_ns: int | None) -> int | None:
    return None if at_ns is None else at_ns // NS_PER_MS


def seconds(at_ns: int) -> float:
    """Seconds to the millisecond."""
    return round(at_ns / NS_PER_S, 3)


def clock_face(at_ns: int, decimal: str = ".") -> str:
    """`HH:MM:SS.mmm` from the start of the conversation."""
    whole, rest = divmod(max(at_ns, 0) // NS_PER_MS, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{decimal}{rest:03d}"
