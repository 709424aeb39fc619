from asked import Asker
from earwitness.privacy.proof import read_checkpoint


def test_the_trail_is_paged_newest_first_and_of_one_workspace(asker: Asker, order: str) -> None:
    for _ in range(3):
        asker.ask(f"/api/v1/conversations/{order}")
    asker.ask("/api/v1/conversations", "other")
    page = asker.ask(f"/api/v1/audit?conversation={order}&limit=2", "admin").json()
    assert len(page["entries"]) == 2
    assert {entry["workspace"] for entry in page["entries"]} == {"default"}
    assert page["entries"][0]["name"] == "read"
    older = asker.ask(f"/api/v1/audit?limit=2&cursor={page['next_cursor']}", "admin").json()
    assert older["entries"][0]["number"] < page["entries"][-1]["number"]
    theirs = asker.ask("/api/v1/audit?limit=1000", "other").json()["entries"]
    assert {entry["workspace"] for entry in theirs} == {"acme"}


def test_a_cursor_beyond_all_numbers_of_a_database_is_a_wrong_cursor(asker: Asker) -> None:
    assert asker.ask(f"/api/v1/audit?cursor={2**63 - 1}", "admin").status_code == 200
    assert asker.ask(f"/api/v1/audit?cursor={2**63}", "admin").status_code == 422


def test_only_who_may_do_everything_sees_who_did_what(asker: Asker) -> None:
    for path in ("/api/v1/audit", "/api/v1/audit/checkpoint"):
        assert asker.ask(path, "write").status_code == 403


def test_the_newest_checkpoint_is_handed_out(asker: Asker) -> None:
    note = asker.ask("/api/v1/audit/checkpoint", "admin").text
    found = read_checkpoint(note, asker.library.checkpoints.public_key)
    assert found is not None
    assert 0 < found.size <= asker.library.audit.size()
