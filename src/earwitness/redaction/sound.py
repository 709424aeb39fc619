"""Where in the sound the words lie that were taken out.

By the times of their characters, where the provider tells them; else by how far into the message they
stand, with so much margin that a wrong guess costs a neighbour's words and not the secret.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from earwitness.model.conversation import Conversation, Digit, Message, Span, Track
from earwitness.model.events import Party
from earwitness.model.wording import beginning
from earwitness.redaction.found import Found

NS_PER_MS = 1_000_000
DIGIT_WEIGHT = 5  # a written digit takes as long to say as so many letters
_WEIGHTS = {"@": 4, ".": 3, ",": 3, "?": 3, "!": 3, ":": 2, ";": 3, "-": 1, "+": 5, "_": 11, "/": 2}
UNSURE_MS, UNSURE_SHARE = 300, 0.15  # margin of an estimate: at least, and by the message's length
FASTEST_PER_S, SLOWEST_PER_S = 30, 8  # letters: who said more had begun earlier than was noticed
LATE_MS = 3000  # so long may words take to be recognised
KEY_BEFORE_MS, KEY_AFTER_MS = 600, 400  # a key is told of while its tone sounds, or after


class Place(NamedTuple):
    """[from, until) on the conversation's clock."""

    from_ns: int
    until_ns: int


