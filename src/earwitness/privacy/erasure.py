"""Erasing: keys first, then every copy, then the rows; a certificate of what is gone, and a tombstone.

A hold or another reason to keep wins: then the request is deferred and done when nothing stands against it.
Killed at any moment and started again, an erasure goes on to its end.
"""

import contextlib
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from earwitness.clock import Clock, SystemClock, uuid7
from earwitness.errors import Conflict, NotFound, StorageUnavailable
from earwitness.journal import recovery
from earwitness.journal.reader import is_live
from earwitness.journal.segment import segment_paths
from earwitness.model.conversation import Status
from earwitness.privacy import requests
from earwitness.privacy.audit import Audit, Outcome, written
from earwitness.privacy.holds import is_held, take_turns
from earwitness.privacy.requests import Erasure
from earwitness.privacy.tombstones import Tombstone, Tombstones
from earwitness.store import legs, shipments, trail
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
from earwitness.store.objects import Objects, path_for
from earwitness.store.rows import ConversationRow
from earwitness.store.subjects import Subjects
from earwitness.store.types import moment, storable_text

HELD = "a legal hold"
RUNNING = "the call is still running"
_table = trail.erasures
Keeper = Callable[[ConversationRow], str]  # why it must stay; empty: it need not
Purger = Callable[[ConversationRow], None]  # removes what is kept elsewhere of it, without a trace


class Keyring(Protocol):
    """Whoever holds keys by the names of legs and conversations."""

    def destroy(self, owner: str) -> list[str]:
        """No key of this owner is anywhere afterwards; the ids of those that were."""


