"""Sound on the conversation's clock: which bytes of which leg lie where in a track.

`caller` and `agent` are what was said and heard; `agent-sent` is all that the voice AI generated,
heard or not, as if nobody had cut it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from earwitness.audio.render import Piece, render
from earwitness.errors import NotFound
from earwitness.model.conversation import Conversation, Span, Track
from earwitness.model.events import Party

Block = npt.NDArray[np.int16]
ByteSource = Callable[[str, Party], Iterable[bytes]]  # (leg, party) -> the party's audio bytes, in order

RATE_HZ = 16_000
NAMES = ("caller", "agent", "stereo", "agent-sent")


def track_named(conversation: Conversation, name: str) -> Track:
    """The track called so; an empty one where the party made no sound."""
    if name == "agent-sent":
        return conversation.sent.get(Party.AGENT, Track(party=Party.AGENT))
    if name not in (Party.CALLER, Party.AGENT):
        raise NotFound(f"no track is called {name}", hint=f"Tracks: {', '.join(NAMES)}.")
    return conversation.tracks.get(Party(name), Track(party=Party(name)))


def length_ns(conversation: Conversation, name: str) -> int:
    """Heard tracks are all equally long: to the conversation's end, or to the last sound known so far.

    What was sent may reach beyond that.
    """
    ends: list[int] = []
    if conversation.ended_ns is None:
        ends = [span.end_ns for track in conversation.tracks.values() for span in track.spans]
    if name == "agent-sent":
        ends += [span.end_ns for span in track_named(conversation, name).spans]
    return max([conversation.duration_ns, *ends])


def mono(
    conversation: Conversation, name: str, source: ByteSource, *, rate_hz: int = RATE_HZ, start_frame: int = 0
) -> Iterator[Block]:
    """Blocks of one track, 16-bit, from `start_frame` to the conversation's end; silence where none spoke."""
    track, length = track_named(conversation, name), length_ns(conversation, name)
    return laid_out(track, source, rate_hz=rate_hz, length_ns=length, start_frame=start_frame)


def end_to_end(track: Track, source: ByteSource, *, rate_hz: int = RATE_HZ) -> Iterator[Block]:
    """Blocks of one track without the silence in it, leg after leg."""
    at_ns, spans = 0, []
    for span in sorted(track.spans, key=lambda span: (span.leg, span.from_byte)):
        spans.append(replace(span, at_ns=at_ns))
        at_ns += span.length_ns
    return laid_out(replace(track, spans=tuple(spans)), source, rate_hz=rate_hz, length_ns=at_ns)


def laid_out(
    track: Track, source: ByteSource, *, rate_hz: int, length_ns: int, start_frame: int = 0
) -> Iterator[Block]:
    """Blocks of a track whose spans say where its sound lies."""
    by_leg = [
        render(
            pieces,
            source(leg, track.party),
            rate_hz=rate_hz,
            length_ns=length_ns,
            start_frame=start_frame,
        )
        for leg, pieces in pieces_by_leg(track)
    ]
    return together(by_leg) if by_leg else silence(start_frame, length_ns, rate_hz)


def together(sounds: list[Iterator[Block]]) -> Iterator[Block]:
    """One track of what several legs carried of it."""
    if len(sounds) == 1:
        return sounds[0]
    # Spans of one track do not sound at once, so adding up mixes nothing but what rounding lets overlap.
    return (sum_of(blocks) for blocks in zip(*sounds, strict=True))


def silence(start_frame: int, length_ns: int, rate_hz: int) -> Iterator[Block]:
    """A track on which nobody makes a sound."""
    return render((), (), rate_hz=rate_hz, length_ns=length_ns, start_frame=start_frame)


def sum_of(blocks: tuple[Block, ...]) -> Block:
    """Sample by sample, held within 16 bits."""
    total = np.sum(blocks, axis=0, dtype=np.int32)
    return np.clip(total, -32_768, 32_767).astype(np.int16)


def pieces_by_leg(track: Track) -> list[tuple[str, list[Piece]]]:
    """Which bytes of each leg's audio lie where in the track."""
    spans = sorted((s for s in track.spans if s.is_kept), key=lambda span: (span.leg, span.from_byte))
    by_leg = groupby(spans, key=lambda span: span.leg)
    return [(leg, [_piece(span) for span in group]) for leg, group in by_leg]


def _piece(span: Span) -> Piece:
    return Piece(
        encoding=span.format.encoding,
        rate_hz=span.format.rate_hz,
        from_byte=span.from_byte,
        byte_count=span.byte_count,
        at_ns=span.at_ns,
    )
