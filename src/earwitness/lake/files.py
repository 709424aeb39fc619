"""The lake's files: Parquet in the object store, `lake/<table>/<workspace>/<day>/<file>.parquet`.

A conversation that has ended has a file of its own in each table it has rows in (`call-...`); when a day has
many, they are put together (`part-<first>-<last>-...`). No file is ever changed: a new one stands for others,
and a note beside it says for which, so that no row counts twice, wherever a program is killed.
"""

import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from earwitness.lake import arrow
from earwitness.lake.columns import FOLDER
from earwitness.lake.tables import TABLES, Row, Rows, day_of
from earwitness.store.lock import TRY_EVERY_S, FolderLock
from earwitness.store.objects import ObjectInfo, Objects

if TYPE_CHECKING:
    import pyarrow as pa

MANY = 64  # calls of a day that have files of their own, before they are put together
PART_BYTES = 8 << 20  # a file of this size is not put together with others any more
PATIENCE_S = 120.0  # whoever changes the lake is done by then
REST_S = 2 * TRY_EVERY_S  # whoever waits tries once more in it
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}\Z")
_PART = re.compile(r"part-(?P<first>[0-9a-f-]{36})-(?P<last>[0-9a-f-]{36})-[0-9a-f]{16}\.parquet")
_NOTE = ".replaces.json"


def folder_of(workspace: str) -> str:
    """The name of a workspace as a folder; two workspaces never share one."""
    if _PLAIN.match(workspace):
        return f"w-{workspace}"
    return f"x-{hashlib.sha256(workspace.encode('utf-8', 'surrogatepass')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class _Place:
    """One table of one workspace on one day."""

    table: str
    workspace_folder: str
    day: date

    @property
    def folder(self) -> str:
        return f"{FOLDER}/{self.table}/{self.workspace_folder}/{self.day}"


