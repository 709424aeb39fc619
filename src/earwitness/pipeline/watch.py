"""Looking on while calls run: what has changed since the last look, and how loud it is.

Reads the rows and the growing stereo files that the follower writes, so it does not matter which process
follows. Whoever looks for the first time is told all there is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.audio.files import WAV_HEADER_BYTES
from earwitness.model.conversation import Status
from earwitness.projections.tracks import RATE_HZ
from earwitness.store.catalog import Catalog
from earwitness.store.rows import Row
from earwitness.store.running import revision, running

MS_PER_POINT = 50  # of the sound's peaks
PAST_S = 120  # of the sound whoever comes late is shown; all of it is in the waveform
MOST_AT_ONCE = 100  # running calls that one watcher of all of them sees
_FRAME_BYTES = 4  # two channels of 16 bit
_POINT_FRAMES = RATE_HZ * MS_PER_POINT // 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One thing that is new. `kind` is `conversation`, a table of it, `sound` or `end`; `data` is JSON."""

    conversation: str
    kind: str
    data: Any


class Watch:
    """One conversation. Each `look` gives what is new; the last news is `end`."""

    def __init__(self, catalog: Catalog, workspace: str, conversation: str, live_file: Path) -> None:
        self._catalog, self._workspace, self._id = catalog, workspace, conversation
        self._sound = _Loudness(live_file)
        self._revision: int | None = None
        self._told: dict[str, dict[Any, Row]] = {}
        self.is_over = False

    def look(self) -> list[News]:
        """What has changed since the last look."""
        return self.look_at(revision(self._catalog.database, self._workspace, self._id))

    def look_at(self, newest: int | None) -> list[News]:
        """The same for somebody who has asked for the revision already; None: it is gone."""
        if newest is None:
            self.is_over = True
            return [self._news("end", {"status": "deleted"})]
        found = [] if newest == self._revision else list(self._rows())
        self._revision = newest
        if peaks := self._sound.news():
            found.append(self._news("sound", peaks))
        if self.is_over:
            found.append(self._news("end", {"status": self._catalog.get(self._workspace, self._id).status}))
        return found

    def _rows(self) -> Iterator[News]:
        row = self._catalog.get(self._workspace, self._id)
        yield self._news("conversation", row.document())
        for kind, ask, key in self._tables():
            rows = {key(row): row for row in ask(self._workspace, self._id)}
            told = self._told.get(kind, {})
            changed = [row for name, row in rows.items() if told.get(name) != row]
            self._told[kind] = rows
            if changed:
                yield self._news(kind, [row.document() for row in changed])
        self.is_over = row.status != Status.ACTIVE

    def _tables(self) -> tuple[tuple[str, Callable[[str, str], Any], Callable[[Any], Any]], ...]:
        catalog = self._catalog

        def key(row: Any) -> Any:
            return row.key

        def place(row: Any) -> Any:
            return row.position

        return (
            ("messages", catalog.messages, key),
            ("tool_calls", catalog.tool_calls, key),
            ("interruptions", catalog.interruptions, place),
            ("digits", catalog.digits, place),
            ("gaps", catalog.gaps, place),
        )

    def _news(self, kind: str, data: Any) -> News:
        return News(conversation=self._id, kind=kind, data=data)


class WatchAll:
    """The newest `MOST_AT_ONCE` running conversations of a workspace; those that end are told to the end."""

    def __init__(self, catalog: Catalog, workspace: str, live_folder: Path) -> None:
        self._catalog, self._workspace, self._live_folder = catalog, workspace, live_folder
        self._watches: dict[str, Watch] = {}

    def look(self) -> list[News]:
        """What has changed since the last look, of any of them."""
        newest = running(self._catalog.database, self._workspace, most=MOST_AT_ONCE)
        for new in newest.keys() - self._watches.keys():
            file = self._live_folder / f"{new}.wav"
            self._watches[new] = Watch(self._catalog, self._workspace, new, file)
        found: list[News] = []
        for conversation, watch in list(self._watches.items()):
            if conversation in newest:
                found += watch.look_at(newest[conversation])
            else:
                found += watch.look()
                if watch.is_over or conversation not in newest:
                    del self._watches[conversation]
        return found


class _Loudness:
    """Peaks of the sound that a growing stereo file has gained."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._points: int | None = None  # told so far; None: nothing yet

    def news(self) -> dict[str, Any] | None:
        """Peaks from `from_ms` on, 0 to 127, a list a side; None where there is no more sound."""
        try:
            with self._file.open("rb") as file:
                size = file.seek(0, 2)
                whole = (size - WAV_HEADER_BYTES) // (_FRAME_BYTES * _POINT_FRAMES)
                first = self._points
                if first is None:
                    first = max(0, whole - PAST_S * 1000 // MS_PER_POINT)
                if whole <= first:
                    return None
                file.seek(WAV_HEADER_BYTES + first * _FRAME_BYTES * _POINT_FRAMES)
                sound = file.read((whole - first) * _FRAME_BYTES * _POINT_FRAMES)
        except FileNotFoundError:
            return None
        samples = np.frombuffer(sound, "<i2").astype(np.int32).reshape(-1, _POINT_FRAMES, 2)
        peaks = np.abs(samples).max(axis=1) >> 8
        self._points = first + len(peaks)
        return {
            "from_ms": first * MS_PER_POINT,
            "ms_per_point": MS_PER_POINT,
            "caller": np.minimum(peaks[:, 0], 127).tolist(),
            "agent": np.minimum(peaks[:, 1], 127).tolist(),
        }


def hear(live_file: Path, at_byte: int | None) -> tuple[int, bytes]:
    """Sound that the growing file has gained beyond `at_byte`, and the byte to ask from next.

    16-bit stereo frames at `RATE_HZ`; with None from the newest frame on. Nothing where there is no file.
    """
    try:
        with live_file.open("rb") as file:
            size = file.seek(0, 2)
            size -= (size - WAV_HEADER_BYTES) % _FRAME_BYTES
            if at_byte is None:
                return max(size, WAV_HEADER_BYTES), b""
            file.seek(at_byte)
            return max(size, at_byte), file.read(max(size - at_byte, 0))
    except FileNotFoundError:
        return at_byte or WAV_HEADER_BYTES, b""
