"""A conversation as everybody may see it: the one place where what must not be kept is taken out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from earwitness.model.conversation import Conversation, Digit, Message, Status, ToolCall
from earwitness.model.redacted import Redaction
from earwitness.redaction.by_hand import KIND
from earwitness.redaction.chains import Chain, before, chains
from earwitness.redaction.detect import Detector
from earwitness.redaction.found import Found
from earwitness.redaction.masks import mask, masked
from earwitness.redaction.sound import Place, Places
from earwitness.redaction.values import Values
from earwitness.settings.lists import listed
from earwitness.settings.redaction import Redaction as Policy

KEYS_IN_A_ROW = 3  # so many keys pressed one after the other are a number, not a choice
KEYS_APART_NS = 10_000_000_000


@dataclass(slots=True)
class Memory:
    """What is known of a running conversation from the last look, so that only its end is looked at anew."""

    chains: dict[tuple[str, ...], list[Found]] = field(default_factory=dict)
    messages: dict[str, tuple[Message, list[Found], Message, list[Redaction]]] = field(default_factory=dict)
    calls: dict[str, tuple[ToolCall, ToolCall, list[Redaction]]] = field(default_factory=dict)


class Redactor:
    """Takes out of conversations what one policy names, and all that was said and heard in `stretches`."""

    def __init__(self, policy: Policy, stretches: Sequence[tuple[int, int]] = ()) -> None:
        self.policy = policy
        self._stretches = tuple(Place(*stretch) for stretch in stretches)
        self.detector = Detector(policy)
        self._kinds = frozenset(listed(policy.kinds))

    def redact(self, conversation: Conversation, memory: Memory | None = None) -> Conversation:
        """The same conversation with masks in its words, and the list of them."""
        memory = Memory() if memory is None else memory
        found = self._in_messages(conversation, memory)
        messages = [self._message(m, found.get(i, []), memory) for i, m in enumerate(conversation.messages)]
        calls = [self._call(call, memory) for call in conversation.tool_calls]
        places = Places(conversation, self.policy.margin_ms)
        places.add_stretches(self._stretches)
        spoken = [self._spoken(i, those, found.get(i, []), places) for i, (_, those) in enumerate(messages)]
        if self.policy.sound != "keep":
            for run in filter(self._is_number, _in_a_row(conversation.digits)):
                places.add_keys(run)
        return replace(
            conversation,
            messages=tuple(message for message, _ in messages),
            tool_calls=tuple(call for call, _ in calls),
            digits=tuple(self._digits(conversation.digits)),
            metadata=self.value(conversation.metadata),
            outcome=self.value(conversation.outcome),
            satisfaction=self.value(conversation.satisfaction),
            snapshots=tuple(replace(s, data=self.value(s.data)) for s in conversation.snapshots),
            findings=tuple(replace(f, message=self.value(f.message)) for f in conversation.findings),
            legs=tuple(replace(leg, path=self.value(leg.path)) for leg in conversation.legs),
            redactions=tuple(one for those in (*spoken, *(own for _, own in calls)) for one in those),
            silenced=places.silenced(),
            has_beeps=self.policy.sound == "beep",
        )

    def _spoken(
        self, index: int, redactions: list[Redaction], found: list[Found], places: Places
    ) -> list[Redaction]:
        """The redactions of a message, with the sound that is silenced for each."""
        if self.policy.sound == "keep":
            return redactions
        where = [places.add(index, one) for one in found]
        return [
            replace(one, from_ns=place.from_ns, until_ns=place.until_ns) if place else one
            for one, place in zip(redactions, where, strict=True)
        ]

    def _values(self) -> Values:
        return Values(self._mask, self.detector.is_short_announced)

    def value(self, value: Any, names: str = "") -> Any:
        """Data with every string in it masked where need be."""
        return self._values().of(value, names)

    def json(self, text: str | None, names: str = "") -> str | None:
        return None if text is None else self._values().json(text, names)

    def _mask(self, text: str, names: str, most: int) -> tuple[str, list[Found]]:
        found = self.detector.find([text], names, most)
        return masked(text, found, self.policy.masks)[0], found

    # -- messages --------------------------------------------------------------------------------------

    def _in_messages(self, conversation: Conversation, memory: Memory) -> dict[int, list[Found]]:
        """What is found, by place of the message."""
        messages = conversation.messages
        tokens = [self.detector.ends(message.text) for message in messages]
        found: dict[int, list[Found]] = {}
        known: dict[tuple[str, ...], list[Found]] = {}
        last = {str(m.party or m.role): place for place, m in enumerate(messages) if m.text}
        for chain in chains(messages, tokens):
            texts, context = [messages[place].text for place in chain.places], before(messages, chain)
            key = (context, *texts)
            known[key] = memory.chains[key] if key in memory.chains else self.detector.find(texts, context)
            for one in known[key]:
                found.setdefault(chain.places[one.part], []).append(one)
            if conversation.status is Status.ACTIVE and chain.places[-1] in last.values():
                self._hold_back(messages, chain, context, found)
        memory.chains = known
        for place, message in enumerate(messages):
            if message.text and any(_was_said_in(message, stretch) for stretch in self._stretches):
                found[place] = [Found(KIND, 0, 0, len(message.text))]
        return found

    def _hold_back(
        self, messages: Sequence[Message], chain: Chain, context: str, found: dict[int, list[Found]]
    ) -> None:
        """Digits that a running call has not finished saying are masked until it is known what they are."""
        place = chain.places[-1]
        message = messages[place]
        pending = self.detector.pending(message.text, context, is_open=message.status == "open")
        if pending and all(one.end <= pending.start for one in found.get(place, [])):
            found.setdefault(place, []).append(pending)

    def _message(
        self, message: Message, found: list[Found], memory: Memory
    ) -> tuple[Message, list[Redaction]]:
        known = memory.messages.get(message.key)
        if known and known[0] is message and known[1] == found:
            return known[2], known[3]
        text, places = masked(message.text, found, self.policy.masks)
        redactions = [
            Redaction(
                kind=one.kind, key=message.key, field="text", start=start, end=end, confidence=one.confidence
            )
            for one, (start, end) in zip(found, places, strict=True)
        ]
        shown = message
        if found or message.heard_text != message.text:
            shown = replace(message, text=text, heard_text=self._heard(message, text, found))
        memory.messages[message.key] = (message, found, shown, redactions)
        return shown, redactions

    def _heard(self, message: Message, text: str, found: list[Found]) -> str:
        """What was heard, masked as the whole is: a number of which half was heard is masked too."""
        heard = message.heard_text
        if heard == message.text:
            return text
        if message.text.startswith(heard):
            begun = [one._replace(end=min(one.end, len(heard))) for one in found if one.start < len(heard)]
            return masked(heard, begun, self.policy.masks)[0]
        return masked(heard, self.detector.find([heard]), self.policy.masks)[0]

    # -- the rest --------------------------------------------------------------------------------------

    def _call(self, call: ToolCall, memory: Memory) -> tuple[ToolCall, list[Redaction]]:
        known = memory.calls.get(call.key)
        if known and known[0] == call:
            return known[1], known[2]
        redactions: list[Redaction] = []
        shown: dict[str, str] = {}
        for name in ("arguments", "result", "error"):
            text = getattr(call, name)
            if text:
                values = self._values()
                shown[name] = values.json(text)
                redactions += [
                    Redaction(kind=one.kind, key=call.key, field=name, confidence=one.confidence)
                    for one in values.found
                ]
        new = replace(call, **shown)  # type: ignore[arg-type]
        memory.calls[call.key] = (call, new, redactions)
        return new, redactions

    def _digits(self, digits: Sequence[Digit]) -> Iterator[Digit]:
        """Keys that make up a number are masked; one alone is a choice in a menu."""
        for run in _in_a_row(digits):
            for digit in run:
                yield replace(digit, digit=mask("keys", self.policy.masks)) if self._is_number(run) else digit

    def _is_number(self, run: list[Digit]) -> bool:
        return "keys" in self._kinds and len(run) >= KEYS_IN_A_ROW


def _was_said_in(message: Message, stretch: Place) -> bool:
    """Whether any of it may have been: words without an end are said when they began."""
    ended_ns = message.ended_ns or message.started_ns
    return message.started_ns < stretch.until_ns and stretch.from_ns <= ended_ns


def _in_a_row(digits: Sequence[Digit]) -> Iterator[list[Digit]]:
    run: list[Digit] = []
    for digit in digits:
        if run and digit.at_ns - run[-1].at_ns > KEYS_APART_NS:
            yield run
            run = []
        run.append(digit)
    if run:
        yield run
