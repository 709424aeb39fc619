"""The desk's background work, on real journals: it follows, finishes, and outlives a catalog that is away."""

import sqlite3
import threading
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

import earwitness
from earwitness.errors import InUse
from earwitness.library import Library
from earwitness.server.worker import Worker
from earwitness.settings import Settings
from earwitness.store.artifacts import LAST_MADE
from served import until


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(Settings(data_dir=str(tmp_path)))


@pytest.fixture
def worker(library: Library) -> Iterator[Worker]:
    worker = Worker(library)
    worker.start()
    yield worker
    worker.stop()


def a_call(library: Library, text: str) -> str:
    """A call of one typed message, begun and ended; its id."""
    item = {"id": "i", "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    with earwitness.record(provider="openai", data_dir=library.data_path) as leg:
        leg.received({"type": "conversation.item.added", "event_id": "e", "item": item})
        leg.received({"type": "conversation.item.done", "event_id": "f", "item": item})
    return leg.conversation


def texts(library: Library) -> list[str]:
    return [m.text for recorded in library.conversations() for m in recorded.messages()]


def made(library: Library, conversation: str) -> set[str]:
    return {artifact.name for artifact in library.conversation(conversation).artifacts()}


def test_what_is_recorded_becomes_rows_and_then_files(library: Library, worker: Worker) -> None:
    conversation = a_call(library, "hello")
    until(lambda: texts(library) == ["hello"], 10)
    until(lambda: LAST_MADE in made(library, conversation), 30)
    assert worker.trouble() is None
    assert library.due() == ()


def test_a_catalog_that_is_locked_for_a_while_loses_nothing(library: Library, worker: Worker) -> None:
    until(lambda: worker.trouble() is None, 5)
    with sqlite3.connect(library.data_path / "catalog.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        a_call(library, "said while it was locked")
        until(lambda: worker.trouble() is not None, 15, "nobody is told")
        assert "catalog behind" in str(worker.trouble())
        other.execute("ROLLBACK")
    other.close()
    until(lambda: texts(library) == ["said while it was locked"], 15)
    until(lambda: worker.trouble() is None, 5)


def test_whoever_is_in_the_way_for_a_while_does_not_end_following(
    library: Library, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    into, other = a_call(library, "one"), a_call(library, "two")
    until(lambda: sorted(texts(library)) == ["one", "two"], 10)
    until(lambda: LAST_MADE in made(library, into) & made(library, other), 30)

    def is_busy(*_: object) -> None:
        raise InUse("the lake is in use by process 1")

    with monkeypatch.context() as patch:
        patch.setattr(library.columns, "remove", is_busy)
        library.join(into, [other])
        until(lambda: worker.trouble() is not None, 15, "nobody is told")
    until(lambda: len(library.conversation(into).legs()) == 2, 15)
    until(lambda: worker.trouble() is None, 5)


def test_a_fault_of_ours_in_one_call_does_not_end_following_and_its_text_is_not_told(
    library: Library, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("hello")

    with monkeypatch.context() as patch:
        patch.setattr(library.catalog, "put", fails)
        a_call(library, "hello")
        until(lambda: worker.trouble() is not None, 15, "nobody is told")
        assert str(worker.trouble()).startswith("following failed: RuntimeError in fails, line ")
        assert "hello" not in str(worker.trouble())
    until(lambda: texts(library) == ["hello"], 15)
    until(lambda: worker.trouble() is None, 5)


def test_what_was_left_undone_is_done_at_the_next_start(library: Library) -> None:
    conversation = a_call(library, "hello")
    library.follower().tick()
    assert [found for _, found in library.due()] == [conversation]
    worker = Worker(library)
    worker.start()
    until(lambda: LAST_MADE in made(library, conversation), 30)
    worker.stop()


def test_stopped_it_has_taken_in_the_last_words_and_says_that_nobody_follows_now(library: Library) -> None:
    worker = Worker(library)
    worker.start()
    a_call(library, "goodbye")
    worker.stop()
    assert texts(library) == ["goodbye"]
    assert "nobody follows" in str(worker.trouble())


def test_stopped_in_the_middle_of_its_work_it_leaves_neither_process_nor_a_thread_of_its_pool(
    library: Library,
) -> None:
    a_call(library, "hello")
    before = {thread.name for thread in threading.enumerate()}
    worker = Worker(library)
    worker.start()
    until(active_children, 15, "nobody makes files")
    worker.stop()
    may_hang_at_a_sink = {"earwitness-house"}
    assert {thread.name for thread in threading.enumerate()} <= before | may_hang_at_a_sink
    assert active_children() == []
