"""A person is erased as a whole: calls, register, trail; the log still proves itself."""

from pathlib import Path

import pytest

from earwitness.errors import InvalidInput
from earwitness.library import Library
from earwitness.privacy.access import Access
from earwitness.privacy.proof import leaf_hash, leaf_of
from earwitness.settings import Settings
from journal_legs import Legs
from recorded import copy_of, recording

SUBJECT = "RID-order"  # of one call each of two providers


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(Settings(data_dir=str(copy_of(recording(), tmp_path))))
    library.access = Access(library.audit, "read", workspace="default", actor="key:ana", is_repeated=True)
    library.subjects.add("default", [SUBJECT])
    return library


def test_a_person_is_gone_and_the_trail_still_proves_itself(library: Library) -> None:
    calls = [recorded.id for recorded in library.conversations(subject=SUBJECT)]
    assert len(calls) == 2
    for call in calls:
        library.conversation(call)
    others = sum(1 for _ in library.conversations()) - len(calls)
    assert [e.state for e in library.erase_subject(SUBJECT, reason="their request")] == ["done", "done"]
    assert sum(1 for _ in library.conversations()) == others
    assert not library.subjects.has("default", SUBJECT)
    entries = list(library.audit.every())
    assert SUBJECT not in str(entries)
    assert all(leaf_hash(leaf_of(entry.leaf())).hex() == entry.leaf_hash for entry in entries)
    assert "key:ana" in str(entries), "who looked stays known"
    library.catalog.close()
    left = b"".join(p.read_bytes() for p in library.data_path.rglob("*") if p.is_file())
    assert SUBJECT.encode() not in left


def test_a_person_with_a_held_call_is_erased_but_for_that_and_later_wholly(library: Library) -> None:
    held, free = (recorded.id for recorded in library.conversations(subject=SUBJECT))
    library.hold(held, reason="case 17")
    states = {e.conversation_id: e.state for e in library.erase_subject(SUBJECT)}
    assert states == {held: "deferred", free: "done"}
    assert library.subjects.has("default", SUBJECT)
    assert SUBJECT in str(list(library.audit.every()))
    library.release(held)
    assert not library.subjects.has("default", SUBJECT)
    assert SUBJECT not in str(list(library.audit.every()))
    assert SUBJECT not in str(library.erasures.list("default"))


def test_nobody_is_erased_by_an_empty_name(library: Library) -> None:
    with pytest.raises(InvalidInput):
        library.erase_subject("")


def test_a_call_whose_work_ends_before_it_is_sealed_is_sealed_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(50, "item", "Hello?")
        leg.end(900)

    def killed(*_: object) -> None:
        raise SystemExit(9)

    for _ in range(2):
        dying = Library(Settings(data_dir=str(tmp_path)))
        monkeypatch.setattr(dying, "seal", killed)
        with pytest.raises(SystemExit):
            dying.catch_up()
        dying.catalog.close()
    library = Library(Settings(data_dir=str(tmp_path)))
    library.catch_up()
    (call,) = library.conversations()
    (seal,) = (entry for entry in library.audit.every() if entry.action == "seal")
    assert seal.facts["files"] == {artifact.name: artifact.sha256 for artifact in call.artifacts()}
    assert library.prove() == []
    library.catalog.close()
