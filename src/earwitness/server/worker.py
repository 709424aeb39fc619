"""The desk's background work: follow the journals, and finish what has ended.

One thread looks; a small pool of processes renders. Nothing is queued that could be lost: what is due is
asked of the catalog again at every start.
"""

import contextlib
import logging
import math
import threading
import time
import traceback
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path

from earwitness.errors import EarwitnessError, InUse, StorageUnavailable
from earwitness.library import Library
from earwitness.model.conversation import Status
from earwitness.pipeline.follow import Follower
from earwitness.server.pushing import Pusher
from earwitness.server.shipper import wait_s
from earwitness.settings import Settings

TICK_S = 0.1  # a message is a row within two ticks of reaching the journal
RETRY_S = 2.0
RETENTION_EVERY_S = 3600.0
TELL_EVERY_S = 1.0  # between looks at what others are to be told
HOUSE_EVERY_S = 30.0  # between looks at what is due for the trail and for erasures
REST = 4  # times as long as a look took: under load rows come later, so that answers need not ...
LONGEST_REST_S = 0.6  # ... but not so late that a message is no row within a second

log = logging.getLogger(__name__)


class Worker:
    """Follows the journals of a data folder until stopped."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="earwitness-follow", daemon=True)
        self._house = threading.Thread(target=self._keep_house, name="earwitness-house", daemon=True)
        self._post = threading.Thread(target=self._tell, name="earwitness-tell", daemon=True)
        self._pusher = Pusher(library)
        self._pool = _pool()
        self._under_way: set[str] = set()
        self._may_be_due = threading.Event()  # worth asking the catalog what is to be finished
        self._may_be_due.set()
        self._trouble: str | None = None
        self._failures = 0
        self._again_at_s = math.inf

    def start(self) -> None:
        self._thread.start()
        self._house.start()
        self._post.start()
        self._pusher.start()

    def trouble(self) -> str | None:
        """What keeps it from following, or None."""
        return self._trouble if self._thread.is_alive() else "nobody follows the journals any more"

    def stop(self, timeout_s: float = 10.0) -> None:
        """Take in what has been written so far, then end. Unfinished files are made at the next start."""
        self._stop.set()
        self._pusher.stop()
        self._thread.join(timeout_s)
        for process in active_children():  # half-made files are made again at the next start
            process.terminate()
        # Waited for: a pool that ends while the interpreter does is woken through a pipe it has closed.
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self) -> None:
        self._library.sweep()
        follower = self._library.follower()
        while True:
            stopping = self._stop.is_set()
            began_s = time.monotonic()
            try:
                self._look(follower)
                rest_s = min(max(TICK_S, (time.monotonic() - began_s) * REST), LONGEST_REST_S)
                self._trouble = None
            except EarwitnessError as error:  # a store that is away, a folder in use: it comes to an end
                self._trouble, rest_s = f"catalog behind: {error}", RETRY_S
                log.warning("catalog behind: %s", error)
            except Exception as error:  # noqa: BLE001  a fault of ours in one call must not end it for all others
                self._trouble, rest_s = _fault(error), RETRY_S
                log.error("%s", self._trouble)
                follower = self._library.follower()  # which begins with what the catalog has
            if stopping:
                return
            self._stop.wait(rest_s)

    def _keep_house(self) -> None:
        """In a thread of its own: a sink that hangs must not hold up the rows."""
        retention_at_s = 0.0
        while not self._stop.wait(HOUSE_EVERY_S):
            try:
                if time.monotonic() >= retention_at_s:
                    retention_at_s = time.monotonic() + RETENTION_EVERY_S
                    if doubt := self._library.retention.run().doubt:
                        log.warning("retention deletes nothing: %s", doubt)
                    self._library.tidy_lake()
                    self._library.outbox.tidy()
                for problem in self._library.keep_house():
                    log.warning("%s", problem)
            except (StorageUnavailable, InUse) as error:
                log.warning("protection waits: %s", error)

    def _tell(self) -> None:
        """In a thread of its own: whoever is told may take their time."""
        alerts_at_s = 0.0
        while not self._stop.wait(TELL_EVERY_S):
            try:
                if time.monotonic() >= alerts_at_s:
                    alerts_at_s = time.monotonic() + HOUSE_EVERY_S
                    self._library.look_for_alerts(self._library.not_ready())
                self._library.outbox.deliver()
            except StorageUnavailable as error:
                log.warning("nobody is told for now: %s", error)

    def _look(self, follower: Follower) -> None:
        tick = follower.tick()
        for conversation in tick.changed:
            if conversation.status is Status.ACTIVE:
                self._library.tell_of(conversation)
        if tick.ended:
            self._may_be_due.set()
        if time.monotonic() >= self._again_at_s:
            self._again_at_s = math.inf
            self._may_be_due.set()
        if self._may_be_due.is_set():
            self._may_be_due.clear()
            for workspace, conversation_id in self._library.due():
                self._submit(workspace, conversation_id)

    def _submit(self, workspace: str, conversation_id: str) -> None:
        if conversation_id in self._under_way:
            return
        self._under_way.add(conversation_id)
        try:
            future = self._pool.submit(_finish, self._library.settings, workspace, conversation_id)
        except BrokenProcessPool:
            self._pool = _pool()
            future = self._pool.submit(_finish, self._library.settings, workspace, conversation_id)
        future.add_done_callback(lambda done: self._note(workspace, conversation_id, done))

    def _note(self, workspace: str, conversation_id: str, done: Future[None]) -> None:
        self._under_way.discard(conversation_id)
        if self._stop.is_set() or done.cancelled():
            return
        if error := done.exception():
            log.error("finishing failed, conversation %s: %s", conversation_id, error)
            with contextlib.suppress(StorageUnavailable):  # what counts is that it is tried again
                self._library.catalog.note_failed_save(workspace, conversation_id)
            self._failures += 1
            self._again_at_s = time.monotonic() + wait_s(self._failures)
            return
        self._failures = 0
        if not self._under_way:
            self._may_be_due.set()  # the catalog names a hundred at a time


def _fault(error: Exception) -> str:
    """Which it is and where it arose; not its text, which may hold what people said."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    file = Path(where.filename).name
    return f"following failed: {type(error).__name__} in {where.name}, line {where.lineno} of {file}"


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))


def _finish(settings: Settings, workspace: str, conversation_id: str) -> None:
    try:
        Library(settings).finish(workspace, conversation_id)
    except EarwitnessError as error:
        # Its class may not travel between processes; its words do.
        raise RuntimeError(f"{type(error).__name__}: {error}") from None
