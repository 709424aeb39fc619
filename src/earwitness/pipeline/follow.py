"""Following journals while they grow: every new fact becomes a row within a tick.

One `Follower` per catalog. It finds legs by their folders, so it does not matter which process
records them, or whether that process still lives: a leg whose writer died is closed here.
"""

import heapq
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from earwitness.decoders import LegDecoder
from earwitness.errors import StorageUnavailable
from earwitness.journal.reader import LegReader, is_live
from earwitness.journal.record import Kind
from earwitness.journal.segment import leg_folders_of, segment_paths
from earwitness.model.conversation import Conversation
from earwitness.model.events import AudioArrived, Event, LegIdentified, LegOpened
from earwitness.model.fold import Fold
from earwitness.pipeline.live import LiveSound
from earwitness.redaction.conversation import Memory
from earwitness.redaction.policies import Policies
from earwitness.store import legs
from earwitness.store.catalog import Catalog
from earwitness.store.types import clip

HELD_BYTES = 8 << 20  # of sound that is not in its live file yet; reading a long backlog brings more
COUNTERS_EVERY_S = 1.0  # how often a row is written when nothing but sound went by
SCAN_WHOLE_TREE_S = 60.0  # between looks at the folders of past days; today's are looked at every tick

News = tuple["_Leg", Event, bytes | None]  # with an `AudioArrived` its sound
Reopened = Callable[[str, str], None]  # (workspace, conversation)


@dataclass(slots=True)
class _Leg:
    """One leg that may still grow."""

    folder: Path
    reader: LegReader
    decoder: LegDecoder
    conversation: str = ""
    was_read: bool = False
    is_closed: bool = False


@dataclass(slots=True)
class _Live:
    """One conversation that is being followed."""

    fold: Fold
    workspace: str
    policies: Policies
    memory: Memory = field(default_factory=Memory)
    folders: dict[str, Path] = field(default_factory=dict)  # by leg id
    open_legs: set[str] = field(default_factory=set)
    sound: LiveSound | None = None
    is_urgent: bool = False  # more than sound went by since its rows were written
    written_s: float = 0.0
    has_sound_file: bool = True  # False: the disk does not take it, and it is not tried again

    def hear(self, file: Path, event: AudioArrived, sound: bytes) -> None:
        """Sound that the live file will hold once it has been heard."""
        self.sound = self.sound or LiveSound(file)
        self.sound.hear(event.seen.leg, event.party, sound)
        if self.sound.held_bytes > HELD_BYTES:
            self.grow(event.seen.at_ns)

    def conversation(self) -> Conversation:
        return self.policies.redact(self.fold.conversation(), self.memory)

    def grow(self, at_ns: int) -> None:
        """Bring the live file up to this moment, in ns since the epoch."""
        if self.sound:
            try:
                self.sound.grow(self.conversation(), at_ns)
            except StorageUnavailable:  # a convenience must not hold up the rows; the journal has the sound
                self.sound, self.has_sound_file = None, False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """What one look at the journals brought."""

    changed: tuple[Conversation, ...] = ()
    ended: tuple[Conversation, ...] = ()  # all legs closed: the work after the call is due


