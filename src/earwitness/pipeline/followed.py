"""One leg that may still grow, and what its journal has gained since the last look."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from earwitness.decoders import LegDecoder
from earwitness.journal.reader import LegReader, is_live
from earwitness.journal.record import Kind
from earwitness.model.events import AudioArrived, Event

News = tuple["FollowedLeg", Event, bytes | None]  # with an `AudioArrived` its sound


@dataclass(slots=True)
class FollowedLeg:
    """Read from its beginning on; `conversation` is the one it stands in, once that is known."""

    folder: Path
    reader: LegReader
    decoder: LegDecoder
    conversation: str = ""
    is_by_hand: bool = False  # somebody put it there
    was_read: bool = False
    is_closed: bool = False

    @classmethod
    def begin(cls, folder: Path, conversation: str = "", *, is_by_hand: bool = False) -> Self:
        """Of it nothing is read yet."""
        return cls(folder, LegReader(folder), LegDecoder(folder.name), conversation, is_by_hand)

    @property
    def name(self) -> str:
        return self.folder.name

    def news(self, *, with_sound: bool) -> Iterator[News]:
        """What it has gained; of a leg whose writer is gone also its end."""
        self.was_read = True
        was_live = is_live(self.folder)
        for record in self.reader.stream(final=not was_live):
            self.is_closed = self.is_closed or record.kind is Kind.ENDED
            events = self.decoder.feed(record)
            sounds = self.decoder.audio(record) if with_sound and was_live else iter(())
            for event in events:
                yield self, event, next(sounds, (None, None))[1] if type(event) is AudioArrived else None
        if not was_live and not self.is_closed:
            self.is_closed = True
            for event in self.decoder.finish():
                yield self, event, None
