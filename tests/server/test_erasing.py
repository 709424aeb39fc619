import io
import zipfile

from asked import Asker

BASE = "/api/v1/conversations"


def test_a_held_call_survives_every_way_to_delete_it(own_asker: Asker, order: str) -> None:
    held = own_asker.ask(f"{BASE}/{order}/hold", "admin", "POST", json={"reason": "case 17"})
    assert (held.status_code, held.json()["reason"]) == (200, "case 17")
    for path in (f"{BASE}/{order}", f"/recordings/{order}", "/api/v1/subjects/RID-order"):
        answer = own_asker.ask(path, "admin", "DELETE")
        assert answer.status_code == 202, path
    assert own_asker.ask(f"{BASE}/{order}").status_code == 200
    assert [h["conversation_id"] for h in own_asker.ask("/api/v1/holds", "admin").json()["holds"]] == [order]
    [waiting] = own_asker.ask("/api/v1/erasures?state=deferred", "admin").json()["erasures"]
    assert "RID-order" not in str(waiting)
    released = own_asker.ask(f"{BASE}/{order}/hold", "admin", "DELETE").json()
    assert [e["conversation_id"] for e in released["erased"]] == [order]
    assert own_asker.ask(f"{BASE}/{order}").status_code == 404
    certificates = own_asker.ask("/api/v1/erasures?state=done", "admin").json()["erasures"]
    assert order in [e["conversation_id"] for e in certificates]


def test_whether_a_call_is_held_is_told_to_whoever_may_audit(own_asker: Asker, order: str) -> None:
    path = f"{BASE}/{order}/hold"
    assert own_asker.ask(path, "admin").json() == {"hold": None}
    own_asker.ask(path, "admin", "POST", json={"reason": "case 18"})
    assert own_asker.ask(path, "admin").json()["hold"]["reason"] == "case 18"
    assert own_asker.ask(path, "read").status_code == 403
    own_asker.ask(path, "admin", "DELETE")


def test_a_person_is_erased_over_http(own_asker: Asker, order: str) -> None:
    subject = own_asker.ask(f"{BASE}/{order}").json()["subject"]
    assert own_asker.ask(f"/api/v1/subjects/{subject}", "write", "DELETE").status_code == 403
    assert own_asker.ask(f"/api/v1/subjects/{subject}?reason=asked", "admin", "DELETE").status_code == 204
    assert own_asker.ask(f"{BASE}?subject={subject}").json()["conversations"] == []
    assert own_asker.ask(f"/api/v1/subjects/{subject}", "admin", "DELETE").status_code == 204


def test_a_hold_needs_a_reason(own_asker: Asker, order: str) -> None:
    for body in ({}, {"reason": ""}, {"reason": "x" * 501}):
        assert own_asker.ask(f"{BASE}/{order}/hold", "admin", "POST", json=body).status_code == 422
    assert own_asker.ask(f"{BASE}/{order}/hold", "admin", "DELETE").status_code == 404


def test_a_person_gets_a_zip_with_all_of_theirs(own_asker: Asker, order: str) -> None:
    subject = own_asker.ask(f"{BASE}/{order}").json()["subject"]
    assert own_asker.ask(f"/api/v1/subjects/{subject}", "read").status_code == 403
    answer = own_asker.ask(f"/api/v1/subjects/{subject}", "admin")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
    assert [name for name in names if order in name and name.endswith("stereo.flac")]
    assert {"access.json", "manifest.json"} <= set(names)
    assert own_asker.ask("/api/v1/subjects/nobody", "admin").status_code == 404