class Follower:
    """Keeps the catalog in step with the journals.

    `tick()` reads what is new, writes the rows and returns. A failing catalog raises; nothing is lost
    by that, the same facts are written at the next tick that succeeds. `on_reopened` is told, before any
    row changes, of a conversation that had ended and goes on: what was made of it is no longer true.
    With `live_folder` every running conversation has a growing stereo file there, named by its id.
    """

    def __init__(
        self,
        root: Path,
        catalog: Catalog,
        policies: Policies,
        on_reopened: Reopened = lambda *_: None,
        *,
        live_folder: Path | None = None,
    ) -> None:
        self._root = root
        self._catalog = catalog
        self._policies = policies
        self._on_reopened = on_reopened
        self._live_folder = live_folder
        self._legs: dict[str, _Leg] = {}
        self._known_days: dict[str, set[str]] = {}
        self._live: dict[str, _Live] = {}
        self._links: dict[tuple[str, str], str] = {}
        self._united: dict[str, str] = {}  # gone into another, and not yet so in the catalog
        self._unwritten: set[str] = set()
        self._next_full_scan_s = 0.0

    @property
    def live_count(self) -> int:
        return len(self._live)

    def tick(self) -> Tick:
        self._discover()
        try:
            self._read()
        except StorageUnavailable:
            self._start_over()
            raise
        return self._write()

    def _write(self) -> Tick:
        changed, ended = [], []
        now_s = time.monotonic()
        for conversation_id in sorted(self._unwritten):
            live = self._live[conversation_id]
            if not live.is_urgent and now_s - live.written_s < COUNTERS_EVERY_S:
                continue
            conversation = live.conversation()
            self._catalog.put(conversation)
            self._unwritten.discard(conversation_id)
            live.is_urgent, live.written_s = False, now_s
            live.grow(time.time_ns())
            for gone in [gone for gone, to in self._united.items() if to == conversation_id]:
                del self._united[gone]
            changed.append(conversation)
            if not live.open_legs:
                ended.append(conversation)
                self._forget(conversation_id)
        return Tick(changed=tuple(changed), ended=tuple(ended))

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
        """Take in what is new, in the order of time; a block of each leg is in memory, whatever there is."""
        to_read = list(self._legs.values())
        while to_read:
            news = [_news(leg, with_sound=self._live_folder is not None) for leg in to_read]
            for leg, event, sound in heapq.merge(*news, key=lambda each: each[1].seen.at_ns):
                if self._legs[leg.folder.name] is leg:  # else a join has it read again from its start
                    self._place(leg, event, sound)
            to_read = [leg for leg in self._legs.values() if not leg.was_read]
        for leg_id, leg in list(self._legs.items()):
            if leg.is_closed:
                del self._legs[leg_id]
                if leg.conversation:  # else not one record of it was kept
                    self._live[leg.conversation].open_legs.discard(leg_id)

    def _start_over(self) -> None:
        """Read everything again that is not safely in the catalog: the journals are the truth."""
        folders = [leg.folder for leg in self._legs.values()]
        folders += [folder for live in self._live.values() for folder in live.folders.values()]
        self._legs = {folder.name: _leg(folder) for folder in folders}
        self._live, self._links, self._united = {}, {}, {}
        self._unwritten = set()

    # -- conversations --------------------------------------------------------------------------------

    def _place(self, leg: _Leg, event: Event, sound: bytes | None) -> None:
        """Give the event to the conversation its leg belongs to, which the event itself may change."""
        is_new = not leg.conversation
        if is_new and isinstance(event, LegOpened):
            self._begin(leg, event)
        if isinstance(event, LegOpened | LegIdentified) and self._join(leg, event.links, is_new=is_new):
            return  # its leg is read again
        live = self._live[leg.conversation]
        live.fold.apply(event)
        self._unwritten.add(leg.conversation)
        if not isinstance(event, AudioArrived):
            live.is_urgent = True
        elif sound and self._live_folder and live.has_sound_file:
            live.hear(self._live_folder / f"{leg.conversation}.wav", event, sound)

    def _begin(self, leg: _Leg, event: LegOpened) -> None:
        leg.conversation = self._united.get(event.conversation, event.conversation)
        live = self._live.get(leg.conversation)
        if live is None:
            live = _Live(Fold(leg.conversation), event.workspace, self._policies)
            self._live[leg.conversation] = live
        live.folders[leg.folder.name] = leg.folder
        live.open_legs.add(leg.folder.name)

    def _join(self, leg: _Leg, links: tuple[str, ...], *, is_new: bool) -> bool:
        """Make one conversation of all that share a link. The one that began first gives its id.

        A conversation that goes on after a restart is joined with what the catalog knows of it. Says
        whether its legs have to be read again.
        """
        live = self._live[leg.conversation]
        others = {self._links.get((live.workspace, link)) for link in links}
        others |= legs.linked(self._catalog.database, live.workspace, tuple(clip(link) for link in links))
        together = sorted({leg.conversation, *(self._united.get(other, other) for other in others if other)})
        is_more = len(together) > 1
        if is_new and not is_more:
            known = legs.of_conversation(self._catalog.database, live.workspace, leg.conversation)
            is_more = not live.folders.keys() >= set(known)
        if is_more:
            self._unite(live.workspace, together)
        for link in links:
            self._links[live.workspace, link] = together[0]
        return is_more

    def _unite(self, workspace: str, together: list[str]) -> None:
        """One conversation with all their legs, to be told again from the journals in the order of time."""
        founder = together[0]
        merged = _Live(Fold(founder), workspace, self._policies)
        for other in together:
            known = legs.of_conversation(self._catalog.database, workspace, other)
            merged.folders |= {leg_id: find_folder(self._root, leg_id) for leg_id in known}
            if other in self._live:
                merged.folders |= self._live[other].folders
            else:
                self._on_reopened(workspace, other)
        for other in together:  # from here on nothing can fail
            if (live := self._live.pop(other, None)) and live.sound:
                live.sound.close()
            self._unwritten.discard(other)
            self._links |= {key: founder for key, value in self._links.items() if value == other}
            self._united |= {key: founder for key, value in self._united.items() if value == other}
        self._united |= dict.fromkeys(together[1:], founder)
        self._live[founder] = merged
        merged.open_legs = set(merged.folders)
        self._legs |= {leg_id: _leg(folder, founder) for leg_id, folder in merged.folders.items()}

    def _forget(self, conversation_id: str) -> None:
        if sound := self._live.pop(conversation_id).sound:
            sound.close()
        for key in [key for key, value in self._links.items() if value == conversation_id]:
            del self._links[key]


def _leg(folder: Path, conversation: str = "") -> _Leg:
    return _Leg(folder, LegReader(folder), LegDecoder(folder.name), conversation)


def _news(leg: _Leg, *, with_sound: bool) -> Iterator[News]:
    """What the leg's journal has gained since the last look."""
    leg.was_read = True
    was_live = is_live(leg.folder)
    for record in leg.reader.stream(final=not was_live):
        leg.is_closed = leg.is_closed or record.kind is Kind.ENDED
        events = leg.decoder.feed(record)
        sounds = leg.decoder.audio(record) if with_sound and was_live else iter(())
        for event in events:
            yield leg, event, next(sounds, (None, None))[1] if type(event) is AudioArrived else None
    if not was_live and not leg.is_closed:
        leg.is_closed = True
        for event in leg.decoder.finish():
            yield leg, event, None


def find_folder(root: Path, leg_id: str) -> Path:
    """The folder of a leg, found by the time in its id (UUIDv7); midnight may fall in between."""
    seconds = int(leg_id.replace("-", "")[:12], 16) / 1000
    for offset_s in (0, 86_400, -86_400):
        day = datetime.fromtimestamp(seconds + offset_s, UTC).date().isoformat()
        if (root / day / leg_id).is_dir():
            return root / day / leg_id
    return root / datetime.fromtimestamp(seconds, UTC).date().isoformat() / leg_id
