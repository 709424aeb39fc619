"""The one place where sound is taken out: between the journal's bytes and whoever makes files of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from earwitness.audio.hush import hushed_bytes
from earwitness.model.conversation import AudioFormat, Conversation, Span
from earwitness.model.events import Party
from earwitness.projections.tracks import ByteSource

_SECOND_NS = 1_000_000_000
EVERYTHING = 1 << 62


def hush(source: ByteSource, conversation: Conversation) -> ByteSource:
    """The same bytes, but for those that sound where the conversation is silenced."""
    if not conversation.silenced:
        return source
    hidden: dict[tuple[str, Party], list[tuple[int, int]]] = {}
    formats: dict[tuple[str, Party], AudioFormat] = {}
    for name, span in _spans(conversation):
        key = (span.leg, span.party)
        formats[key] = span.format
        for stretch in conversation.silenced.get(name, ()):
            first, end = _bytes_of(span, stretch)
            if first < end:
                hidden.setdefault(key, []).append((first, end))

    def chunks(leg: str, party: Party) -> Iterable[bytes]:
        spans = sorted(hidden.get((leg, party), ()))
        known = formats.get((leg, party))
        if conversation.is_withheld:
            return hushed_bytes(source(leg, party), [(0, EVERYTHING)], known.encoding if known else "")
        if known is None or not spans:
            return source(leg, party)
        beep_rate_hz = known.rate_hz if conversation.has_beeps else 0
        return hushed_bytes(source(leg, party), spans, known.encoding, beep_rate_hz=beep_rate_hz)

    return chunks


def shown_alone(source: ByteSource, conversation: Conversation) -> ByteSource:
    """As `hush`; besides, what lies in no track at all is silent: nobody is shown it, and it may be a copy
    of what must not be heard."""
    there: dict[tuple[str, Party], list[tuple[int, int]]] = {}
    formats: dict[tuple[str, Party], str] = {}
    for _, span in _spans(conversation):
        there.setdefault((span.leg, span.party), []).append(
            (span.from_byte, span.from_byte + span.byte_count)
        )
        formats[span.leg, span.party] = span.format.encoding
    audible = hush(source, replace(conversation, has_beeps=False))

    def chunks(leg: str, party: Party) -> Iterable[bytes]:
        between = list(_between(sorted(there.get((leg, party), ()))))
        return hushed_bytes(audible(leg, party), between, formats.get((leg, party), ""))

    return chunks


def _between(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    at = 0
    for first, end in spans:
        if at < first:
            yield at, first
        at = max(at, end)
    yield at, EVERYTHING


def _spans(conversation: Conversation) -> Iterator[tuple[str, Span]]:
    """Every span, with the name of the track on whose clock it lies."""
    for party, track in conversation.tracks.items():
        yield from ((party.value, span) for span in track.spans)
    for track in conversation.sent.values():
        yield from (("agent-sent", span) for span in track.spans)


def _bytes_of(span: Span, stretch: tuple[int, int]) -> tuple[int, int]:
    """Which bytes of the leg's audio sound in a stretch of time, of this span: [first, end)."""
    start_ns, end_ns = (max(at_ns - span.at_ns, 0) for at_ns in stretch)
    rate_hz, size = span.format.rate_hz, span.format.bytes_per_frame
    first = min(start_ns * rate_hz // _SECOND_NS, span.frames)
    end = min(-(-end_ns * rate_hz // _SECOND_NS), span.frames)
    return span.from_byte + first * size, span.from_byte + end * size
