"""What is said and done over a Hume EVI socket: messages of both sides, their scores, turns, tool calls.

An answer has an id, which its sound and its scores carry too. What the caller says has none: it is counted
(`user_1`), and one beginning in the caller's sound is one utterance, however often it is told.
"""

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from earwitness.decoders.hume_names import score_name
from earwitness.decoders.wire import Unreadable, id_of, json_of, ms_of, object_of, text_of
from earwitness.model.events import (
    EmotionScored,
    Event,
    Evidence,
    MessageClosed,
    MessageOpened,
    Party,
    PlaybackCut,
    ResponseEnded,
    Role,
    SpeechStarted,
    SpeechStopped,
    Stamp,
    TextArrived,
    ToolCalled,
    ToolReturned,
)

Body = dict[str, Any]
Handler = Callable[[Stamp, Body], Iterator[Event]]
PRODUCER = "hume_prosody"


@dataclass(slots=True)
class _Utterance:
    """What the caller says at a time; a place in the caller's sound, in milliseconds."""

    item: str
    begin_ms: int | None
    end_ms: int | None = None
    is_final: bool = False

    def is_told_by(self, begin_ms: int | None) -> bool:
        """Whether words that begin there are these again. Their beginning may move while they go on."""
        if begin_ms is None or self.begin_ms is None:
            return begin_ms is self.begin_ms and not self.is_final
        is_inside = self.end_ms is not None and self.begin_ms <= begin_ms < self.end_ms
        return begin_ms == self.begin_ms or (is_inside and not self.is_final)


