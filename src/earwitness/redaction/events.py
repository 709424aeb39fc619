"""Events as everybody may see them: masked as the conversation is, also where words come in pieces."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

from earwitness.model import events as e
from earwitness.model.conversation import Message
from earwitness.model.events import Event
from earwitness.redaction.conversation import Memory, Redactor
from earwitness.redaction.found import Found
from earwitness.redaction.masks import MASKS, mask, masked

# They hold numbers, ids and fixed words alone. What is not named here is looked at, string by string.
_HARMLESS = frozenset(
    {
        e.AudioArrived,
        e.EmotionScored,
        e.EndAnnounced,
        e.FormatSet,
        e.GapFound,
        e.MessageClosed,
        e.MessageOpened,
        e.MessageRemoved,
        e.PlaybackReported,
        e.ResponseEnded,
        e.SpeechStarted,
        e.SpeechStopped,
        e.UsageReported,
    }
)
_NAMES = frozenset(  # fields by which things are found again
    {
        *("call", "conversation", "item", "leg", "links", "name", "previous", "provider", "provider_ids"),
        *("response", "route", "subject", "way", "workspace", "labels", "verb", "code", "kind"),
    }
)


class EventMasks:
    """Masks the events of one conversation, in the order of time. `memory` is of its redaction."""

    def __init__(self, redactor: Redactor, memory: Memory, digits: Iterable[str]) -> None:
        self._redactor = redactor
        self._known = {key: (raw, found) for key, (raw, found, _, _) in memory.messages.items()}
        self._digits = iter(digits)
        self._said: dict[tuple[str, int], int] = defaultdict(int)  # characters of a part, in pieces
        self._timed: dict[str, int] = defaultdict(int)
        self._special: dict[type[Event], Callable[[Any], Event]] = {
            e.TextArrived: self._text,
            e.TextTimed: self._timing,
            e.PlaybackCut: self._cut,
            e.ToolCalled: lambda event: replace(event, arguments=redactor.json(event.arguments)),
            e.ToolReturned: lambda event: replace(
                event, result=redactor.json(event.result), error=redactor.json(event.error)
            ),
            e.DigitPressed: lambda event: replace(event, digit=next(self._digits, mask("keys", {}))),
        }

    def of(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            kind = type(event)
            if kind in _HARMLESS:
                yield event
            elif kind in self._special:
                yield self._special[kind](event)
            else:
                yield self._any(event)

    def _any(self, event: Event) -> Event:
        values = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in (*_NAMES, "seen")}
        masked_values = {name: self._redactor.value(value) for name, value in values.items()}
        return replace(event, **masked_values)

    def _raw(self, leg: str, item: str) -> tuple[str, list[Found]]:
        message, found = self._known.get(f"{leg}:{item}", (None, []))
        return (message.text if isinstance(message, Message) else ""), found

    def _text(self, event: e.TextArrived) -> Event:
        text, found = self._raw(event.seen.leg, event.item)
        if event.is_whole:
            if event.text.strip() == text:
                lead = len(event.text) - len(event.text.lstrip())
                moved = [one._replace(start=one.start + lead, end=one.end + lead) for one in found]
                return replace(event, text=masked(event.text, moved, self._redactor.policy.masks)[0])
            return replace(event, text=self._redactor.value(event.text))
        key = (f"{event.seen.leg}:{event.item}", event.part)
        piece = event.text if self._said[key] else event.text.lstrip()
        start = self._said[key]
        if not text.startswith(piece.rstrip(), start):
            return replace(event, text=MASKS["withheld"])
        self._said[key] = start + len(piece)
        return replace(
            event, text=_slice(text, found, start, start + len(piece), self._redactor.policy.masks)
        )

    def _timing(self, event: e.TextTimed) -> Event:
        """One character stays one character: each has a time."""
        text, found = self._raw(event.seen.leg, event.item)
        start = self._timed[f"{event.seen.leg}:{event.item}"]
        end = start + len(event.text)
        self._timed[f"{event.seen.leg}:{event.item}"] = end
        is_known = text[start:end].strip() == event.text.strip()
        chars = list(event.text)
        for index, char in enumerate(chars):
            at = start + index
            if char.isalnum() and (not is_known or any(one.start <= at < one.end for one in found)):
                chars[index] = "X"
        return replace(event, text="".join(chars))

    def _cut(self, event: e.PlaybackCut) -> Event:
        if event.heard_text is None:
            return event
        text, found = self._raw(event.seen.leg, event.item) if event.item else ("", [])
        heard = event.heard_text.strip()
        if text.startswith(heard):
            return replace(event, heard_text=_slice(text, found, 0, len(heard), self._redactor.policy.masks))
        return replace(event, heard_text=self._redactor.value(event.heard_text))


def _slice(text: str, found: list[Found], start: int, end: int, masks: dict[str, str]) -> str:
    """`text[start:end]` masked; a mask stands in the slice in which what it hides begins."""
    pieces, at = [], start
    for one in found:
        if one.end <= at or one.start >= end:
            continue
        pieces.append(text[at : max(one.start, at)])
        if one.start >= start:
            pieces.append(mask(one.kind, masks))
        at = min(one.end, end)
    return "".join([*pieces, text[at:end]])
