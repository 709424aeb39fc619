from earwitness.privacy.access import Access, os_user
from earwitness.privacy.audit import Audit, Outcome


def access(audit: Audit, **options: bool) -> Access:
    return Access(audit, "read", workspace="default", actor="key:a", facts={"route": "GET /x"}, **options)


def test_one_asking_is_one_entry_however_much_it_touches(audit: Audit) -> None:
    one = access(audit)
    one.touch("c1", "RID1")
    one.touch("c2")
    one.note(Outcome.FAILED)
    [entry] = audit.every()
    assert (entry.conversation_id, entry.outcome, entry.known("subject")) == ("c1", "done", "RID1")


def test_a_late_one_waits_for_how_it_came_out(audit: Audit) -> None:
    one = access(audit, is_late=True)
    one.touch("c1")
    one.miss("c9")
    assert audit.size() == 0
    one.note(Outcome.DENIED, status=404)
    [entry] = audit.every()
    assert (entry.outcome, entry.facts) == ("denied", {"route": "GET /x", "status": 404})
    assert entry.known("asked") == "c9"


def test_a_program_that_asks_often_leaves_an_entry_each_time(audit: Audit) -> None:
    one = access(audit, is_repeated=True)
    for conversation in ("c1", "c1", None):
        one.touch(conversation)
    assert [entry.conversation_id for entry in audit.every()] == ["c1", "c1", None]


def test_whoever_runs_a_program_has_a_name() -> None:
    assert os_user("cli").startswith("cli:")
