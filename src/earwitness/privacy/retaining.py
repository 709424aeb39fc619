"""Carrying out the rules of retention: the same plan, looked at or done."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from earwitness.errors import Conflict, NotFound
from earwitness.privacy import two_clocks
from earwitness.privacy.erasure import HELD, Erasures
from earwitness.privacy.holds import is_held
from earwitness.privacy.originals import Originals
from earwitness.privacy.retention import Due, Rules, every
from earwitness.privacy.two_clocks import Look
from earwitness.store import schema
from earwitness.store.catalog import Catalog
from earwitness.store.rows import ConversationRow

CLOCK_FILE = "clock.json"  # of the data folder: each machine has clocks of its own


class Retained(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did, or would do."""

    doubt: str = ""  # why nothing is deleted although something is due: the clocks disagree
    due: tuple[Due, ...] = ()
    originals: tuple[Due, ...] = ()  # redacted conversations of which only what is shown is to stay
    deferred: dict[str, str] = {}  # of those that are due: why they stay for now, by id


class Retention:
    """The rules over all workspaces of one installation."""

    def __init__(
        self,
        rules: Rules,
        catalog: Catalog,
        erasures: Erasures,
        folder: Path,
        *,
        originals: Originals | None = None,
        abridge: Callable[[ConversationRow], None] = lambda row: None,
        look: Callable[[], Look] = two_clocks.look,
    ) -> None:
        self.rules = rules
        self._catalog = catalog
        self._erasures = erasures
        self._clock_file = folder / CLOCK_FILE
        self._originals = originals
        self._abridge = abridge
        self._look = look
        erasures.keepers.append(lambda row: rules.why_kept(row, self._now()))

    def plan(self) -> Retained:
        """What a run would do at this moment; nothing is changed."""
        return self._plan(self._judge()[0])

    def run(self) -> Retained:
        """Erase what is due, and the originals that are; but for what is held, and nothing where the clocks
        disagree."""
        doubt, look = self._judge()
        if look is not None:
            two_clocks.remember(self._clock_file, look)
        planned = self._plan(doubt)
        if doubt:
            return planned
        deferred, asked = dict(planned.deferred), []
        for due in planned.due:
            try:
                row = self._catalog.get(due.workspace, due.id)
                erasure = self._erasures.ask(row, reason=f"retention rule {due.rule}", by="retention")
            except NotFound:  # somebody else was faster
                continue
            except Conflict as error:  # it goes on: its end is another one now
                deferred[due.id] = str(error)
                continue
            asked.append(erasure)
            if erasure.state == "deferred":
                deferred[due.id] = erasure.deferred_because
        self._erasures.finish(asked)
        for due in planned.originals:
            if due.id not in deferred:
                with contextlib.suppress(NotFound, Conflict):  # somebody else was faster, or it goes on
                    self._abridge(self._catalog.get(due.workspace, due.id))
        return msgspec.structs.replace(planned, deferred=deferred)

    def _plan(self, doubt: str) -> Retained:
        now = self._now()
        due = tuple(self.rules.due(self._every(now), now)) if self.rules else ()
        gone = {each.id for each in due}
        originals = self._originals.due(now) if self._originals else ()
        originals = tuple(each for each in originals if each.id not in gone)
        with self._catalog.database.reading() as connection:
            all_due = (*due, *originals)
            held = [each.id for each in all_due if is_held(connection, each.workspace, each.id)]
        kept = {each.id: why for each in originals if (why := self._why_kept(each, now))}
        deferred = kept | dict.fromkeys(held, HELD)
        return Retained(doubt=doubt, due=due, originals=originals, deferred=deferred)

    def _every(self, now: datetime) -> Iterator[ConversationRow]:
        with self._catalog.database.reading() as connection:
            workspaces = list(connection.scalars(sa.select(schema.workspaces.c.id)))
        return every(self._catalog, sorted(workspaces), now)

    def _why_kept(self, due: Due, now: datetime) -> str:
        """Who must keep a call must keep it as it was."""
        try:
            return self.rules.why_kept(self._catalog.get(due.workspace, due.id), now)
        except NotFound:
            return ""

    def _judge(self) -> tuple[str, Look | None]:
        return two_clocks.judge(self._look(), two_clocks.remembered(self._clock_file), self._newest_s())

    def _newest_s(self) -> float:
        """The latest time that a clock of ours wrote into a journal; what was imported has others' times."""
        c = schema.legs.c
        newest = sa.select(sa.func.max(c.opened_at)).where(c.way != "import")
        with self._catalog.database.reading() as connection:
            found = connection.scalar(newest)
        return found.timestamp() if found else 0.0

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._look().wall_s, UTC)
