"""When each word was heard, where the provider timed what it said."""

from collections import defaultdict

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Message, Span

_Spans = dict[tuple[str, str | None], list[Span]]  # by leg and item


def word_starts_ms(conversation: Conversation) -> dict[str, list[int]]:
    """By message key, when each word of its text begins on the conversation's clock.

    Fewer than the text has words where the rest was not heard or not timed; no entry where no word was.
    """
    timed = [message for message in conversation.messages if message.timing is not None]
    spans: _Spans = defaultdict(list)
    for track in conversation.tracks.values() if timed else ():
        for span in track.spans:
            spans[span.leg, span.item].append(span)
    found = {
        message.key: _starts_ms(message, spans.get((message.leg, message.item), [])) for message in timed
    }
    return {key: starts for key, starts in found.items() if starts}


def _starts_ms(message: Message, spans: list[Span]) -> list[int]:
    """Times of an answer's words are counted along its own sound, which its spans put on the clock."""
    assert message.timing is not None
    starts: list[int] = []
    for ms in message.timing.word_starts_ms(message.text):
        at_ns = _heard_ns(ms * NS_PER_MS, spans)
        if at_ns is None:
            break
        starts.append(at_ns // NS_PER_MS)
    return starts


def _heard_ns(after_ns: int, spans: list[Span]) -> int | None:
    """When the place so far into the sound is heard; None: it is not."""
    for span in spans:
        began_ns = _length_ns(span, span.from_byte - spans[0].from_byte)
        if began_ns <= after_ns < began_ns + span.length_ns:
            return span.at_ns + after_ns - began_ns
    return None


def _length_ns(span: Span, byte_count: int) -> int:
    return byte_count // span.format.bytes_per_frame * 1_000_000_000 // span.format.rate_hz
