"""What the agent says over ConversationRelay: written by the bot, spoken by Twilio, told back in part.

The bot never names its answers and Twilio never says which one it speaks: they are spoken in order, and the
words that Twilio tells of are those of an answer, but for case and punctuation, which are its own.
"""

import re
from collections import deque
from collections.abc import Iterator

from earwitness.model.events import (
    Event,
    Evidence,
    MessageClosed,
    MessageOpened,
    PlaybackCut,
    PlaybackReported,
    Role,
    Stamp,
    TextArrived,
)

REMEMBERED = 16  # answers that may still be spoken; Twilio need not tell of any


class Answer:
    """One answer: what was sent of it, and how far Twilio said it came."""

    __slots__ = ("_pieces", "has_begun", "is_over", "is_paused", "is_whole", "item", "told")

    def __init__(self, item: str) -> None:
        self.item = item
        self._pieces: list[str] = []
        self.is_whole = False  # no more text will come
        self.has_begun = False
        self.is_paused = False  # Twilio fell silent while more text could come
        self.is_over = False
        self.told = 0  # words of it that Twilio said it spoke

    def add(self, text: str) -> None:
        self._pieces.append(text)

    @property
    def words(self) -> list[str]:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return words(self._pieces[0]) if self._pieces else []


class Answers:
    """All answers of one leg, and the one in the air."""

    def __init__(self) -> None:
        self._count = 0
        self._open: Answer | None = None  # the bot is still writing it
        self._was_cut = False  # and nobody listens any more
        self._known: deque[Answer] = deque(maxlen=REMEMBERED)

    # -- from the bot --------------------------------------------------------------------------------

    def write(self, seen: Stamp, text: str, *, is_last: bool) -> Iterator[Event]:
        """A piece of the answer that is being written, or of a new one."""
        answer = self._open
        if answer is None:
            if not text:
                return
            answer = self._open = Answer(self._name())
            self._was_cut = False
            self._known.append(answer)
            yield MessageOpened(seen=seen, item=answer.item, role=Role.ASSISTANT)
        if text:
            answer.add(text)
            yield TextArrived(seen=seen, item=answer.item, text=text)
        if is_last:
            yield from self._close(seen, answer, "completed")

    def _name(self) -> str:
        self._count += 1
        return f"answer-{self._count}"

    def _close(self, seen: Stamp, answer: Answer, status: str) -> Iterator[Event]:
        self._open = None
        answer.is_whole = True
        yield MessageClosed(seen=seen, item=answer.item, status=status)
        if answer.is_paused:
            yield from self._end(seen, answer)

    def yield_floor(self, seen: Stamp) -> Iterator[Event]:
        """The caller has had a turn: an answer cut off before is not written on, what comes is the next."""
        if self._open is not None and self._was_cut:
            yield from self._close(seen, self._open, "incomplete")

    # -- from Twilio ---------------------------------------------------------------------------------

    def begin(self, seen: Stamp) -> Iterator[Event]:
        """Twilio speaks: the first answer that it has not spoken yet."""
        answer = self._next()
        if answer is not None:
            answer.is_paused = False
            yield from self._start(seen, answer)

    def pause(self, seen: Stamp) -> Iterator[Event]:
        """Twilio is silent: what it spoke is over, unless there is more to come."""
        answer = self._next()
        if answer is None or not answer.has_begun:
            return
        if answer.is_whole:
            yield from self._end(seen, answer)
        else:
            answer.is_paused = True

    def tell(self, seen: Stamp, text: str) -> Iterator[Event]:
        """Twilio has spoken these words; those that are in no answer are its own (its welcome greeting)."""
        told = words(text)
        for answer in self._known:
            if told and answer.words[answer.told : answer.told + len(told)] == told:
                answer.told += len(told)
                yield from self._start(seen, answer)
                if answer.is_whole and answer.told == len(answer.words):
                    yield from self._end(seen, answer)
                return

    def cut(self, seen: Stamp, heard_text: str | None, played_ms: int | None) -> Iterator[Event]:
        """The caller broke in; so much of an answer was heard."""
        answer = self._cut_one(words(heard_text or ""))
        if answer is not None:
            answer.is_over = True
            self._was_cut = self._was_cut or answer is self._open
        yield PlaybackCut(
            seen=seen,
            evidence=Evidence.PLATFORM_MARK,
            item=answer.item if answer is not None else None,
            played_ms=played_ms,
            heard_text=heard_text,
        )

    def _cut_one(self, heard: list[str]) -> Answer | None:
        """The earliest answer not yet over that begins with these words; else the one in the air."""
        waiting = [answer for answer in self._known if not answer.is_over]
        ended = [answer for answer in reversed(self._known) if answer.is_over]
        if heard:
            for answer in (*waiting, *ended[:1]):
                if answer.words[: len(heard)] == heard:
                    return answer
        return next(iter((*waiting, *ended)), None)

    def _next(self) -> Answer | None:
        return next((answer for answer in self._known if not answer.is_over), None)

    def _start(self, seen: Stamp, answer: Answer) -> Iterator[Event]:
        """They are spoken in order: what was written before this one is over."""
        if answer.has_begun or answer.is_over:
            return
        answer.has_begun = True
        for other in self._known:
            if other is answer:
                break
            other.is_over = True
        yield PlaybackReported(seen=seen, state="started", item=answer.item)

    def _end(self, seen: Stamp, answer: Answer) -> Iterator[Event]:
        if not answer.is_over:
            answer.is_over = True
            yield PlaybackReported(seen=seen, state="stopped", item=answer.item)


def words(text: str) -> list[str]:
    """The words without what a speaking machine changes: case and punctuation."""
    return re.findall(r"\w+", text.casefold())
