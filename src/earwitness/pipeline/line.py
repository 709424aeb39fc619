"""The straight line, steps 4 to 7: journals -> records -> events -> conversation -> samples.

Everything here reads; nothing writes. Asking twice gives the same answer, so whatever lies right of
the journal can be thrown away and made again.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from earwitness.decoders import LegDecoder
from earwitness.journal.reader import LegReader, is_live
from earwitness.model.conversation import Conversation
from earwitness.model.events import Event, Party
from earwitness.model.fold import Fold
from earwitness.pipeline.silence import hush
from earwitness.projections.tracks import ByteSource
from earwitness.redaction.conversation import Memory
from earwitness.redaction.policies import Policies

NO_CLOCKS: Mapping[str, int] = MappingProxyType({})


def events(folders: Iterable[Path], ahead_ns: Mapping[str, int] = NO_CLOCKS) -> Iterator[Event]:
    """All events of these legs in the order of time, read from their journals as they stand now.

    `ahead_ns`: of legs whose recorder's clock is known to be ahead, by how much.
    """
    legs = (_of_leg(folder, ahead_ns.get(folder.name, 0)) for folder in folders)
    return heapq.merge(*legs, key=lambda event: event.seen.at_ns)


def _of_leg(folder: Path, ahead_ns: int) -> Iterator[Event]:
    runs = is_live(folder)
    decoder = LegDecoder(folder.name, ahead_ns=ahead_ns)
    for record in LegReader(folder).stream(final=not runs):
        yield from decoder.feed(record)
    if not runs:
        yield from decoder.finish()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A conversation as it may be kept and shown, and where more of it is read from."""

    conversation: Conversation
    folders: tuple[Path, ...]
    policies: Policies
    memory: Memory
    ahead_ns: Mapping[str, int]

    def events(self) -> Iterator[Event]:
        """All events, masked as the conversation is."""
        return self.policies.events(self.conversation, self.memory, events(self.folders, self.ahead_ns))

    def sound(self) -> ByteSource:
        """The bytes of its audio, silent where words were taken out."""
        return hush(sound_of(self.folders), self.conversation)


def tell(
    conversation_id: str,
    folders: Sequence[Path],
    policies: Policies,
    ahead_ns: Mapping[str, int] = NO_CLOCKS,
) -> Told:
    """The conversation these legs make up, with what must not be kept taken out of it; clocks as `events`."""
    fold = Fold(conversation_id)
    for event in events(folders, ahead_ns):
        fold.apply(event)
    memory = Memory()
    conversation = policies.redact(fold.conversation(), memory)
    return Told(
        conversation=conversation,
        folders=tuple(folders),
        policies=policies,
        memory=memory,
        ahead_ns=ahead_ns,
    )


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
