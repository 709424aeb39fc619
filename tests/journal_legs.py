"""Legs written straight into a journal, with times of their own: calls that need no time to be recorded."""

import json
from base64 import b64encode
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from earwitness.clock import NS_PER_MS, NS_PER_S, Instant, ManualClock, uuid7
from earwitness.journal.record import Answered, Ended, Gap, Kind, Note, Opened, Origin
from earwitness.journal.writer import Journal

BEGAN_S = 1_763_650_000  # 2025-11-20T14:46:40Z: a day that is over
_ORIGINS = {"client": Origin.CLIENT, "server": Origin.SERVER}


class Legs:
    """A journal below `data_dir` that is written by hand. Every `ms` counts from `began_s`.

    A leg of it is live until its `end`, or until the whole journal is closed.
    """

    def __init__(self, data_dir: Path, began_s: float = BEGAN_S) -> None:
        self.root = data_dir / "journal"
        self.began_ns = int(began_s * NS_PER_S)
        self.clock = ManualClock(wall_ns=self.began_ns)
        self.journal = Journal(self.root, clock=self.clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.journal.close()

    def open(self, provider: str = "openai", ms: float = 0, **opened: Any) -> "HandLeg":
        at = Instant(round(ms * NS_PER_MS), self.began_ns + round(ms * NS_PER_MS))
        self.clock.advance(at.wall_ns - self.clock.now().wall_ns)  # the folder's day is that of the leg
        leg = str(uuid7(at.wall_ns))
        fields = {"leg": leg, "conversation": str(uuid7(at.wall_ns)), "provider": provider, **opened}
        hand = HandLeg(self, leg, fields["conversation"])
        hand.tell(ms, Kind.OPENED, Opened(**fields))
        hand.tell(ms, Kind.ANSWERED, Answered(status=101), Origin.SERVER)
        return hand


class HandLeg:
    """One leg that is being written."""

    def __init__(self, legs: Legs, leg: str, conversation: str) -> None:
        self.leg, self.conversation = leg, conversation
        self._legs = legs
        self.writer = legs.journal.open_leg(leg)

    @property
    def folder(self) -> Path:
        return self.writer.folder

    def append(self, ms: float, origin: Origin, kind: Kind, payload: bytes) -> None:
        ns = round(ms * NS_PER_MS)
        self.writer.append(Instant(ns, self._legs.began_ns + ns), origin, kind, payload)

    def tell(self, ms: float, kind: Kind, what: Any, origin: Origin = Origin.RECORDER) -> None:
        self.append(ms, origin, kind, msgspec.json.encode(what))

    def client(self, ms: float, message: dict[str, Any]) -> None:
        self.append(ms, Origin.CLIENT, Kind.TEXT, json.dumps(message).encode())

    def server(self, ms: float, message: dict[str, Any]) -> None:
        self.append(ms, Origin.SERVER, Kind.TEXT, json.dumps(message).encode())

    def note(self, ms: float, verb: str, **data: Any) -> None:
        self.tell(ms, Kind.NOTE, Note(verb=verb, data=data))

    def gap(self, ms: float, **gap: Any) -> None:
        self.tell(ms, Kind.GAP, Gap(**gap))

    def flush(self) -> None:
        assert self.writer.sync(5.0)

    def end(self, ms: float, why: str = "closed", by: str = "client") -> None:
        self.tell(ms, Kind.ENDED, Ended(why=why, by=by))
        self.writer.close()

    # -- a conversation with OpenAI's names ----------------------------------------------------------

    def user(self, ms: float, item: str, text: str, previous: str | None = None) -> None:
        """A line of the caller's, transcribed 100 ms after it was committed."""
        self.server(
            ms, {"type": "input_audio_buffer.committed", "item_id": item, "previous_item_id": previous}
        )
        done = "conversation.item.input_audio_transcription.completed"
        self.server(ms + 100, {"type": done, "item_id": item, "content_index": 0, "transcript": text})

    def assistant(self, ms: float, item: str, text: str, audio: bytes = b"") -> None:
        """An answer: its audio in one delta, its words whole, done at once."""
        response = f"resp_{item}"
        at = {"response_id": response, "item_id": item, "output_index": 0, "content_index": 0}
        body = {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        self.server(ms, {"type": "response.output_item.added", "response_id": response, "item": body})
        if audio:
            delta = b64encode(audio).decode()
            self.server(ms, {"type": "response.output_audio.delta", "delta": delta, **at})
        self.server(ms + 1, {"type": "response.output_audio_transcript.done", "transcript": text, **at})
        done = {**body, "status": "completed"}
        self.server(ms + 2, {"type": "response.output_item.done", "response_id": response, "item": done})
