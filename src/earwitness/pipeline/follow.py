"""Following journals while they grow: every new fact becomes a row within a tick.

One `Follower` per catalog. It finds legs by their folders, so it does not matter which process
records them, or whether that process still lives: a leg whose writer died is closed here.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from earwitness.decoders import LegDecoder
from earwitness.errors import NotFound
from earwitness.journal.reader import LegReader, is_live
from earwitness.journal.record import Kind
from earwitness.journal.segment import leg_folders_of, segment_paths
from earwitness.model.conversation import Conversation
from earwitness.model.events import Event, LegIdentified, LegOpened
from earwitness.model.fold import Fold
from earwitness.pipeline.line import events
from earwitness.store import legs
from earwitness.store.catalog import Catalog
from earwitness.store.types import clip

SCAN_WHOLE_TREE_S = 60.0  # between looks at the folders of past days; today's are looked at every tick


@dataclass(slots=True)
class _Leg:
    """One leg that may still grow."""

    folder: Path
    reader: LegReader
    decoder: LegDecoder
    conversation: str = ""
    is_closed: bool = False


@dataclass(slots=True)
class _Live:
    """One conversation that is being followed."""

    fold: Fold
    workspace: str
    folders: dict[str, Path] = field(default_factory=dict)  # by leg id
    open_legs: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What one look at the journals brought."""

    changed: tuple[Conversation, ...] = ()
    ended: tuple[Conversation, ...] = ()  # all legs closed: the work after the call is due


