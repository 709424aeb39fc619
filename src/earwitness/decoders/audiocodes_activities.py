"""AudioCodes activities: what happened on the call, what the platform is to do, and texts that it speaks."""

from collections.abc import Callable, Iterator
from typing import Any

from earwitness.decoders.audiocodes_words import Words, confidence_of
from earwitness.decoders.wire import Unreadable, id_of, object_of, objects_of, text_of
from earwitness.journal.record import Origin
from earwitness.model.events import (
    DigitPressed,
    Event,
    LegIdentified,
    NoteTaken,
    Party,
    Role,
    Stamp,
    Undecoded,
)

Body = dict[str, Any]
Tell = Callable[[Stamp], Iterator[Event]]

_RECORDING = "the platform's own recording; ours goes on"
EVENTS_PASSED_OVER = {
    "hangup": "session.end tells why the call ended",
    "noUserInput": "silence shows by itself",
    "config": "how the platform is to behave; what comes of it is told by itself",
    "startRecognition": "when the platform is to listen; what it hears comes by itself",
    "stopRecognition": "when the platform is to listen; what it hears comes by itself",
    "startCallRecording": _RECORDING,
    "stopCallRecording": _RECORDING,
    "pauseCallRecording": _RECORDING,
    "resumeCallRecording": _RECORDING,
    "sendMetaData": "for the other end of the call, not for the conversation",
}
KEYS = frozenset("0123456789*#ABCD")
LONGEST_DIGITS = 1_000  # more nobody dials


class Activities:
    """Reads lists of activities.

    `cut` tells that what is queued for the ear is thrown away, `finish` that all of it was played.
    """

    def __init__(self, words: Words, cut: Tell, finish: Tell) -> None:
        self._words = words
        self._cut = cut
        self._finish = finish
        self._handlers = {
            "start": self._on_start,
            "dtmf": self._on_digits,
            "senddtmf": self._on_digits,
            "transfer": self._on_transfer,
            "playurl": self._on_play_url,
        }

    def read(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """All of them in order; one that cannot be read spoils no other."""
        if not isinstance(body.get("activities"), list):
            raise Unreadable("no activities")
        for activity in objects_of(body, "activities"):
            try:
                yield from self._read_one(seen, activity, origin)
            except Unreadable as error:
                yield Undecoded(seen=seen, reason=str(error), name=text_of(activity, "name") or "activities")

    def _read_one(self, seen: Stamp, activity: Body, origin: Origin) -> Iterator[Event]:
        kind, name = text_of(activity, "type"), text_of(activity, "name") or ""
        if kind == "message":
            yield from self._on_message(seen, activity, origin)
        elif kind != "event":
            raise Unreadable("unknown activity")
        elif name == "abortPrompts":
            yield from self._cut(seen)
        elif name == "playFinished":
            yield from self._finish(seen)
        elif handler := self._handlers.get(name.lower()):
            yield from handler(seen, activity, origin)
        elif name not in EVENTS_PASSED_OVER:
            raise Unreadable("unknown activity")

    def _on_message(self, seen: Stamp, activity: Body, origin: Origin) -> Iterator[Event]:
        """From the bot: text that the platform speaks. From the platform: what it heard the caller say."""
        text = text_of(activity, "text")
        if text is None:
            raise Unreadable("no text")
        is_agent = origin is Origin.SERVER
        told = id_of(activity, "id")
        if not text or (told is not None and self._words.is_known(told)):
            return
        item = self._words.name(told or ("spoken" if is_agent else "understood"))
        role = Role.ASSISTANT if is_agent else Role.USER
        confidence = None if is_agent else confidence_of(object_of(activity, "parameters"))
        yield from self._words.say(seen, role, item, text, confidence)
        yield from self._words.close(seen, item)

    def _on_start(self, seen: Stamp, activity: Body, origin: Origin) -> Iterator[Event]:
        parameters = object_of(activity, "parameters")
        metadata = {name: value for name, value in parameters.items() if isinstance(value, str) and value}
        if metadata:
            yield LegIdentified(seen=seen, metadata=metadata)

    def _on_digits(self, seen: Stamp, activity: Body, origin: Origin) -> Iterator[Event]:
        party = Party.AGENT if origin is Origin.SERVER else Party.CALLER
        digits = id_of(activity, "value") or id_of(object_of(activity, "activityParams"), "dtmfDigits")
        if digits is None or len(digits) > LONGEST_DIGITS:
            raise Unreadable("no digits" if digits is None else "too many digits")
        for digit in digits.upper():
            if digit in KEYS:
                yield DigitPressed(seen=seen, digit=digit, party=party)

    def _on_transfer(self, seen: Stamp, activity: Body, origin: Origin) -> Iterator[Event]:
        if target := id_of(object_of(activity, "activityParams"), "transferTarget"):
            yield NoteTaken(seen=seen, verb="metadata", data={"transfer_target": target})

    def _on_play_url(self, seen: Stamp, activity: Body, origin: Origin) -> Iterator[Event]:
        """Its sound never goes over this leg; of its words the bot may tell."""
        if text := text_of(object_of(activity, "activityParams"), "playUrlAltText"):
            item = self._words.name("played")
            yield from self._words.say(seen, Role.ASSISTANT, item, text)
            yield from self._words.close(seen, item)