class Erasures:
    """Erases conversations. `keepers` and `purgers` are asked in order; others add theirs."""

    def __init__(
        self,
        catalog: Catalog,
        objects: Objects,
        audit: Audit,
        subjects: Subjects,
        *,
        folder_of: Callable[[str], Path],
        keyring: Keyring | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._catalog = catalog
        self._database = catalog.database
        self._objects = objects
        self._audit = audit
        self._subjects = subjects
        self._tombstones = Tombstones(self._database, objects)
        self._folder_of = folder_of
        self._keyring = keyring
        self._clock = clock or SystemClock()
        self.keepers: list[Keeper] = []
        self.purgers: list[Purger] = []

    def erase(self, row: ConversationRow, *, reason: str, by: str) -> Erasure:
        """Erase it, or keep the request where something stands against it: see `state`.

        Raises `Conflict` while the call runs, `StorageUnavailable` where something cannot be removed; asked
        again it goes on.
        """
        [erasure] = self.finish([self.ask(row, reason=reason, by=by)])
        return erasure

    def ask(self, row: ConversationRow, *, reason: str, by: str, for_subject: bool = False) -> Erasure:
        """The request is kept and in the trail; nothing is gone before `finish`.

        Raises `Conflict` while the call runs; but for a subject: then it is deferred.
        """
        is_running = self._is_running(row)
        if is_running and not for_subject:
            raise Conflict(f"conversation {row.id} is still running", hint="End the call first.")
        erasure = self._begin(row, reason, RUNNING if is_running else "", for_subject=for_subject)
        is_deferred = erasure.state == "deferred"
        self._audit.note(
            "erase",
            workspace=row.workspace_id,
            outcome=Outcome.DEFERRED if is_deferred else Outcome.DONE,
            conversation=row.id,
            facts={"erasure": erasure.id, "because": erasure.deferred_because},
            actor=by,
            subject=row.subject,
            reason=reason,
        )
        return erasure

    def finish(self, erasures: Sequence[Erasure]) -> list[Erasure]:
        """Nothing is left of those under way; the others stay as they are. Together they take less."""
        journals = {each.id: self._remove(each) for each in erasures if each.state == "under_way"}
        if journals:
            self._database.scrub()
        return [self._certify(each, journals[each.id]) if each.id in journals else each for each in erasures]

    def go_on(self) -> list[Erasure]:
        """Do what was begun and not ended, and what was deferred and need not be any more; all of it."""
        going = []
        for erasure in requests.waiting(self._database):
            try:
                row = self._catalog.get(erasure.workspace_id, erasure.conversation_id)
            except NotFound:
                going += [erasure] if erasure.state == "under_way" else []
                continue
            if not self._is_running(row):
                for_subject = bool(erasure.certificate["subject"])
                going.append(self._begin(row, erasure.reason, "", for_subject=for_subject))
        return [done for done in self.finish(going) if done.state == "done"]

    def obey(self) -> int:
        """What was erased and is there again, from a backup or a forgotten disk, goes again. How much did."""
        known, count = set(self._tombstones.known()), 0
        for stone in self._tombstones.every():
            if not known.issuperset(stone.ids):
                self._tombstones.mark(stone, moment(self._clock.now().wall_ns))
            for leg in stone.legs:
                count += self._remove_journal(self._folder_of(leg))
            for owner in stone.ids:
                self._destroy_keys(owner)
            count += self._remove_objects(stone.objects, stone.folder)
            try:
                self._catalog.remove(stone.workspace, stone.conversation)
                count += 1
            except NotFound:
                continue
        if count:
            self._database.scrub()
        return count

    def of(self, workspace: str, conversation: str) -> tuple[Erasure, ...]:
        """Every request about this conversation, oldest first."""
        return requests.of(self._database, workspace, conversation)

    def list(self, workspace: str, state: str | None = None) -> tuple[Erasure, ...]:
        """Every request of the workspace, or those in this state, oldest first."""
        return requests.in_state(self._database, workspace, state)

    # -- one erasure ----------------------------------------------------------------------------------

    def _is_running(self, row: ConversationRow) -> bool:
        ids = legs.of_conversation(self._database, row.workspace_id, row.id)
        return row.status == Status.ACTIVE or any(is_live(self._folder_of(leg)) for leg in ids)

    def _begin(self, row: ConversationRow, reason: str, because: str, *, for_subject: bool) -> Erasure:
        """Under way, unless something stands against it. A hold that comes later comes too late."""
        kept = because or next((why for keeper in self.keepers if (why := keeper(row))), "")
        plan = {
            "legs": legs.of_conversation(self._database, row.workspace_id, row.id),
            "objects": [a.path for a in self._catalog.artifacts(row.workspace_id, row.id)]
            + shipments.paths(self._database, row.workspace_id, row.id),
            "folder": path_for(row.began_at_ns, row.id, "x").rpartition("/")[0],
            "subject": row.subject if for_subject else None,  # only until it is done
        }
        with self._database.writing() as connection:
            take_turns(connection)
            kept = HELD if is_held(connection, row.workspace_id, row.id) else kept
            erasure = requests.open_one(connection, row) or self._request(row, reason)
            if erasure.state == "under_way":
                return erasure
            plan["subject"] = plan["subject"] or erasure.certificate.get("subject")
            erasure = msgspec.structs.replace(
                erasure,
                state="deferred" if kept else "under_way",
                deferred_because=kept,
                certificate=plan,
            )
            requests.put(connection, erasure)
        return erasure

    def _request(self, row: ConversationRow, reason: str) -> Erasure:
        return Erasure(
            id=str(uuid7()),
            workspace_id=row.workspace_id,
            conversation_id=row.id,
            requested_at=moment(self._clock.now().wall_ns),
            done_at=None,
            state="",
            reason=storable_text(reason),
            deferred_because="",
            certificate={},
        )

    def _remove(self, erasure: Erasure) -> dict[str, Any]:
        """Keys first, then all else; what its journals were."""
        plan, workspace, conversation = (
            erasure.certificate,
            erasure.workspace_id,
            erasure.conversation_id,
        )
        now = moment(self._clock.now().wall_ns)
        self._tombstones.put(_tombstone(erasure, now), now)
        keys = [key for owner in (conversation, *plan["legs"]) for key in self._destroy_keys(owner)]
        journals = {leg: _shape(self._folder_of(leg)) for leg in plan["legs"]}
        with contextlib.suppress(NotFound):  # its row went already: it was interrupted
            row = self._catalog.get(workspace, conversation)
            for purge in self.purgers:
                purge(row)
        self._remove_objects(plan["objects"], plan.get("folder", ""))
        for leg in plan["legs"]:
            self._remove_journal(self._folder_of(leg))
        with contextlib.suppress(NotFound):
            self._catalog.remove(workspace, conversation)
        shipments.remove(self._database, workspace, conversation)
        return {"keys_destroyed": keys, "journals": journals}

    def _certify(self, erasure: Erasure, gone: dict[str, Any]) -> Erasure:
        plan = dict(erasure.certificate)
        subject = plan.pop("subject", None)
        workspace, conversation = erasure.workspace_id, erasure.conversation_id
        now = moment(self._clock.now().wall_ns)
        certificate = {
            "erasure": erasure.id,
            "workspace": workspace,
            "conversation": conversation,
            "requested_at": written(erasure.requested_at),
            "erased_at": written(now),
            **gone,
            **plan,
        }
        done = msgspec.structs.replace(erasure, state="done", done_at=now, certificate=certificate)
        with self._database.writing() as connection:
            requests.put(connection, done)
        facts = {key: certificate[key] for key in ("erasure", "legs", "keys_destroyed")}
        self._audit.note("erased", workspace=workspace, conversation=conversation, facts=facts)
        if subject and not self._catalog.find(ConversationQuery(workspace=workspace, subject=subject)).items:
            self.forget(workspace, subject)
        return done

    def forget(self, workspace: str, subject: str, *, by: str = "system") -> None:
        """The name goes from the register and from the trail; the leaves of the tree stay as they were."""
        self._subjects.remove(workspace, subject)
        struck = self._audit.strike(workspace, subject)
        facts = {"struck": [[number, name] for number, name in struck]}
        self._audit.note("forget", workspace=workspace, facts=facts, actor=by)
        self._database.scrub()

    def _destroy_keys(self, owner: str) -> Sequence[str]:
        return self._keyring.destroy(owner) if self._keyring else ()

    def _remove_objects(self, paths: Sequence[str], folder: str) -> int:
        """These are gone, and whatever else lies in the conversation's folder: work that was killed may have
        put it there."""
        if folder:
            self._objects.abandon(folder)
        left = [info.path for info in self._objects.list(folder)] if folder else []
        return sum(self._objects.delete(path) for path in {*paths, *left})

    def _remove_journal(self, folder: Path) -> bool:
        """It is gone afterwards: what stayed of it, a reindex would bring back."""
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageUnavailable(
                f"{error.filename}: {error.strerror}", hint="Is the data folder writable?"
            ) from error
        return True


def _tombstone(erasure: Erasure, at: datetime) -> Tombstone:
    return Tombstone(
        erasure=erasure.id,
        workspace=erasure.workspace_id,
        conversation=erasure.conversation_id,
        erased_at=written(at),
        legs=erasure.certificate["legs"],
        objects=erasure.certificate["objects"],
        folder=erasure.certificate.get("folder", ""),
    )


def _shape(folder: Path) -> dict[str, Any]:
    """What a journal was, without what was in it."""
    if not segment_paths(folder):
        return {"blocks": 0, "head": ""}
    found = recovery.verify(folder)
    return {"blocks": found.blocks, "head": found.head}
