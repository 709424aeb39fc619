"""Carrying out the rules of retention: the same plan, looked at or done."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import sqlalchemy as sa

from earwitness.errors import Conflict, NotFound
from earwitness.privacy import two_clocks
from earwitness.privacy.erasure import HELD, Erasures
from earwitness.privacy.holds import is_held
from earwitness.privacy.retention import Due, Rules, every
from earwitness.privacy.two_clocks import Look
from earwitness.store import schema
from earwitness.store.catalog import Catalog

CLOCK_FILE = "clock.json"  # of the data folder: each machine has clocks of its own


class Retained(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did, or would do."""

    doubt: str = ""  # why nothing is deleted although something is due: the clocks disagree
    due: tuple[Due, ...] = ()
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
        look: Callable[[], Look] = two_clocks.look,
    ) -> None:
        self.rules = rules
        self._catalog = catalog
        self._erasures = erasures
        self._clock_file = folder / CLOCK_FILE
        self._look = look
        erasures.keepers.append(lambda row: rules.why_kept(row, self._now()))

    def plan(self) -> Retained:
        """What a run would do at this moment; nothing is changed."""
        return self._plan(self._judge()[0])

    def run(self) -> Retained:
        """Erase what is due, but for what is held; nothing where the clocks disagree."""
        doubt, look = self._judge()
        if look is not None:
            two_clocks.remember(self._clock_file, look)
        planned = self._plan(doubt)
        if doubt:
            return planned
        deferred = dict(planned.deferred)
        for due in planned.due:
            try:
                row = self._catalog.get(due.workspace, due.id)
                done = self._erasures.erase(row, reason=f"retention rule {due.rule}", by="retention")
            except NotFound:  # somebody else was faster
                continue
            except Conflict as error:  # it goes on: its end is another one now
                deferred[due.id] = str(error)
                continue
            if done.state == "deferred":
                deferred[due.id] = done.deferred_because
        return msgspec.structs.replace(planned, deferred=deferred)

    def _plan(self, doubt: str) -> Retained:
        if not self.rules:
            return Retained(doubt=doubt)
        now = self._now()
        with self._catalog.database.reading() as connection:
            workspaces = list(connection.scalars(sa.select(schema.workspaces.c.id)))
        due = tuple(self.rules.due(every(self._catalog, sorted(workspaces), now), now))
        with self._catalog.database.reading() as connection:
            held = [each.id for each in due if is_held(connection, each.workspace, each.id)]
        return Retained(doubt=doubt, due=due, deferred=dict.fromkeys(held, HELD))

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
