"""What is said over an ElevenLabs socket: words of both sides, typed ones, and what became of them."""

from collections.abc import Callable, Iterator
from typing import Any

from earwitness.decoders.elevenlabs_answers import Answers
from earwitness.decoders.wire import Unreadable, object_of, text_of, whole_of
from earwitness.model.events import (
    Event,
    Evidence,
    MessageClosed,
    MessageOpened,
    PlaybackCut,
    Role,
    Stamp,
    TextArrived,
)

Body = dict[str, Any]
Handler = Callable[[Stamp, Body], Iterator[Event]]


class Talk:
    """State of one socket's words; which answer of the agent's an event belongs to is known to `Answers`."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._counts: dict[Role, int] = {}
        self._utterance: str | None = None  # the caller's words that are not final yet
        self.handlers: dict[str, Handler] = {
            "tentative_user_transcript": self._on_tentative,
            "user_transcript": self._on_user_transcript,
            "user_message": self._on_typed,
            "multimodal_message": self._on_multimodal,
            "contextual_update": self._on_context,
            "agent_chat_response_part": self._on_part,
            "agent_response": self._on_agent_response,
            "agent_response_correction": self._on_correction,
            "agent_response_complete": self._on_complete,
            "interruption": self._on_interruption,
        }

    # -- the caller ----------------------------------------------------------------------------------

    def _open(self, seen: Stamp, role: Role, *, is_spoken: bool = True) -> MessageOpened:
        self._counts[role] = self._counts.get(role, 0) + 1
        return MessageOpened(
            seen=seen,
            item=f"{role.value}_{self._counts[role]}",
            role=role,
            is_inserted=role is Role.SYSTEM,
            is_audible=is_spoken,
        )

    def _on_tentative(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """May still change, and replaces what was tentative before."""
        text = text_of(object_of(body, "tentative_user_transcription_event"), "user_transcript")
        if text:
            yield from self._utter(seen, text)

    def _on_user_transcript(self, seen: Stamp, body: Body) -> Iterator[Event]:
        text = text_of(object_of(body, "user_transcription_event"), "user_transcript")
        if text is None:
            raise Unreadable("no transcript")
        yield from self._answers.end(seen, self._answers.last)
        yield from self._utter(seen, text)
        assert self._utterance  # by _utter
        yield MessageClosed(seen=seen, item=self._utterance)
        self._utterance = None

    def _utter(self, seen: Stamp, text: str) -> Iterator[Event]:
        if self._utterance is None:
            opened = self._open(seen, Role.USER)
            self._utterance = opened.item
            yield opened
        yield TextArrived(seen=seen, item=self._utterance, text=text, is_whole=True)

    def _on_typed(self, seen: Stamp, body: Body) -> Iterator[Event]:
        if text := text_of(body, "text"):
            yield from self._answers.end(seen, self._answers.last)
            yield from self._write(seen, self._open(seen, Role.USER, is_spoken=False), text)

    def _on_multimodal(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Typed, with a file that the record has and the model has no place for."""
        yield from self._on_typed(seen, object_of(body, "text") or body)

    def _on_context(self, seen: Stamp, body: Body) -> Iterator[Event]:
        if text := text_of(body, "text"):
            yield from self._write(seen, self._open(seen, Role.SYSTEM, is_spoken=False), text)

    def _write(self, seen: Stamp, opened: MessageOpened, text: str) -> Iterator[Event]:
        yield opened
        yield TextArrived(seen=seen, item=opened.item, text=text, is_whole=True)
        yield MessageClosed(seen=seen, item=opened.item)

    # -- the agent -----------------------------------------------------------------------------------

    def _on_agent_response(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """The text as it was meant, told when its sound begins."""
        response = object_of(body, "agent_response_event")
        text = text_of(response, "agent_response")
        if text is None:
            raise Unreadable("no agent_response")
        yield from self._answers.say(seen, text, whole_of(response, "event_id"))

    def _on_part(self, seen: Stamp, body: Body) -> Iterator[Event]:
        part = object_of(body, "text_response_part")
        text = text_of(part, "text") or ""
        if text or part.get("type") == "start":
            yield from self._answers.say_piece(seen, text, whole_of(part, "event_id"))
        if part.get("type") == "stop":
            yield from self._answers.say_last(seen, whole_of(part, "event_id"))

    def _on_complete(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._answers.end(seen, self._answers.last)

    def _on_interruption(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """The application throws away what it has queued; how far it had come nobody says."""
        answer = self._answers.void(whole_of(object_of(body, "interruption_event"), "event_id"))
        yield PlaybackCut(seen=seen, evidence=Evidence.MODELLED, item=answer.item if answer else None)
        yield from self._answers.end(seen, answer, "incomplete")

    def _on_correction(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """After an interruption: what of the answer was said. The text as it was meant stays."""
        correction = object_of(body, "agent_response_correction_event")
        original = text_of(correction, "original_agent_response")
        heard = text_of(correction, "corrected_agent_response")
        if heard is None:
            raise Unreadable("no corrected_agent_response")
        event_id = whole_of(correction, "event_id")
        answer = self._answers.find(event_id, original) or self._answers.last
        if original and (answer is None or answer.text is None):
            yield from self._answers.say(seen, original, event_id)
            answer = self._answers.last
        if answer is None:
            raise Unreadable("correction of no answer")
        heard = _without_ellipsis(heard, original or answer.text or "")
        yield PlaybackCut(seen=seen, evidence=Evidence.SERVER, item=answer.item, heard_text=heard)


def _without_ellipsis(heard: str, original: str) -> str:
    """The dots that stand for the rest are not words that were heard."""
    plain = heard.rstrip().removesuffix("...").removesuffix("\u2026").rstrip()
    return plain if not original.startswith(heard) and original.startswith(plain) else heard