class Talk:
    """State of one socket's messages."""

    def __init__(self) -> None:
        self._count = 0
        self._utterance: _Utterance | None = None  # told last
        self._typed: list[tuple[str, str]] = []  # text that the client sent, not yet repeated; its item
        self._answers: dict[str, list[str]] = {}  # item -> its texts
        self._turn = 0
        self._is_turn_open = False
        self._is_turn_cut = False
        self._returned: dict[str, tuple[str | None, str | None]] = {}
        self.handlers: dict[str, Handler] = {
            "user_input": self._on_user_input,
            "user_message": self._on_user_message,
            "user_interruption": self._on_interruption,
            "assistant_message": self._on_answer,
            "assistant_prosody": self._on_prosody,
            "assistant_end": self._on_end,
            "tool_call": self._on_tool_call,
            "tool_response": self._on_tool_response,
            "tool_error": self._on_tool_error,
        }

    # -- the caller ----------------------------------------------------------------------------------

    def _next_item(self, side: str) -> str:
        self._count += 1
        return f"{side}_{self._count}"

    def _on_user_input(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Typed; the server repeats it as a `user_message`."""
        if text := text_of(body, "text"):
            item = self._next_item("user")
            self._typed.append((text, item))
            yield from self._type(seen, item, text)

    def _type(self, seen: Stamp, item: str, text: str) -> Iterator[Event]:
        yield MessageOpened(seen=seen, item=item, role=Role.USER, is_audible=False)
        yield TextArrived(seen=seen, item=item, text=text, is_whole=True)
        yield MessageClosed(seen=seen, item=item)

    def _on_user_message(self, seen: Stamp, body: Body) -> Iterator[Event]:
        text = text_of(object_of(body, "message"), "content")
        if text is None:
            raise Unreadable("no content")
        if body.get("from_text") is True:
            typed = next((one for one in self._typed if one[0] == text), None)
            if typed:
                self._typed.remove(typed)
                item = typed[1]
            else:
                item = self._next_item("user")
                yield from self._type(seen, item, text)
        else:
            item = yield from self._hear(seen, text, body)
        yield from _scored(seen, item, body)

    def _hear(self, seen: Stamp, text: str, body: Body) -> Generator[Event, None, str]:
        """An utterance may be told many times while it goes on; each time replaces the one before."""
        time = object_of(body, "time")
        begin_ms, end_ms = ms_of(time, "begin"), ms_of(time, "end")
        said = self._utterance
        if said is None or not said.is_told_by(begin_ms):
            if said and not said.is_final:
                yield MessageClosed(seen=seen, item=said.item, status="incomplete")
            said = self._utterance = _Utterance(self._next_item("user"), begin_ms)
            if begin_ms is not None:
                yield SpeechStarted(seen=seen, party=Party.CALLER, item=said.item, media_ms=begin_ms)
            yield MessageOpened(seen=seen, item=said.item, role=Role.USER)
        said.end_ms = end_ms
        yield TextArrived(seen=seen, item=said.item, text=text, is_whole=True)
        if body.get("interim") is not True and not said.is_final:
            said.is_final = True
            if said.begin_ms is not None and end_ms is not None:
                yield SpeechStopped(seen=seen, party=Party.CALLER, item=said.item, media_ms=end_ms)
            yield MessageClosed(seen=seen, item=said.item)
        return said.item

    # -- the agent -----------------------------------------------------------------------------------

    def _on_answer(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """One sentence, as a rule; all until `assistant_end` are one turn."""
        text = text_of(object_of(body, "message"), "content")
        if text is None:
            raise Unreadable("no content")
        item = id_of(body, "id") or self._next_item("agent")
        phase = "quick_response" if body.get("is_quick_response") is True else None
        yield from self._open_answer(seen, item, phase)
        texts = self._answers[item]
        if text not in texts:
            texts.append(text)
            yield TextArrived(seen=seen, item=item, text=text, part=len(texts) - 1, is_whole=True)
            if len(texts) == 1:
                yield MessageClosed(seen=seen, item=item)
        yield from _scored(seen, item, body)

    def _open_answer(self, seen: Stamp, item: str, phase: str | None = None) -> Iterator[Event]:
        if item in self._answers:
            return
        self._answers[item] = []
        if self._is_turn_cut:
            yield from self._end_turn(seen)
        if not self._is_turn_open:
            self._turn += 1
            self._is_turn_open, self._is_turn_cut = True, False
        yield MessageOpened(
            seen=seen, item=item, role=Role.ASSISTANT, response=f"turn_{self._turn}", phase=phase
        )

    def _on_prosody(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Scores of an answer's sound, which come after it or before its text."""
        item = id_of(body, "id") or next(reversed(self._answers), None)
        if item is None:
            raise Unreadable("scores of no message")
        yield from self._open_answer(seen, item)
        yield from _scored(seen, item, body)

    def _on_end(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._end_turn(seen)

    def _end_turn(self, seen: Stamp) -> Iterator[Event]:
        if self._is_turn_open:
            self._is_turn_open = False
            status, reason = ("cancelled", "user_interruption") if self._is_turn_cut else ("completed", None)
            self._is_turn_cut = False
            yield ResponseEnded(seen=seen, response=f"turn_{self._turn}", status=status, reason=reason)

    def _on_interruption(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """The application throws away what it has queued of the turn; how far it had come nobody says."""
        self._is_turn_cut = self._is_turn_open
        response = f"turn_{self._turn}" if self._turn else None
        yield PlaybackCut(seen=seen, evidence=Evidence.MODELLED, response=response)

    # -- tool calls ----------------------------------------------------------------------------------

    def _on_tool_call(self, seen: Stamp, body: Body) -> Iterator[Event]:
        arguments = json_of(body.get("parameters"))
        yield ToolCalled(seen=seen, call=_call(body), name=text_of(body, "name"), arguments=arguments)

    def _on_tool_response(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._return(seen, _call(body), json_of(body.get("content")), None)

    def _on_tool_error(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """With what the agent is to say instead, if anything, as its result."""
        error = json_of(body.get("error")) or text_of(body, "code") or "failed"
        yield from self._return(seen, _call(body), json_of(body.get("content")), error)

    def _return(self, seen: Stamp, call: str, result: str | None, error: str | None) -> Iterator[Event]:
        if self._returned.get(call) != (result, error):
            self._returned[call] = (result, error)
            yield ToolReturned(seen=seen, call=call, result=result, error=error)


def _call(body: Body) -> str:
    call = id_of(body, "tool_call_id")
    if call is None:
        raise Unreadable("no tool_call_id")
    return call


def _scored(seen: Stamp, item: str, body: Body) -> Iterator[Event]:
    """The scores as they were given, each by itself: they are no shares of a whole."""
    told = object_of(object_of(object_of(body, "models"), "prosody"), "scores")
    scores = {
        score_name(name): score for name, value in told.items() if (score := _number(value)) is not None
    }
    if scores:
        yield EmotionScored(seen=seen, item=item, producer=PRODUCER, scores=scores)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
