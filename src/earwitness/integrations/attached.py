"""What `attach` gives back: a recorder that hands itself the events, and ends with its connection."""

import logging
from pathlib import Path
from typing import Any, Self

import msgspec

from earwitness.capture.door import Choice
from earwitness.capture.recorder import Recorder
from earwitness.clock import Clock, uuid7
from earwitness.journal.reader import leg_folders
from earwitness.journal.record import Ended, Opened

_log = logging.getLogger("earwitness")


class Attached(Recorder):
    """One connection of a provider's library that is being recorded. May be used from any thread."""

    def __init__(self, opened: Opened, data_dir: Path, clock: Clock, choice: Choice) -> None:
        opened = msgspec.structs.replace(opened, links=opened.links or (f"attached:{opened.leg}",))
        self._is_closed = False
        self._is_held = False  # by a `with` block, which then says when it is over
        self._gone: Ended | None = None
        super().__init__(opened, data_dir, clock, choice)

    def gone(self, ended: Ended) -> None:
        """The connection is over. Waits for nothing; the first to tell is believed."""
        if self._gone is None:
            self._gone = ended
            if not self._is_held:
                self.finish(ended, timeout_s=0)

    def again(self) -> None:
        """The object has dialled anew. Where its last connection is over, another leg of the conversation
        begins."""
        if self._gone is None or self._is_closed:
            return
        self.finish(self._gone, timeout_s=0)
        self._gone = None
        leg = str(uuid7(self._clock.now().wall_ns))
        self._begin_leg(msgspec.structs.replace(self._opened, leg=leg), self._data_dir, self._clock)

    def failed(self, fault: str) -> None:
        """The object could not be joined: nothing will come."""
        self._note_unrecorded(fault)
        self.finish(Ended(why="done", by="recorder", detail=fault), timeout_s=0)

    def close(self, detail: str = "") -> None:
        """No more will come. All is on the disk afterwards, if the disk takes it within seconds."""
        self._is_closed = True
        self.finish(self._gone or Ended(why="done", by="recorder", detail=detail))

    def analytics(self) -> dict[str, Any]:
        """Of the newest leg as it stands: how many messages of which kind, who began, for how long.

        Reads the journal from its beginning, so it takes its time: ask at the end, or from a thread.
        """
        from earwitness.pipeline.line import tell
        from earwitness.projections.analytics import summary
        from earwitness.redaction.policies import Untouched

        self.flush()
        folders = [folder for folder in leg_folders(self._data_dir / "journal") if folder.name == self.leg]
        return summary(tell(self.conversation, folders, Untouched()).conversation)  # counts, no words

    def __enter__(self) -> Self:
        self._is_held = True
        return self

    def _note(self, verb: str, data: dict[str, Any]) -> None:
        if self._gone is not None and self._writer is None:
            _log.warning("said after the leg had ended: hold it in a with block", extra={"verb": verb})
        super()._note(verb, data)
