"""What tests of saved messages share: messages, an archive that knows nothing, one journal's ingest."""

from collections.abc import Iterable
from pathlib import Path

from earwitness.capture.ingest import Ingest
from earwitness.capture.talk import Entry, Kept, Saved, TalkKey, draft
from earwitness.clock import Clock
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Record
from earwitness.journal.writer import Journal

REQUEST = {
    "research_id": "RID001",
    "role": "user",
    "content": "What is PAD?",
    "timestamp": "2025-01-08T16:00:00Z",
    "provider": "elevenlabs",
    "elevenlabs_conversation_id": "conv_abc123",
    "elevenlabs_message_id": "msg_xyz789",
}


def message(name: str | None = "m1", content: str = "What is PAD?", **more: object) -> Saved:
    given = {
        "subject": "RID001",
        "provider": "elevenlabs",
        "role": "user",
        "timestamp": "2025-01-08T16:00:00Z",
        "said_at_ns": 1_736_352_000_000_000_000,
        "conversation": "conv1",
        **more,
    }
    return Saved(content=content, message=name, **given)  # type: ignore[arg-type]


class Shelf:
    """An archive of these messages."""

    def __init__(self, *kept: Kept) -> None:
        self.messages = list(kept)
        self.asked: list[TalkKey] = []

    def kept(self, key: TalkKey) -> Iterable[Kept]:
        self.asked.append(key)
        return self.messages

    def highest_number(self) -> int:
        return max((kept.number for kept in self.messages), default=0)

    def has(self, numbers: Iterable[int]) -> set[int]:
        return set(numbers) & {kept.number for kept in self.messages}


class Desk:
    """An ingest over a folder, as one process has it."""

    def __init__(self, folder: Path, shelf: Shelf | None = None, clock: Clock | None = None, **more: object):
        self.root = folder
        self.shelf = shelf or Shelf()
        self.journal = Journal(folder)
        self.ingest = Ingest(self.journal, self.shelf, clock=clock, **more)  # type: ignore[arg-type]
        self.ingest.resume(leg_folders(folder))

    def save(self, saved: Saved) -> Entry:
        """On disk when it returns."""
        made = draft(saved)
        entry = self.ingest.take(made)
        if entry is None:
            self.ingest.open(made.key)
            entry = self.ingest.take(made)
        assert entry
        if entry.writer is not None:
            assert entry.writer.sync(5, since=entry.record)
        return entry

    def legs(self) -> list[list[Record]]:
        return [list(read_leg(folder)) for folder in leg_folders(self.root)]

    def close(self) -> None:
        self.ingest.close()
        self.journal.close()
