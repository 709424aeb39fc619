"""Twilio ConversationRelay: Twilio listens and speaks, the bot reads and writes. No sound goes over the leg.

Twilio dials the bot and is the client. `info` comes only where the application asked for it, and its `ts` is
of Twilio's clock: what it tells is dated by its arrival, like everything else.
"""

from collections.abc import Callable, Iterator
from typing import Any

from earwitness.decoders.twilio_answers import Answers
from earwitness.decoders.twilio_parameters import labelled, told_by
from earwitness.decoders.wire import Unreadable, id_of, ms_of, object_of, read_object, text_of
from earwitness.journal.record import Origin, Record
from earwitness.model.events import (
    DigitPressed,
    EndAnnounced,
    Event,
    LegIdentified,
    MessageClosed,
    MessageOpened,
    NoteTaken,
    Party,
    ProblemReported,
    Role,
    SpeechStarted,
    SpeechStopped,
    Stamp,
    TextArrived,
    Undecoded,
)

Body = dict[str, Any]

PASSED_OVER = {
    "play": "a file that Twilio fetches and plays: no words, and its sound never goes over this leg",
    "language": "how Twilio is to speak and to listen; what is said is told by itself",
}
IDS = {
    "call_sid": "callSid",
    "session_id": "sessionId",
    "account_sid": "accountSid",
    "parent_call_sid": "parentCallSid",
}
DESCRIBED = {"caller": "from", "callee": "to", "direction": "direction"}
KEYS = frozenset("0123456789*#ABCD")
LONGEST_DIGITS = 1_000  # more nobody dials


class ConversationRelay:
    """One session."""

    def __init__(self) -> None:
        self._answers = Answers()
        self._prompts = 0
        self._is_prompt_open = False
        self._handlers: dict[str, Callable[[Stamp, Body, Origin], Iterator[Event]]] = {
            "setup": self._on_setup,
            "prompt": self._on_prompt,
            "interrupt": self._on_interrupt,
            "info": self._on_info,
            "dtmf": self._on_dtmf,
            "error": self._on_error,
            "text": self._on_text,
            "sendDigits": self._on_digits,
            "end": self._on_end,
        }

    @property
    def names(self) -> frozenset[str]:
        """The types that this decoder reads."""
        return frozenset(self._handlers)

    def skipped(self) -> None:
        """Nothing to do: what is missing of an answer or a prompt is missing in its text."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        name = ""
        events: list[Event] = []
        try:
            body = read_object(record.payload)
            name = text_of(body, "type") or ""
            if handler := self._handlers.get(name):
                events.extend(handler(seen, body, record.origin))
            elif name not in PASSED_OVER:
                raise Unreadable("unknown type" if name else "no type")
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=name))
        return events

    def _on_setup(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        parameters = object_of(body, "customParameters")
        ids = {name: value for name, key in IDS.items() if (value := id_of(body, key))}
        told = told_by(parameters)
        own = {name: value for name, key in DESCRIBED.items() if (value := id_of(body, key))}
        yield LegIdentified(
            seen=seen,
            provider_ids=ids,
            links=(*([f"call:{ids['call_sid']}"] if "call_sid" in ids else []), *told.links),
            subject=told.subject,
            metadata=own | told.metadata,
        )
        yield from labelled(seen, parameters)

    # -- the caller ----------------------------------------------------------------------------------

    def _on_prompt(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """Each prompt holds all that was understood so far; the last one stands."""
        text = text_of(body, "voicePrompt")
        if text is None:
            raise Unreadable("no voicePrompt")
        is_last = _is_true(body, "last")
        if not self._is_prompt_open:
            if not text:
                return
            self._prompts += 1
            self._is_prompt_open = True
            yield MessageOpened(seen=seen, item=self._prompt, role=Role.USER)
        if text:
            yield TextArrived(seen=seen, item=self._prompt, text=text, is_whole=True)
        if is_last:
            self._is_prompt_open = False
            yield MessageClosed(seen=seen, item=self._prompt)
            yield from self._answers.yield_floor(seen)

    @property
    def _prompt(self) -> str:
        return f"prompt-{self._prompts}"

    def _on_interrupt(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        heard_text = text_of(body, "utteranceUntilInterrupt")
        yield from self._answers.cut(seen, heard_text, ms_of(body, "durationUntilInterruptMs"))

    def _on_dtmf(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        digit = id_of(body, "digit")
        if digit is None:
            raise Unreadable("no digit")
        yield DigitPressed(seen=seen, digit=digit)

    # -- the agent -----------------------------------------------------------------------------------

    def _on_text(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        text = text_of(body, "token")
        if text is None:
            raise Unreadable("no token")
        yield from self._answers.write(seen, text, is_last=_is_true(body, "last"))

    def _on_info(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        value = text_of(body, "value") or ""
        match text_of(body, "name"), value:
            case "tokensPlayed", _:
                yield from self._answers.tell(seen, value)
            case "agentSpeaking", "on":
                yield from self._answers.begin(seen)
            case "agentSpeaking", "off":
                yield from self._answers.pause(seen)
            case "clientSpeaking", "on":
                yield SpeechStarted(seen=seen, party=Party.CALLER)
            case "clientSpeaking", "off":
                yield SpeechStopped(seen=seen, party=Party.CALLER)
            case _:
                raise Unreadable("unknown info")

    def _on_digits(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """Keys that the bot lets Twilio press; what is no key is a pause."""
        digits = id_of(body, "digits")
        if digits is None or len(digits) > LONGEST_DIGITS:
            raise Unreadable("no digits" if digits is None else "too many digits")
        for digit in digits.upper():
            if digit in KEYS:
                yield DigitPressed(seen=seen, digit=digit, party=Party.AGENT)

    # -- the end -------------------------------------------------------------------------------------

    def _on_end(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """The bot hangs up, and may leave word for whoever takes the call next."""
        if handoff := text_of(body, "handoffData"):
            yield NoteTaken(seen=seen, verb="metadata", data={"handoff_data": handoff})
        yield EndAnnounced(seen=seen, reason="end")

    def _on_error(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        yield ProblemReported(seen=seen, code="error", message=text_of(body, "description") or "")


def _is_true(body: Body, key: str) -> bool:
    return body.get(key) in (True, "true")