class Follower:
    """Keeps the catalog in step with the journals.

    `tick()` reads what is new, writes the rows and returns. A failing catalog raises; nothing is lost
    by that, the same facts are written at the next tick that succeeds.
    """

    def __init__(self, root: Path, catalog: Catalog) -> None:
        self._root = root
        self._catalog = catalog
        self._legs: dict[str, _Leg] = {}
        self._known_days: dict[str, set[str]] = {}
        self._live: dict[str, _Live] = {}
        self._links: dict[tuple[str, str], str] = {}
        self._unwritten: set[str] = set()
        self._next_full_scan_s = 0.0

    @property
    def live_count(self) -> int:
        return len(self._live)

    def tick(self) -> Tick:
        self._discover()
        self._read()
        changed, ended = [], []
        for conversation_id in sorted(self._unwritten):
            live = self._live[conversation_id]
            conversation = live.fold.conversation()
            self._catalog.put(conversation)
            self._unwritten.discard(conversation_id)
            changed.append(conversation)
            if not live.open_legs:
                ended.append(conversation)
                self._forget(conversation_id)
        return Tick(changed=tuple(changed), ended=tuple(ended))

    def run_until_idle(self, on_ended: Callable[[Conversation], None]) -> None:
        """Take in all that is there and return: for a face that works without a server."""
        while True:
            tick = self.tick()
            for conversation in tick.ended:
                on_ended(conversation)
            if not tick.changed:
                return

    # -- legs -----------------------------------------------------------------------------------------

    def _discover(self) -> None:
        for day in self._days_to_look_at():
            known = self._known_days.get(day.name)
            if known is None:
                known = self._known_days[day.name] = legs.closed_on(self._catalog.database, day.name)
            for folder in leg_folders_of(day):
                if folder.name not in known and segment_paths(folder):
                    known.add(folder.name)
                    self._legs[folder.name] = _leg(folder)

    def _days_to_look_at(self) -> list[Path]:
        if time.monotonic() >= self._next_full_scan_s:
            self._next_full_scan_s = time.monotonic() + SCAN_WHOLE_TREE_S
            return sorted(day for day in self._root.glob("????-??-??") if day.is_dir())
        today = datetime.now(UTC).date()
        days = [self._root / (today + timedelta(days=offset)).isoformat() for offset in (-1, 0, 1)]
        return [day for day in days if day.is_dir()]

    def _read(self) -> None:
        fresh: list[tuple[_Leg, Event]] = []
        for leg in list(self._legs.values()):
            fresh += [(leg, event) for event in self._new_events(leg)]
        for leg, event in sorted(fresh, key=lambda pair: pair[1].seen.at_ns):
            if self._legs[leg.folder.name] is leg:  # else a join has it read again from its start
                self._place(leg, event)
        for leg_id, leg in list(self._legs.items()):
            if leg.is_closed and leg.conversation:
                self._live[leg.conversation].open_legs.discard(leg_id)
                del self._legs[leg_id]

    def _new_events(self, leg: _Leg) -> list[Event]:
        found: list[Event] = []
        was_live = is_live(leg.folder)
        for record in leg.reader.read(final=not was_live):
            found += leg.decoder.feed(record)
            leg.is_closed = leg.is_closed or record.kind is Kind.ENDED
        if not was_live and not leg.is_closed:
            leg.is_closed = True
            found += leg.decoder.finish()
        return found

    # -- conversations --------------------------------------------------------------------------------

    def _place(self, leg: _Leg, event: Event) -> None:
        """Give the event to the conversation its leg belongs to, which the event itself may change."""
        if isinstance(event, LegOpened) and not leg.conversation:
            leg.conversation = event.conversation
            live = _Live(fold=Fold(event.conversation), workspace=event.workspace)
            live.folders[leg.folder.name] = leg.folder
            live.open_legs.add(leg.folder.name)
            self._live[event.conversation] = live
        live = self._live[leg.conversation]
        live.fold.apply(event)
        self._unwritten.add(leg.conversation)
        if isinstance(event, LegOpened | LegIdentified) and event.links:
            self._join(leg.conversation, event.links)

    def _join(self, conversation_id: str, links: tuple[str, ...]) -> None:
        """Make one conversation of all that share a link. The one that began first gives its id."""
        workspace = self._live[conversation_id].workspace
        others = {self._links.get((workspace, link)) for link in links}
        others |= legs.linked(self._catalog.database, workspace, tuple(clip(link) for link in links))
        together = sorted({conversation_id, *(other for other in others if other)})
        founder = together[0]
        for link in links:
            self._links[workspace, link] = founder
        if len(together) == 1:
            return
        merged = _Live(fold=Fold(founder), workspace=workspace)
        for other in together:
            self._absorb(merged, other)
            self._links.update({key: founder for key, value in self._links.items() if value == other})
        self._live[founder] = merged
        self._refold(founder)
        for other in together[1:]:
            with contextlib.suppress(NotFound):  # joined before its first row was written
                self._catalog.remove(workspace, other)

    def _absorb(self, merged: _Live, other: str) -> None:
        live = self._live.pop(other, None)
        self._unwritten.discard(other)
        if live is None:  # ended before: its legs are all closed, and known to the catalog
            ids = legs.of_conversation(self._catalog.database, merged.workspace, other)
            merged.folders |= {leg: find_folder(self._root, leg) for leg in ids}
            return
        merged.folders |= live.folders
        merged.open_legs |= live.open_legs

    def _refold(self, conversation_id: str) -> None:
        """Tell the story again from the journals, up to where each open leg has been read."""
        live = self._live[conversation_id]
        for leg_id in live.open_legs:
            folder = live.folders[leg_id]
            self._legs[leg_id] = _leg(folder, conversation_id)
        closed = [folder for leg_id, folder in live.folders.items() if leg_id not in live.open_legs]
        for event in events(closed):
            live.fold.apply(event)
        self._unwritten.add(conversation_id)

    def _forget(self, conversation_id: str) -> None:
        live = self._live.pop(conversation_id)
        for key in [key for key, value in self._links.items() if value == conversation_id]:
            del self._links[key]
        live.folders.clear()


def _leg(folder: Path, conversation: str = "") -> _Leg:
    return _Leg(folder, LegReader(folder), LegDecoder(folder.name), conversation)


def find_folder(root: Path, leg_id: str) -> Path:
    """The folder of a leg, found by the time in its id (UUIDv7); midnight may fall in between."""
    seconds = int(leg_id.replace("-", "")[:12], 16) / 1000
    for offset_s in (0, 86_400, -86_400):
        day = datetime.fromtimestamp(seconds + offset_s, UTC).date().isoformat()
        if (root / day / leg_id).is_dir():
            return root / day / leg_id
    return root / datetime.fromtimestamp(seconds, UTC).date().isoformat() / leg_id
