"""The agent's answers on an ElevenLabs socket, so that text, sound and corrections of one come together.

ElevenLabs names no messages. They are counted: `agent_1`, `agent_2` ... What belongs to which tell the
event ids: some servers number turns, others every event, so it is learned which of both they do. Sound
comes with its text, shortly before or after it.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from earwitness.model.events import Event, MessageClosed, MessageOpened, Role, Stamp, TextArrived

REMEMBERED = 8  # answers that something late may still belong to


@dataclass(slots=True)
class Answer:
    """One answer as far as it came."""

    item: str
    first_id: int | None = None  # event ids seen with it
    last_id: int | None = None
    text: str | None = None  # once whole
    pieces: str = ""
    byte_count: int = 0
    is_closed: bool = False
    is_over: bool = False  # what comes without being known as its own is another's

    def extend(self, event_id: int | None) -> None:
        if event_id is not None:
            self.first_id = event_id if self.first_id is None else min(self.first_id, event_id)
            self.last_id = event_id if self.last_id is None else max(self.last_id, event_id)

    def has(self, event_id: int) -> bool:
        if self.first_id is None or self.last_id is None:
            return False
        return self.first_id <= event_id <= self.last_id


class Answers:
    """The answers of one socket. Methods that yield give the events that are news."""

    def __init__(self) -> None:
        self.is_audible = True  # False: a conversation in writing
        self._count = 0
        self._latest: deque[Answer] = deque(maxlen=REMEMBERED)
        self._void_id = -1  # sound up to this event id is not played any more
        self._ids_name_turns = False

    @property
    def last(self) -> Answer | None:
        return self._latest[-1] if self._latest else None

    # -- which answer --------------------------------------------------------------------------------

    def find(self, event_id: int | None, text: str | None = None) -> Answer | None:
        """The answer that is known by its event id, or by its whole text."""
        for answer in reversed(self._latest):
            if event_id is not None and answer.has(event_id):
                return answer
        return next((one for one in reversed(self._latest) if text and one.text == text), None)

    def _next(self, event_id: int | None) -> Answer | None:
        """The answer that goes on with what is not known to be any other's."""
        answer = self.last
        if answer is None or answer.is_over:
            return None
        is_other = self._ids_name_turns and event_id is not None and answer.first_id is not None
        return None if is_other else answer

    def _begin(self, seen: Stamp, event_id: int | None) -> Iterator[Event]:
        yield from self.end(seen, self.last)
        self._count += 1
        answer = Answer(f"agent_{self._count}")
        answer.extend(event_id)
        self._latest.append(answer)
        yield MessageOpened(seen=seen, item=answer.item, role=Role.ASSISTANT, is_audible=self.is_audible)

    # -- sound ---------------------------------------------------------------------------------------

    def sound(self, seen: Stamp, event_id: int | None) -> Iterator[Event]:
        """Sound came; afterwards `find(event_id)` or `last` is the answer that it belongs to."""
        if event_id is not None and self.find(event_id):
            self._ids_name_turns = True
            return
        answer = self._next(event_id)
        if answer is None and self.last and event_id is not None and event_id <= self._void_id:
            answer = self.last  # it was under way when the caller interrupted
        if answer is None:
            yield from self._begin(seen, event_id)
        else:
            answer.extend(event_id)

    # -- words ---------------------------------------------------------------------------------------

    def say(self, seen: Stamp, text: str, event_id: int | None) -> Iterator[Event]:
        """The whole text of an answer."""
        answer = self.find(event_id) or self._next(event_id)
        if answer is not None and answer.text is not None:
            if text == answer.text and self.find(event_id) is answer:
                return
            is_longer = self.find(event_id) is answer and text.startswith(answer.text)
            answer = answer if is_longer else None
        if answer is None:
            yield from self._begin(seen, event_id)
            answer = self._latest[-1]
        answer.extend(event_id)
        is_news = text != answer.pieces
        answer.text = answer.pieces = text
        if is_news:
            yield TextArrived(seen=seen, item=answer.item, text=text, is_whole=True)
        yield from self._close(seen, answer, "completed")

    def say_piece(self, seen: Stamp, text: str, event_id: int | None) -> Iterator[Event]:
        """One piece more of a text that comes in pieces; the empty one begins it."""
        answer = self.find(event_id) or self._next(event_id)
        if answer is None or answer.text is not None or answer.is_closed:
            yield from self._begin(seen, event_id)
            answer = self._latest[-1]
        answer.extend(event_id)
        if text:
            answer.pieces += text
            yield TextArrived(seen=seen, item=answer.item, text=text)

    def say_last(self, seen: Stamp, event_id: int | None) -> Iterator[Event]:
        """No more pieces come; the whole text may."""
        answer = self.find(event_id) or self._next(event_id)
        if answer is not None and answer.pieces:
            yield from self._close(seen, answer, "completed")

    # -- ends ----------------------------------------------------------------------------------------

    def end(self, seen: Stamp, answer: Answer | None, status: str = "completed") -> Iterator[Event]:
        """That answer is over: the other side has the floor, or the next answer begins."""
        if answer is not None:
            answer.is_over = True
            yield from self._close(seen, answer, status)

    def void(self, event_id: int | None) -> Answer | None:
        """Nothing more of the sound up to that event is played; of which answer that is."""
        answer = self.find(event_id) or self.last
        if event_id is not None:
            self._void_id = max(self._void_id, event_id)
        return answer

    def _close(self, seen: Stamp, answer: Answer, status: str) -> Iterator[Event]:
        if not answer.is_closed:
            answer.is_closed = True
            yield MessageClosed(seen=seen, item=answer.item, status=status)
