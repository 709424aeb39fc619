"""Following journals while they grow: every new fact becomes a row within a tick.

One `Follower` per catalog. It finds legs by their folders, so it does not matter which process
records them, or whether that process still lives: a leg whose writer died is closed here.
"""

import heapq
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from earwitness.errors import EarwitnessError, StorageUnavailable
from earwitness.journal.segment import find_folder, leg_folders_of, segment_paths
from earwitness.model.conversation import Conversation
from earwitness.model.events import AudioArrived, Event, LegIdentified, LegOpened
from earwitness.model.fold import Fold
from earwitness.pipeline.belonging import Belonging
from earwitness.pipeline.followed import FollowedLeg, News
from earwitness.pipeline.live import LiveSound
from earwitness.redaction.conversation import Memory
from earwitness.redaction.policies import Policies
from earwitness.store import legs, placements
from earwitness.store.catalog import Catalog

HELD_BYTES = 8 << 20  # of sound that is not in its live file yet; reading a long backlog brings more
COUNTERS_EVERY_S = 1.0  # how often a row is written when nothing but sound went by
SCAN_WHOLE_TREE_S = 60.0  # between looks at the folders of past days; today's are looked at every tick

Reopened = Callable[[str, str], None]  # (workspace, conversation)
Progress = Callable[[Iterable[FollowedLeg], str], Iterable[FollowedLeg]]  # shows what it goes through


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
    was_reopened: bool = False  # work after the call that had begun may keep files until its rows are written
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

    `tick()` reads what is new, writes the rows and returns. A failing catalog raises, and so does whoever
    holds files that have to go; nothing is lost by that, the same facts are written at the next tick that
    succeeds. `on_reopened` is told, before any row changes, of a conversation that had ended and goes on:
    what was made of it is no longer true.
    With `live_folder` every running conversation has a growing stereo file there, named by its id. `progress`
    goes on by one with every leg that is read to its end.
    """

    def __init__(
        self,
        root: Path,
        catalog: Catalog,
        policies: Policies,
        on_reopened: Reopened = lambda *_: None,
        *,
        live_folder: Path | None = None,
        progress: Progress = lambda legs, what: legs,
    ) -> None:
        self._root = root
        self._catalog = catalog
        self._policies = policies
        self._on_reopened = on_reopened
        self._live_folder = live_folder
        self._progress = progress
        self._legs: dict[str, FollowedLeg] = {}
        self._known_days: dict[str, set[str]] = {}
        self._live: dict[str, _Live] = {}
        self._belonging = Belonging(catalog.database)
        self._unwritten: set[str] = set()
        self._next_full_scan_s = 0.0

    @property
    def live_count(self) -> int:
        return len(self._live)

    def tick(self) -> Tick:
        self._discover()
        try:
            self._rearrange()
            self._read()
        except EarwitnessError:
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
            if live.was_reopened:
                self._on_reopened(conversation.workspace, conversation_id)
                live.was_reopened = False
            self._unwritten.discard(conversation_id)
            live.is_urgent, live.written_s = False, now_s
            live.grow(time.time_ns())
            self._belonging.is_written(conversation_id)
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
                    self._legs[folder.name] = FollowedLeg.begin(folder)

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
        reading = iter(self._progress(to_read, "reading journals") if to_read else ())
        next(reading, None)
        while to_read:
            with_sound = self._live_folder is not None
            news = [_to_its_end(leg.news(with_sound=with_sound), reading) for leg in to_read]
            for leg, event, sound in heapq.merge(*news, key=lambda each: each[1].seen.at_ns):
                if self._legs[leg.name] is leg:  # else a join has it read again from its start
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
        self._legs = {folder.name: FollowedLeg.begin(folder) for folder in folders}
        self._live, self._unwritten = {}, set()
        self._belonging = Belonging(self._catalog.database)

    # -- conversations --------------------------------------------------------------------------------

    def _place(self, leg: FollowedLeg, event: Event, sound: bytes | None) -> None:
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

    def _begin(self, leg: FollowedLeg, event: LegOpened) -> None:
        by_hand = self._belonging.put_by_hand(event.workspace, [leg.name])
        leg.is_by_hand = leg.name in by_hand
        leg.conversation = by_hand.get(leg.name) or self._belonging.home(event.conversation)
        self._hold(leg, event.workspace)

    def _hold(self, leg: FollowedLeg, workspace: str) -> None:
        """The leg is one of its conversation's that are being followed."""
        live = self._live.get(leg.conversation)
        if live is None:
            live = self._live[leg.conversation] = _Live(Fold(leg.conversation), workspace, self._policies)
        live.folders[leg.name] = leg.folder
        live.open_legs.add(leg.name)

    def _join(self, leg: FollowedLeg, links: tuple[str, ...], *, is_new: bool) -> bool:
        """Make one conversation of all that its links say are one.

        A conversation that goes on after a restart is joined with what the catalog knows of it. Says
        whether its legs have to be read again.
        """
        live = self._live[leg.conversation]
        together = self._belonging.linked(live.workspace, leg.conversation, links, is_by_hand=leg.is_by_hand)
        is_more = len(together) > 1
        if is_new and not is_more:
            known = legs.of_conversation(self._catalog.database, live.workspace, leg.conversation)
            is_more = not live.folders.keys() >= set(known)
        if is_more:
            self._retell(live.workspace, together, founder=together[0])
        return is_more

    def _rearrange(self) -> None:
        """Move what somebody has put elsewhere than it stands."""
        affected: dict[str, set[str]] = {}
        for moved in placements.misplaced(self._catalog.database):
            homes = affected.setdefault(moved.workspace, set())
            homes |= {self._belonging.home(moved.stands_in), self._belonging.home(moved.belongs_in)}
        for workspace, homes in affected.items():
            self._retell(workspace, sorted(homes))

    def _retell(self, workspace: str, conversations: list[str], founder: str = "") -> None:
        """Tell them again from their journals, in the order of time: each leg where it was put by hand, else
        where it stands; with a founder all in that one."""
        found: dict[str, tuple[str, Path]] = {}
        was_reopened = False
        elsewhere = {
            leg for one, live in self._live.items() if one not in conversations for leg in live.folders
        }
        for each in conversations:
            known = set(legs.of_conversation(self._catalog.database, workspace, each))
            followed = self._live[each].folders if each in self._live else {}
            if not known <= followed.keys() | elsewhere:
                self._on_reopened(workspace, each)
                was_reopened = True
            found |= {leg: (each, find_folder(self._root, leg)) for leg in known - elsewhere}
            found |= {leg: (each, folder) for leg, folder in followed.items()}
        by_hand = self._belonging.put_by_hand(workspace, found)
        for each in conversations:  # from here on nothing can fail
            if (live := self._live.pop(each, None)) and live.sound:
                live.sound.close()
            self._unwritten.discard(each)
        if founder:
            self._belonging.unite(founder, [each for each in conversations if each != founder])
        for leg_id, (stands_in, folder) in found.items():
            home = founder or by_hand.get(leg_id) or stands_in
            leg = self._legs[leg_id] = FollowedLeg.begin(folder, home, is_by_hand=leg_id in by_hand)
            self._hold(leg, workspace)
            self._live[home].was_reopened |= was_reopened

    def _forget(self, conversation_id: str) -> None:
        if sound := self._live.pop(conversation_id).sound:
            sound.close()
        self._belonging.forget(conversation_id)


def _to_its_end(news: Iterator[News], reading: Iterator[FollowedLeg]) -> Iterator[News]:
    """What a leg has gained; then the next one is read."""
    yield from news
    next(reading, None)
