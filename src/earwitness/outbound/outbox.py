"""What is to be told, until it is: rows of the catalog, so that nothing is forgotten over a restart."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from earwitness.clock import Clock, SystemClock, uuid7
from earwitness.errors import NotFound
from earwitness.outbound.post import send
from earwitness.settings.outbound import Endpoint
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rows import Row
from earwitness.store.telling_schema import outbox as _table
from earwitness.store.types import moment

WAITS_S = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600)  # after so many failed tries
KEPT = timedelta(days=30)  # what is done with is forgotten then
AT_ONCE = 100
WAITING, DELIVERED, FAILED, ERASED = "waiting", "delivered", "failed", "erased"
_FRESH: dict[str, Any] = {"state": WAITING, "attempts": 0, "problem": "", "delivered_at": None}
Send = Callable[[Endpoint, str, Mapping[str, Any], float], str]


class DeliveryRow(Row, frozen=True, kw_only=True):
    """One thing that one endpoint is told."""

    TABLE: ClassVar[str] = "outbox"
    id: str
    workspace_id: str
    conversation_id: str
    event: str
    endpoint: str
    body: dict[str, Any] | None
    state: str
    attempts: int
    problem: str
    created_at: datetime
    next_at: datetime
    delivered_at: datetime | None


class Outbox:
    """What the endpoints of the settings are told. Each is told each thing once, and perhaps once more where
    a program was killed between being heard and noting it: `webhook-id` is the same then."""

    def __init__(
        self,
        database: Database,
        endpoints: Mapping[str, Endpoint],
        *,
        clock: Clock | None = None,
        send: Send = send,
    ) -> None:
        self._database = database
        self._endpoints = endpoints
        self._clock = clock or SystemClock()
        self._send = send

    def put(
        self,
        event: str,
        data: Mapping[str, Any],
        *,
        workspace: str,
        conversation: str = "",
        about: str,
        only: tuple[str, ...] = (),
    ) -> int:
        """Every endpoint that wants this is told of it, unless it has been: `about` says what is one thing.

        `only`: names of endpoints; empty: all that want it. Returns how many are told now.
        """
        now = self._now()
        kind = event if event == "alert" else f"conversation.{event}"
        row = {
            "workspace_id": workspace,
            "conversation_id": conversation,
            "event": event,
            "about": about,
            "body": {"type": kind, "timestamp": now.isoformat(), "data": dict(data)},
            **_FRESH,
            "created_at": now,
            "next_at": now,
        }
        return sum(
            self._insert({**row, "id": f"msg_{uuid7()}", "endpoint": name})
            for name, endpoint in self._endpoints.items()
            if endpoint.wants(event, workspace) and (not only or name in only)
        )

    def _insert(self, row: dict[str, Any]) -> bool:
        known = sa.select(_table.c.id).where(
            _table.c.endpoint == row["endpoint"], _table.c.about == row["about"]
        )
        try:
            with self._database.writing() as connection:
                if connection.scalar(known) is not None:
                    return False
                connection.execute(sa.insert(_table), row)
        except IntegrityError:  # another process was faster
            return False
        return True

    def deliver(self) -> int:
        """Try what is due; an endpoint that fails is left alone until its time. How much was taken."""
        due = self._rows(_table.c.state == WAITING, _table.c.next_at <= self._now(), limit=AT_ONCE)
        failing: set[str] = set()
        count = 0
        for row in due:
            if row.endpoint not in failing:
                was_taken = self._try(row)
                count += was_taken
                if not was_taken:
                    failing.add(row.endpoint)
        return count

    def _try(self, row: DeliveryRow) -> bool:
        endpoint = self._endpoints.get(row.endpoint)
        if endpoint is None or row.body is None:
            self._set(row.id, state=FAILED, problem="no endpoint of this name is configured any more")
            return False
        now = self._now()
        problem = self._send(endpoint, row.id, row.body, now.timestamp())
        attempts = row.attempts + 1
        if not problem:
            self._set(row.id, state=DELIVERED, attempts=attempts, problem="", delivered_at=self._now())
            return True
        if attempts > len(WAITS_S):
            self._set(row.id, state=FAILED, attempts=attempts, problem=problem)
            return False
        wait_s = WAITS_S[attempts - 1] * random.uniform(0.5, 1.5)  # noqa: S311  so that not all come at once
        self._set(row.id, attempts=attempts, problem=problem, next_at=now + timedelta(seconds=wait_s))
        return False

    def replay(self, workspace: str, delivery: str) -> DeliveryRow:
        """It is told once more, under the same id, now. Raises `NotFound`; so too where it was erased."""
        mine = (_table.c.workspace_id == workspace) & (_table.c.id == delivery) & (_table.c.state != ERASED)
        with self._database.writing() as connection:
            changed = connection.execute(sa.update(_table).where(mine).values(**_FRESH, next_at=self._now()))
        if not changed.rowcount:
            raise NotFound(f"no delivery {delivery}", hint="See what there is: earwitness outbox list.")
        return self._rows(_table.c.id == delivery, limit=1)[0]

    def list(self, workspace: str, *, state: str | None = None, limit: int = 100) -> tuple[DeliveryRow, ...]:
        """What was or is to be told, the newest first."""
        where = [_table.c.workspace_id == workspace, *([_table.c.state == state] if state else [])]
        wanted = sa.select(*columns(DeliveryRow)).where(*where).order_by(_table.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return tuple(to_row(DeliveryRow, row) for row in connection.execute(wanted))

    def counts(self, workspace: str) -> dict[str, int]:
        """How many of a workspace are in each state."""
        counted = (
            sa.select(_table.c.state, sa.func.count())
            .where(_table.c.workspace_id == workspace)
            .group_by(_table.c.state)
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def purge(self, workspace: str, conversation: str) -> None:
        """Nothing that was told of this conversation is here any more; what still waited is not told."""
        mine = (_table.c.workspace_id == workspace) & (_table.c.conversation_id == conversation)
        with self._database.writing() as connection:
            connection.execute(
                sa.update(_table)
                .where(mine, _table.c.event != ERASED)
                .values(body=None, state=ERASED, problem="")
            )

    def tidy(self) -> int:
        """Forget what has long been done with."""
        old = (_table.c.state != WAITING) & (_table.c.created_at < self._now() - KEPT)
        with self._database.writing() as connection:
            return connection.execute(sa.delete(_table).where(old)).rowcount

    def _set(self, delivery: str, **values: Any) -> None:
        with self._database.writing() as connection:
            is_it = (_table.c.id == delivery) & (_table.c.state != ERASED)
            connection.execute(sa.update(_table).where(is_it).values(values))

    def _rows(self, *where: sa.ColumnElement[bool], limit: int) -> tuple[DeliveryRow, ...]:
        wanted = sa.select(*columns(DeliveryRow)).where(*where).order_by(_table.c.next_at, _table.c.id)
        with self._database.reading() as connection:
            return tuple(to_row(DeliveryRow, row) for row in connection.execute(wanted.limit(limit)))

    def _now(self) -> datetime:
        return moment(self._clock.now().wall_ns)
