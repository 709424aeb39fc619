"""What was taken out of a conversation: where its masks stand, and what is left of the original."""

from dataclasses import dataclass, field
from typing import Any

Silenced = dict[str, tuple[tuple[int, int], ...]]  # by track: [from, until) in ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """Something that was taken out of the words: its kind, and where its mask stands."""

    kind: str  # phone, email, card ..., or the name of a pattern or word list of the user's own
    key: str  # of the message or tool call
    field: str  # text, arguments, result, error
    start: int | None = None  # of the mask in the text as it is shown; None: inside JSON
    end: int | None = None
    confidence: float = 1.0
    from_ns: int | None = None  # where it was spoken, margins included; None: not in any sound
    until_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abridged:
    """What had been taken out of a leg when its original was thrown away: nobody can find it out again."""

    at_ns: int = 0  # since the epoch: when it was thrown away
    head: str = ""  # of the original's chain, in hex
    redactions: tuple[Redaction, ...] = ()
    silenced: Silenced = field(default_factory=dict)
    heard: dict[str, str] = field(default_factory=dict)  # of messages not wholly heard, by key: what was
    has_beeps: bool = False
    figures: dict[str, Any] | None = None  # measured on the conversation's sound as it was
    told: tuple[Any, ...] = ()  # what the connection told by itself, as `decoders.abridged` has it
