"""What leaves by itself after a call: a copy in a named layout to a mirror, a trace to a collector.

Level-triggered: whatever has ended and its target lacks is due, however often it was begun. Sent again it is
the same. What is erased here is erased there.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from msgspec.structs import replace

from earwitness.clock import Clock, SystemClock
from earwitness.desk.recorded import Recorded
from earwitness.errors import NotFound, StorageUnavailable
from earwitness.exports.otlp import check, send
from earwitness.exports.spans import spans, trace_id
from earwitness.privacy.audit import Audit
from earwitness.settings import Settings
from earwitness.settings.outbound import Otel
from earwitness.store import deliveries
from earwitness.store.artifacts import LAST_MADE
from earwitness.store.chosen import objects_at
from earwitness.store.database import Database
from earwitness.store.deliveries import Delivery
from earwitness.store.objects import Objects
from earwitness.store.rows import ConversationRow
from earwitness.store.types import moment

FIRST_WAIT_S, LONGEST_WAIT_S = 10.0, 3600.0
TRACES_SINCE = timedelta(days=1)  # collectors refuse old spans; turning it on does not send years
MIRROR, TRACES = "mirror", "traces"
_PIECE_BYTES = 1 << 20


class Carrier(Protocol):
    """Knows what is due elsewhere, and takes it there."""

    def due(self) -> Iterable[tuple[str, str]]:
        """(workspace, id) of conversations."""

    def ship(self, workspace: str, conversation: str) -> None:
        """Raises `StorageUnavailable` where it is not taken now, `NotFound` where it is erased."""


class Target(Protocol):
    """Somewhere that conversations go. `name` says what it is, and where, for the catalog."""

    name: str
    action: str  # as the trail calls it
    since: timedelta | None  # what ended longer ago is not sent

    def send(self, recorded: Recorded) -> list[str]:
        """It is there, as it is now; the paths of what lies there. Raises `StorageUnavailable`."""


class Mirror:
    """Files in a named layout, in a bucket or a folder, in the open."""

    action = "mirror"
    since: timedelta | None = None

    def __init__(self, url: str, layout: str, objects: Objects, scratch: Path) -> None:
        self.name = f"{MIRROR}:{layout}:{url}"
        self._layout = layout
        self._objects = objects
        self._scratch = scratch

    def send(self, recorded: Recorded) -> list[str]:
        try:
            self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
            with TemporaryDirectory(dir=self._scratch) as folder:
                return self._put(recorded.export(folder, self._layout), Path(folder))
        except OSError as error:  # no room for the files while they are made
            raise StorageUnavailable(
                f"{self._scratch}: {error.strerror}", hint="Is there room in it?"
            ) from error

    def _put(self, made: list[Path], folder: Path) -> list[str]:
        paths = [path.relative_to(folder).as_posix() for path in made]
        for path, file in zip(paths, made, strict=True):
            with file.open("rb") as source:
                self._objects.put(path, iter(partial(source.read, _PIECE_BYTES), b""), replace=True)
        return paths


class Traces:
    """Spans to a collector of OpenTelemetry. Raises `SettingsError` without the extra `otel`."""

    action = "trace"
    since: timedelta | None = TRACES_SINCE

    def __init__(self, how: Otel) -> None:
        check()
        self.name = f"{TRACES}:{how.traces_url}"
        self._how = how

    def send(self, recorded: Recorded) -> list[str]:
        conversation = recorded.conversation
        send(self._how, trace_id(conversation), spans(conversation, with_content=self._how.content))
        return []


class Delivering:
    """Takes to one target what it lacks."""

    def __init__(
        self,
        target: Target,
        database: Database,
        audit: Audit,
        open_recorded: Callable[[str, str], Recorded],
        *,
        take_back: Callable[[str, list[str]], None],
        clock: Clock | None = None,
    ) -> None:
        self._target = target
        self._database = database
        self._audit = audit
        self._open = open_recorded
        self._take_back = take_back
        self._clock = clock or SystemClock()

    def due(self) -> tuple[tuple[str, str], ...]:
        """(workspace, id) of conversations that `ship` has something to do for."""
        for row in deliveries.orphans(self._database, self._target.name):
            self._forget(row)
        since = self._now() - self._target.since if self._target.since else None
        return deliveries.due(self._database, self._target.name, LAST_MADE, self._now(), since=since)

    def ship(self, workspace: str, conversation: str) -> None:
        """Send it. Raises `StorageUnavailable` where the target does not take it; it is due again later."""
        recorded = self._open(workspace, conversation)
        made_at = next(each.made_at for each in recorded.artifacts() if each.name == LAST_MADE)
        known = deliveries.of_conversation(self._database, workspace, conversation)
        before = next((each for each in known if each.target == self._target.name), None)
        row = before or self._none(workspace, conversation)
        try:
            paths = self._target.send(recorded)
        except StorageUnavailable as error:
            self._save(row, attempts=row.attempts + 1, problem=str(error))
            raise
        try:
            self._save(row, made_at=made_at, paths=paths)
            self._open(workspace, conversation)
        except NotFound:  # erased while it was on its way
            self._forget(replace(row, paths=paths))
            raise
        self._take_back(self._target.name, sorted(set(row.paths) - set(paths)))
        facts = {"to": self._target.name, "files": len(paths)}
        self._audit.note(self._target.action, workspace=workspace, conversation=conversation, facts=facts)

    def _forget(self, row: Delivery) -> None:
        self._take_back(row.target, row.paths)
        deliveries.remove(self._database, row.workspace_id, row.conversation_id, row.target)

    def _none(self, workspace: str, conversation: str) -> Delivery:
        return Delivery(
            workspace_id=workspace,
            conversation_id=conversation,
            target=self._target.name,
            made_at=None,
            paths=[],
            attempts=0,
            problem="",
            again_at=None,
            changed_at=self._now(),
        )

    def _save(
        self,
        row: Delivery,
        *,
        made_at: datetime | None = None,
        paths: list[str] | None = None,
        attempts: int = 0,
        problem: str = "",
    ) -> None:
        wait_s = min(FIRST_WAIT_S * 2 ** max(attempts - 1, 0), LONGEST_WAIT_S)
        now = self._now()
        again_at = now + timedelta(seconds=wait_s) if problem else None
        paths = row.paths if paths is None else paths
        told = {"made_at": made_at, "paths": paths, "attempts": attempts, "problem": problem}
        deliveries.save(self._database, replace(row, **told, again_at=again_at, changed_at=now))

    def _now(self) -> datetime:
        return moment(self._clock.now().wall_ns)


def carriers(
    settings: Settings,
    database: Database,
    audit: Audit,
    open_recorded: Callable[[str, str], Recorded],
    scratch: Path,
) -> list[Carrier]:
    """One for each target that is set. Raises `SettingsError` where one needs what is not installed."""
    targets: list[Target] = []
    if url := settings.mirror.url:
        targets.append(Mirror(url, settings.mirror.layout, objects_at(url, settings), scratch))
    if settings.otel.traces_url:
        targets.append(Traces(settings.otel))
    back = partial(take_back, settings)
    return [Delivering(each, database, audit, open_recorded, take_back=back) for each in targets]


def take_back(settings: Settings, target: str, paths: list[str]) -> None:
    """Nothing lies there under these paths afterwards, whether the target is still set or not."""
    kind, _, rest = target.partition(":")
    if kind == MIRROR and paths:
        objects = objects_at(rest.partition(":")[2], settings)
        for path in paths:
            objects.delete(path)


def purge(database: Database, settings: Settings, row: ConversationRow) -> None:
    """What mirrors have of a conversation that is erased goes too. Raises `StorageUnavailable`."""
    for each in deliveries.of_conversation(database, row.workspace_id, row.id):
        take_back(settings, each.target, each.paths)
        deliveries.remove(database, row.workspace_id, row.id, each.target)
