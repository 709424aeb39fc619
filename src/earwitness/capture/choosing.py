"""What is kept of a leg, from settings and from what its caller asked: chosen before it begins."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from msgspec.structs import replace

from earwitness.capture.door import KEEPS, Choice, narrowed
from earwitness.errors import InvalidInput
from earwitness.journal.record import NOTHING, Kept
from earwitness.settings import Recording
from earwitness.settings.lists import listed


def chosen(
    record: Recording,
    *,
    conversation: str,
    asked: str | None = None,
    has_consent: bool = False,
    mapping: Mapping[str, Any] | None = None,
) -> Choice:
    """`asked` may take away from the settings, never add: `audio,transcripts`, or `none`.

    All legs with the same `conversation` fall to the same side of `record.sample`. Raises `InvalidInput`.
    """
    kept = Kept(
        audio=record.audio,
        raw=record.raw,
        transcripts=record.transcripts,
        only=listed(record.only),
        never=listed(record.never),
    )
    if asked is not None:
        kept = narrowed(kept, kept_of(asked.split(",")))
    if not is_in_sample(conversation, record.sample):
        kept = replace(NOTHING, reason="sampled_out")
    return Choice(
        kept=kept,
        mapping=mapping or {},
        needs_consent=record.require_consent and not has_consent,
        longest_pause_s=record.pause_seconds,
    )


def kept_of(names: Iterable[str]) -> Kept:
    """From words such as `audio`; `none` is none of them. Raises `InvalidInput` for another word."""
    words = {name.strip() for name in names} - {"none", ""}
    if unknown := sorted(words - set(KEEPS)):
        raise InvalidInput(
            f"{unknown[0][:40]!r} is nothing that can be kept", hint=f"Of {', '.join(KEEPS)}, or none."
        )
    audio, raw, transcripts = (name in words for name in KEEPS)
    return Kept(audio=audio, raw=raw, transcripts=transcripts, reason="asked")


def is_in_sample(conversation: str, share: float) -> bool:
    """The same answer for the same conversation, wherever it is asked."""
    if share >= 1:
        return True
    drawn = int.from_bytes(blake2b(conversation.encode(), digest_size=8).digest())
    return drawn < share * 2**64
