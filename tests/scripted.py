"""Calls written top to bottom: each line one event at its millisecond, on one leg or on several."""

from typing import Any

from earwitness.model.conversation import Conversation, Message, Span
from earwitness.model.events import (
    AudioArrived,
    Event,
    FormatSet,
    LegAnswered,
    LegClosed,
    LegOpened,
    MessageClosed,
    MessageOpened,
    Party,
    Role,
    Stamp,
    TextArrived,
)
from earwitness.model.fold import Fold

MS = 1_000_000
EPOCH_NS = 1_700_000_000_000_000_000
PCM24 = ("pcm_s16le", 24_000)
PCM16 = ("pcm_s16le", 16_000)
MULAW = ("mulaw", 8_000)


def bytes_of(ms: float, format: tuple[str, int]) -> int:
    """How many bytes that much sound is."""
    return int(ms * format[1] / 1000) * (2 if format[0] == "pcm_s16le" else 1)


class ScriptedLeg:
    """One leg of a scripted call. Called with a millisecond, an event type and its fields, it tells it."""

    def __init__(self, script: "Script", name: str, format: tuple[str, int]) -> None:
        self.name = name
        self.format = format
        self._script = script
        self._record = 0

    def __call__(self, at_ms: float, event: type[Event], **fields: Any) -> "ScriptedLeg":
        stamp = Stamp(self.name, self._record, EPOCH_NS + round(at_ms * MS))
        self._record += 1
        self._script.events.append(event(seen=stamp, **fields))
        return self

    def set_format(self, at_ms: float, party: Party, format: tuple[str, int]) -> None:
        self(at_ms, FormatSet, party=party, encoding=format[0], rate_hz=format[1])

    def agent(
        self,
        at_ms: float,
        length_ms: float,
        item: str | None = None,
        *,
        chunk_ms: float = 100,
        every_ms: float = 1,
    ) -> None:
        """The agent's audio goes over the leg in chunks, one `every_ms`."""
        for number in range(round(length_ms / chunk_ms)):
            byte_count = bytes_of(chunk_ms, self.format)
            self(at_ms + number * every_ms, AudioArrived, party=Party.AGENT, byte_count=byte_count, item=item)

    def caller(
        self,
        from_ms: float,
        until_ms: float,
        *,
        chunk_ms: int = 20,
        media_ms: float | None = None,
        late_ms: float = 0,
    ) -> None:
        """The caller's audio, spoken between the two moments, each chunk sent when it was spoken.

        With `media_ms`: the provider's media time of the first sample.
        """
        for number in range(round((until_ms - from_ms) / chunk_ms)):
            self(
                from_ms + (number + 1) * chunk_ms + late_ms,
                AudioArrived,
                party=Party.CALLER,
                byte_count=bytes_of(chunk_ms, self.format),
                media_ns=None if media_ms is None else round((media_ms + number * chunk_ms) * MS),
            )

    def message(self, at_ms: float, item: str, role: Role, text: str | None = None, **fields: Any) -> None:
        """A message from its opening to its end, all at one moment."""
        self(at_ms, MessageOpened, item=item, role=role, **fields)
        if text is not None:
            self(at_ms, TextArrived, item=item, text=text, is_whole=True)
        self(at_ms, MessageClosed, item=item)

    def close(self, at_ms: float, why: str = "closed", **fields: Any) -> None:
        self(at_ms, LegClosed, why=why, **fields)


class Script:
    """A call of one or more legs. Events are folded in the order of their time."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def leg(
        self,
        name: str = "ai",
        *,
        provider: str = "openai",
        at_ms: float = 0,
        format: tuple[str, int] = PCM24,
        status: int | None = 101,
        **fields: Any,
    ) -> ScriptedLeg:
        """A leg that is opened, answered, and whose both parties have a format."""
        leg = ScriptedLeg(self, name, format)
        values = {"way": "tap", "route": provider, "conversation": "c", "workspace": "default"} | fields
        leg(at_ms, LegOpened, provider=provider, **values)
        if status is not None:
            leg(at_ms, LegAnswered, status=status)
        for party in (Party.CALLER, Party.AGENT):
            leg.set_format(at_ms, party, format)
        return leg

    def phone(self, name: str = "phone", *, at_ms: float = 0, **fields: Any) -> ScriptedLeg:
        return self.leg(name, provider="twilio", at_ms=at_ms, format=MULAW, **fields)

    def fold(self) -> Fold:
        fold = Fold("c")
        for event in sorted(self.events, key=lambda event: event.seen.at_ns):
            fold.apply(event)
        return fold

    def conversation(self) -> Conversation:
        return self.fold().conversation()


def times(conversation: Conversation, party: Party) -> list[tuple[float, float]]:
    """From and until of each span of a party's track, in milliseconds."""
    return [as_ms(span) for span in conversation.tracks[party].spans] if party in conversation.tracks else []


def as_ms(span: Span) -> tuple[float, float]:
    return span.at_ns / MS, span.end_ns / MS


def message(conversation: Conversation, item: str) -> Message:
    return next(message for message in conversation.messages if message.item == item)
