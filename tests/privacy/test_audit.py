import threading
from datetime import UTC, datetime, timedelta

import pytest

from earwitness.errors import InvalidInput
from earwitness.privacy.audit import Audit, AuditQuery, Outcome
from earwitness.privacy.proof import leaf_hash, leaf_of


def test_entries_are_numbered_without_holes_from_many_threads(audit: Audit) -> None:
    def write() -> None:
        for _ in range(10):
            audit.note("read", workspace="default", actor="key:a")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [entry.number for entry in audit.every()] == list(range(40))
    assert audit.size() == 40


def test_no_leaf_holds_a_name(audit: Audit) -> None:
    audit.note("read", workspace="default", actor="key:ana", subject="+44 20 7946 0991", address="10.0.0.7")
    [entry] = audit.every()
    leaf = leaf_of(entry.leaf())
    for secret in (b"ana", b"7946", b"10.0.0.7"):
        assert secret not in leaf
    assert leaf_hash(leaf).hex() == entry.leaf_hash
    assert (entry.known("actor"), entry.known("subject")) == ("key:ana", "+44 20 7946 0991")


def test_a_person_is_forgotten_and_the_leaves_stay_as_they_were(audit: Audit) -> None:
    audit.note("read", workspace="default", actor="login:RID1", query={"subject": "RID1"})
    audit.note("read", workspace="default", actor="key:staff", subject="RID1")
    audit.note("read", workspace="default", actor="key:staff", subject="RID11")
    audit.note("read", workspace="other", actor="key:x", subject="RID1")
    before = [entry.leaf_hash for entry in audit.every()]
    assert audit.strike("default", "RID1") == [(0, "actor"), (0, "query"), (1, "subject")]
    after = list(audit.every())
    assert [entry.leaf_hash for entry in after] == before
    assert [leaf_hash(leaf_of(entry.leaf())).hex() for entry in after] == before
    assert [entry.known("subject") for entry in after] == [None, None, "RID11", "RID1"]
    assert after[1].known("actor") == "key:staff", "who looked is not the person's own"


def test_entries_are_found_by_what_is_asked(audit: Audit) -> None:
    audit.note("read", workspace="default", actor="key:ana", conversation="c1", subject="RID1")
    audit.note("play", workspace="default", actor="key:bob", conversation="c1", outcome=Outcome.DENIED)
    audit.note("read", workspace="acme", actor="key:ana", conversation="c2")

    def numbers(**filters: object) -> list[int]:
        return [entry.number for entry in audit.entries(AuditQuery(workspace="default", **filters))]  # type: ignore[arg-type]

    assert numbers() == [1, 0]
    assert numbers(actor="ana") == numbers(actor="key:ana") == numbers(subject="RID1") == [0]
    assert numbers(action="play") == numbers(outcome="denied") == numbers(conversation="c1", limit=1) == [1]
    assert numbers(before=1) == [0]
    now = datetime.now(UTC)
    assert numbers(since=now + timedelta(hours=1)) == []
    assert numbers(until=now + timedelta(hours=1)) == [1, 0]


def test_a_page_has_a_bound(audit: Audit) -> None:
    with pytest.raises(InvalidInput):
        audit.entries(AuditQuery(limit=10**6))
