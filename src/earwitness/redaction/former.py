"""What had been taken out before the original was thrown away: it is told of further on, though nobody can
find it again."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from earwitness.model.conversation import Conversation, Message
from earwitness.model.redacted import Redaction, Silenced
from earwitness.redaction.sound import joined


def with_former(told: Conversation, redacted: Conversation) -> Conversation:
    """`redacted` is what became of `told` now; besides, what its abridged legs tell was taken out of them."""
    if not told.abridged:
        return redacted
    texts = {m.key: (m.text, n.text) for m, n in zip(told.messages, redacted.messages, strict=True)}
    former = [_moved(one, *texts.get(one.key, ("", ""))) for leg in told.abridged for one in leg.redactions]
    known = {_place(one) for one in former}
    pairs = zip(told.messages, redacted.messages, strict=True)
    heard = {key: words for leg in told.abridged for key, words in leg.heard.items()}
    return replace(
        redacted,
        messages=tuple(_as_heard(*pair, heard) for pair in pairs),
        redactions=(*former, *(one for one in redacted.redactions if _place(one) not in known)),
        silenced=_together([redacted.silenced, *(leg.silenced for leg in told.abridged)]),
        has_beeps=redacted.has_beeps or any(leg.has_beeps for leg in told.abridged),
    )


def _as_heard(before: Message, after: Message, heard: dict[str, str]) -> Message:
    """How far into a text something was heard cannot be told from the text with masks."""
    is_same = before.key in heard and before.text == after.text
    return replace(after, heard_text=heard[before.key]) if is_same else after


def _place(one: Redaction) -> tuple[str, str, int | None]:
    return one.key, one.field, one.start


def _moved(one: Redaction, before: str, after: str) -> Redaction:
    """Where its mask stands now: more may have been taken out of the same text, before it or behind."""
    if before == after or one.start is None or one.end is None:
        return one
    for by in (0, len(after) - len(before)):
        if after[one.start + by : one.end + by] == before[one.start : one.end]:
            return replace(one, start=one.start + by, end=one.end + by)
    return replace(one, start=None, end=None)


def _together(several: Iterable[Silenced]) -> Silenced:
    places: dict[str, list[tuple[int, int]]] = {}
    for name, stretch in _each(several):
        places.setdefault(name, []).append(stretch)
    return {name: tuple(joined(stretches)) for name, stretches in places.items()}


def _each(several: Iterable[Silenced]) -> Iterator[tuple[str, tuple[int, int]]]:
    for silenced in several:
        for name, stretches in silenced.items():
            yield from ((name, stretch) for stretch in stretches)