class Lake:
    """The tables of all workspaces. One process changes them at a time, others wait; readers never do.

    Every method that changes something raises `InUse` where another process does not come to an end, and
    `StorageUnavailable` where the store does not take it now: done again it goes on.
    """

    def __init__(self, objects: Objects, data_path: Path) -> None:
        self._objects = objects
        self._data_path = data_path

    def take(self, workspace: str, conversation: str, began_at_ns: int, rows: Rows) -> bool:
        """The lake has exactly these rows of the conversation afterwards; says whether that changed it."""
        day, has_changed = day_of(began_at_ns), False
        with self._alone():
            for table in TABLES:
                place = _Place(table, folder_of(workspace), day)
                has_changed |= self._put(place, conversation, rows[table])
                if sum(not _PART.match(name) for name in self._names(place)) >= MANY:
                    self._put_together(place)
        return has_changed

    def remove(self, workspace: str, conversation: str, began_at_ns: int) -> int:
        """No file has a row of it afterwards; how many files were written anew or deleted for that."""
        day = day_of(began_at_ns)
        with self._alone():
            places = [_Place(table, folder_of(workspace), day) for table in TABLES]
            return sum(self._without(place, conversation) for place in places)

    def tidy(self) -> int:
        """Days that are over lie in few files afterwards; how many places were not."""
        today = datetime.now(UTC).date()
        return sum(self._tidy(place) for place in self._places() if place.day < today)

    def _tidy(self, place: _Place) -> bool:
        """One table of one day, and then a rest: whoever waits for the lake may hold up running calls."""
        with self._alone():
            names = self._names(place)
            is_due = len(names) > 1 and any(not _PART.match(name) for name in names)
            if is_due:
                self._put_together(place)
        if is_due:
            time.sleep(REST_S)
        return is_due

    def clear(self) -> None:
        """Nothing is in it afterwards."""
        with self._alone():
            for info in list(self._objects.list(FOLDER)):
                self._objects.delete(info.path)

    def files(self, table: str, workspace: str) -> list[ObjectInfo]:
        """The files of a table that count, in the order of days."""
        counting, _ = self._look(f"{FOLDER}/{table}/{folder_of(workspace)}")
        return counting

    # -- one table of one day -------------------------------------------------------------------------

    def _put(self, place: _Place, conversation: str, rows: list[Row]) -> bool:
        if not rows:
            return self._without(place, conversation) > 0
        table = arrow.to_arrow(place.table, rows)
        content = arrow.to_parquet(table)
        name = f"call-{conversation}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
        names = self._names(place)
        parts = [self._read(place, part, conversation) for part in names if _may_hold(part, conversation)]
        if name in names or any(part.equals(table) for part in parts):
            return False
        self._without(place, conversation)
        self._objects.put(f"{place.folder}/{name}", [content], replace=True)
        return True

    def _without(self, place: _Place, conversation: str) -> int:
        count = 0
        for name in self._names(place):
            if name.startswith(f"call-{conversation}-"):
                count += self._objects.delete(f"{place.folder}/{name}")
            elif _may_hold(name, conversation):
                whole = self._read(place, name)
                rest = arrow.without(whole, conversation)
                if rest.num_rows < whole.num_rows:
                    self._replace(place, [name], rest)
                    count += 1
        return count

    def _put_together(self, place: _Place) -> None:
        counting, _ = self._look(place.folder)
        names = [_name(each) for each in counting if each.byte_count < PART_BYTES]
        self._replace(place, names, arrow.joined(place.table, [self._read(place, name) for name in names]))

    def _replace(self, place: _Place, names: list[str], whole: "pa.Table") -> None:
        """One new file stands for these; without rows, none."""
        if not whole.num_rows:
            self._delete(place.folder, names)
            return
        content = arrow.to_parquet(whole)
        first, last = arrow.ends_of(whole)
        new = f"part-{first}-{last}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
        gone = [name for name in names if name != new]
        self._objects.put(f"{place.folder}/{new}{_NOTE}", [msgspec.json.encode(gone)], replace=True)
        self._objects.put(f"{place.folder}/{new}", [content], replace=True)
        self._delete(place.folder, [*gone, f"{new}{_NOTE}"])

    def _read(self, place: _Place, name: str, conversation: str | None = None) -> "pa.Table":
        content = b"".join(self._objects.open(f"{place.folder}/{name}"))
        return arrow.from_parquet(place.table, content, conversation)

    def _names(self, place: _Place) -> list[str]:
        """The files of a place that count. What a killed process had begun there is brought to its end."""
        counting, begun = self._look(place.folder)
        for note, names in begun.items():
            self._delete(place.folder, [*names, _name_of(note)])
        return [_name(info) for info in counting]

    def _look(self, folder: str) -> tuple[list[ObjectInfo], dict[str, list[str]]]:
        """The files below a folder that count; and by the path of its note, which of them do not because a
        new one stands for them. A note whose file never came stands for nothing."""
        found = {info.path: info for info in self._objects.list(folder)}
        begun: dict[str, list[str]] = {}
        for note in [path for path in found if path.endswith(_NOTE)]:
            names = msgspec.json.decode(b"".join(self._objects.open(note)), type=list[str])
            begun[note] = names if note.removesuffix(_NOTE) in found else []
        gone = {f"{note.rpartition('/')[0]}/{name}" for note, names in begun.items() for name in names}
        return [info for path, info in found.items() if path.endswith(".parquet") and path not in gone], begun

    def _delete(self, folder: str, names: Iterable[str]) -> None:
        for name in names:
            self._objects.delete(f"{folder}/{name}")

    def _places(self) -> list[_Place]:
        folders = sorted({info.path.rpartition("/")[0] for info in self._objects.list(FOLDER)})
        split = [folder.split("/") for folder in folders]
        return [_Place(table, workspace, date.fromisoformat(day)) for _, table, workspace, day in split]

    def _alone(self) -> FolderLock:
        return FolderLock(self._data_path, "lake.lock", patience_s=PATIENCE_S)


def _name(info: ObjectInfo) -> str:
    return _name_of(info.path)


def _name_of(path: str) -> str:
    return path.rpartition("/")[2]


def _may_hold(name: str, conversation: str) -> bool:
    """Is it a file of many conversations, of which this may be one?"""
    part = _PART.match(name)
    return part is not None and part["first"] <= conversation <= part["last"]