class Places:
    """Finds the sound of words in one conversation. `margin_ms` is added where the place is known exactly."""

    def __init__(self, conversation: Conversation, margin_ms: int) -> None:
        self._of = conversation
        self._margin_ms = margin_ms
        self.heard: list[Place] = []
        self.sent: list[Place] = []

    def add(self, index: int, found: Found) -> Place | None:
        """What was found in the message at this index; where it was heard, None: nowhere."""
        message = self._of.messages[index]
        if message.party is None or message.is_inserted or not message.is_audible:
            return None
        if message.party is Party.AGENT and message.sent_ms:
            places = self._in_answer(message, message.sent_ms, found)
        else:
            places = [self._in_speech(index, message, found)]
        self.heard += places
        return Place(places[0].from_ns, places[-1].until_ns) if places else None

    def add_stretches(self, stretches: Iterable[Place]) -> None:
        """Stretches of the conversation in which nothing is to be heard, of what the agent sent neither."""
        self.heard += stretches
        self.sent += stretches

    def add_keys(self, digits: Iterable[Digit]) -> None:
        """Keys of a number: their tones give them away."""
        for digit in digits:
            before, after = KEY_BEFORE_MS * NS_PER_MS, KEY_AFTER_MS * NS_PER_MS
            self.heard.append(Place(digit.at_ns - before, digit.at_ns + after))

    def silenced(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """By track. Who speaks is also heard, faintly, on the other's line: both are silent."""
        heard, sent = tuple(joined(self.heard)), tuple(joined(self.sent))
        named = {"caller": heard, "agent": heard, "agent-sent": sent}
        return {name: places for name, places in named.items() if places}

    # -- an answer of the agent's, whose sound is known byte by byte -------------------------------------

    def _in_answer(self, message: Message, sent_ms: int, found: Found) -> list[Place]:
        timed = _timed_ms(message, found)
        if timed is not None:
            start_ms, end_ms, margin_ms = *timed, self._margin_ms
        else:
            start_ms, end_ms = _share(message.text, found, sent_ms)
            margin_ms = max(self._margin_ms, UNSURE_MS, int(sent_ms * UNSURE_SHARE))
        start_ms, end_ms = max(0, start_ms - margin_ms), min(sent_ms, end_ms + margin_ms)
        sent = self._spans(self._of.sent, message)
        self.sent += _within(sent, sent, start_ms, end_ms)
        heard = self._spans(self._of.tracks, message)
        if heard and sent and heard[0].leg == sent[0].leg:
            return list(_within(heard, sent, start_ms, end_ms))
        slack_ns = self._margin_ms * NS_PER_MS  # another leg carries it: its item's bytes are not known there
        start_ns = message.started_ns
        return [Place(start_ns + start_ms * NS_PER_MS - slack_ns, start_ns + end_ms * NS_PER_MS + slack_ns)]

    def _spans(self, tracks: dict[Party, Track], message: Message) -> list[Span]:
        track = tracks.get(Party.AGENT)
        spans = track.spans if track else ()
        return [span for span in spans if span.leg == message.leg and span.item == message.item]

    # -- what a caller said: between two moments ---------------------------------------------------------

    def _in_speech(self, index: int, message: Message, found: Found) -> Place:
        start_ns, end_ns = message.started_ns, message.ended_ns or self._of.duration_ns
        weight = sum(map(_weight, message.text))
        is_noticed = message.started_ns != message.first_seen_ns  # else it is the moment its words came
        if not is_noticed or (end_ns - start_ns) * FASTEST_PER_S < weight * 1_000_000_000:
            return self._somewhere_before(index, message, weight, end_ns)
        length_ms = (end_ns - start_ns) // NS_PER_MS
        start_ms, stop_ms = _share(message.text, found, length_ms)
        margin_ms = max(self._margin_ms, UNSURE_MS, int(length_ms * UNSURE_SHARE))
        return Place(
            start_ns + max(start_ms - margin_ms, -margin_ms) * NS_PER_MS,
            start_ns + min(stop_ms + margin_ms, length_ms + margin_ms) * NS_PER_MS,
        )

    def _somewhere_before(self, index: int, message: Message, weight: int, end_ns: int) -> Place:
        """Nobody noticed when it began, only when its words came: all that may have been its sound."""
        earlier = (m for m in reversed(self._of.messages[:index]) if m.party is message.party)
        previous = next(earlier, None)
        first_ns = min(message.first_seen_ns, end_ns)
        start_ns = first_ns - weight * 1_000_000_000 // SLOWEST_PER_S - LATE_MS * NS_PER_MS
        if previous is not None:
            start_ns = max(start_ns, previous.ended_ns or previous.started_ns)
        return Place(start_ns, end_ns + UNSURE_MS * NS_PER_MS)


def _weight(char: str) -> int:
    return DIGIT_WEIGHT if char.isdigit() else _WEIGHTS.get(char, 1)


def _share(text: str, found: Found, length_ms: int) -> tuple[int, int]:
    """Between which milliseconds the words lie if every part of the text takes its usual time."""
    total = sum(map(_weight, text)) or 1
    before = sum(map(_weight, text[: found.start]))
    inside = sum(map(_weight, text[found.start : found.end]))
    return length_ms * before // total, length_ms * (before + inside) // total


def _timed_ms(message: Message, found: Found) -> tuple[int, int] | None:
    """Between which milliseconds of the message's sound the words lie, as its provider tells."""
    timing = message.timing
    if timing is None or beginning(timing.text, message.text[: found.end]) is None:
        return None  # not told, or of other words: of those with which it was masked before, for one
    before = sum(char.isalnum() for char in message.text[: found.start])
    inside = sum(char.isalnum() for char in message.text[found.start : found.end])
    return timing.between(before, before + inside)


def _within(spans: list[Span], sent: list[Span], start_ms: int, end_ms: int) -> Iterator[Place]:
    """Where these milliseconds of a message are, in the spans of it; what was cut off is nowhere."""
    first = min((span.from_byte for span in sent), default=0)
    for span in spans:
        rate = span.format.rate_hz * span.format.bytes_per_frame
        begin = (span.from_byte - first) * 1_000_000_000 // rate
        lead = max(start_ms * NS_PER_MS, begin)
        tail = min(end_ms * NS_PER_MS, begin + span.length_ns)
        if lead < tail:
            yield Place(span.at_ns + lead - begin, span.at_ns + tail - begin)


def joined(places: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same time in as few stretches as it takes, in order."""
    end = start = None
    for first, last in sorted(places):
        if end is not None and start is not None and first <= end:
            end = max(end, last)
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = first, last
    if start is not None and end is not None:
        yield start, end
