"""The straight line, steps 4 to 7: journals -> records -> events -> conversation -> samples.

Everything here reads; nothing writes. Asking twice gives the same answer, so whatever lies right of
the journal can be thrown away and made again.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from earwitness.decoders import LegDecoder
from earwitness.journal.reader import LegReader, is_live
from earwitness.model.conversation import Conversation
from earwitness.model.events import Event, Party
from earwitness.model.fold import Fold
from earwitness.projections.tracks import ByteSource


def events(folders: Iterable[Path]) -> Iterator[Event]:
    """All events of these legs in the order of time, read from their journals as they stand now."""
    return heapq.merge(*(_of_leg(folder) for folder in folders), key=lambda event: event.seen.at_ns)


def _of_leg(folder: Path) -> Iterator[Event]:
    runs = is_live(folder)
    decoder = LegDecoder(folder.name)
    for record in LegReader(folder).stream(final=not runs):
        yield from decoder.feed(record)
    if not runs:
        yield from decoder.finish()


def rebuild(conversation_id: str, folders: Sequence[Path]) -> Conversation:
    """The conversation these legs make up."""
    fold = Fold(conversation_id)
    for event in events(folders):
        fold.apply(event)
    return fold.conversation()


def sound_of(folders: Iterable[Path]) -> ByteSource:
    """Where a projection gets audio bytes from: read again from the journal, a record at a time."""
    by_leg = {folder.name: folder for folder in folders}

    def chunks(leg: str, party: Party) -> Iterator[bytes]:
        decoder = LegDecoder(leg)
        for record in LegReader(by_leg[leg]).stream():
            for whose, audio in decoder.audio(record):
                if whose is party:
                    yield audio

    return chunks
