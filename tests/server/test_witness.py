"""Every asking leaves exactly one entry, written before the answer goes out."""

import pytest

from asked import Asker, filled, routes
from earwitness.errors import StorageUnavailable
from earwitness.privacy.audit import Entry
from earwitness.server import live
from earwitness.server.app import create_app
from earwitness.server.guard import OPEN
from earwitness.server.links import Links
from earwitness.server.witness import SELF_EVIDENT, verb

NOBODY = create_app(None, Links(b""))  # type: ignore[arg-type]
GUARDED = [r for r in routes(NOBODY) if r[1] not in OPEN and r[1] not in SELF_EVIDENT]


def newest(asker: Asker, since: int) -> list[Entry]:
    return list(asker.library.audit.every(since))


def test_every_route_is_witnessed_for_every_kind_of_asker(
    asker: Asker, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.0)  # else streams of what happens now go on for minutes
    for method, path in GUARDED:
        if method not in ("GET", "HEAD"):
            continue
        for key in (None, "capture", "read", "admin", "other"):
            before = asker.library.audit.size()
            answer = asker.ask(filled(path, order), key, method)
            told = newest(asker, before)
            [entry] = [entry for entry in told if "status" in entry.facts]
            names_each = path == "/api/v1/export" and answer.status_code == 200
            assert (len(told) > 1) == names_each, f"{path}: more is told than that it was asked for"
            denied = answer.status_code in (401, 403, 404)
            outcome = "denied" if denied else "done" if answer.status_code < 400 else "refused"
            assert entry.outcome == outcome, (path, key, answer.status_code)
            assert entry.facts["route"] == f"{method} {path}"
            assert entry.facts["status"] == answer.status_code
            assert entry.known("name") == key, "also whoever was refused"
            if not denied and "{conversation_id}" in path:
                assert entry.conversation_id == order


def test_anothers_conversation_is_denied_in_the_trail_of_whoever_asked(asker: Asker, order: str) -> None:
    before = asker.library.audit.size()
    assert asker.ask(f"/api/v1/conversations/{order}", "other").status_code == 404
    [entry] = newest(asker, before)
    assert (entry.workspace_id, entry.outcome, entry.conversation_id) == ("acme", "denied", None)
    assert entry.known("asked") == order


def test_ranges_and_links_are_told(asker: Asker, order: str) -> None:
    before = asker.library.audit.size()
    path = asker.ask(f"/api/v1/conversations/{order}/link").json()["path"]
    query = path.partition("?")[2]
    sound = asker.client.get(
        f"/api/v1/conversations/{order}/audio/stereo?{query}", headers={"Range": "bytes=0-99"}
    )
    assert sound.status_code == 206
    shared, played = newest(asker, before)
    assert (shared.action, played.action, played.facts["range"]) == ("share", "play", "bytes=0-99")
    assert (played.known("actor") or "").startswith("link:")
    assert "link" not in (played.known("query") or {}), "what opens a page is no part of the trail"


def test_nothing_is_answered_that_cannot_be_written_down(
    own_asker: Asker, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(type(own_asker.library.audit), "note", full)
    answer = own_asker.ask(f"/api/v1/conversations/{order}/transcript?format=text")
    assert answer.status_code == 503
    assert "audit trail" in answer.json()["detail"]
    assert own_asker.ask("/healthz", None).status_code == 200


def test_a_login_is_in_the_trail_and_a_saved_message_is_its_own(own_asker: Asker) -> None:
    own_asker.library.subjects.add("default", ["RID001"])
    before = own_asker.library.audit.size()
    login = own_asker.client.post("/api/v1/auth/login", json={"research_id": "RID001"})
    assert login.status_code == 200
    own_asker.client.post("/api/v1/auth/login", json={"research_id": "RID999"})
    body = {"role": "user", "content": "hello", "session_id": "s"}
    own_asker.client.post("/api/v1/chat/save-message", json=body, headers={"Authorization": "Bearer x.y.z"})
    assert [(e.action, e.outcome) for e in newest(own_asker, before)] == [
        ("login", "done"),
        ("login", "denied"),
        ("change", "denied"),
    ]


def test_a_browsers_login_and_logout_are_in_the_trail_with_who_it_is(own_asker: Asker) -> None:
    sentence = "the heron eats at seven"
    own_asker.library.users.add("default", "ana", "viewer", sentence)
    origin = {"Origin": "http://127.0.0.1:5001"}
    before = own_asker.library.audit.size()

    def log_in(**body: str) -> dict[str, str]:
        answer = own_asker.client.post("/api/v1/session", json=body, headers=origin)
        return origin | {"X-CSRF-Token": answer.json().get("csrf_token", "")}

    log_in(user="ana", password="a guess", workspace="acme")
    log_in(key="ew_abcdefgh_" + "A" * 43)
    word = log_in(key=own_asker.keys["other"])
    assert own_asker.client.delete("/api/v1/session", headers=word).status_code == 204
    word = log_in(user="ana", password=sentence)
    assert own_asker.client.get("/api/v1/session").status_code == 200, "asking who one is says nothing new"
    assert own_asker.client.delete("/api/v1/session", headers=word).status_code == 204
    entries = newest(own_asker, before)
    assert [(e.action, e.outcome, e.workspace_id, e.known("name")) for e in entries] == [
        ("login", "denied", "acme", "ana"),
        ("login", "denied", "", None),
        ("login", "done", "acme", "other"),
        ("logout", "done", "acme", "other"),
        ("login", "done", "default", "ana"),
        ("logout", "done", "default", "ana"),
    ]
    assert entries[4].known("actor") == "user:ana"
    assert all(entry.known("address") == "127.0.0.1" for entry in entries)


@pytest.mark.parametrize(
    ("method", "path", "word"),
    [
        ("GET", "/api/v1/conversations/{conversation_id}/audio/{track}", "play"),
        ("GET", "/recordings/{conversation_id}/audio", "play"),
        ("GET", "/api/v1/conversations/{conversation_id}/records", "read"),
        ("GET", "/api/v1/conversations/{conversation_id}/live", "follow"),
        ("POST", "/api/v1/conversations/{conversation_id}/hold", "hold"),
        ("GET", "/api/v1/conversations/{conversation_id}/hold", "read"),
        ("POST", "/api/v1/conversations/{conversation_id}/audio", "change"),
        ("DELETE", "/recordings/{conversation_id}", "delete"),
        ("POST", "/api/v1/keys", "change"),
        ("GET", "/api/v1/conversations", "read"),
        ("POST", "/api/v1/session", "login"),
        ("DELETE", "/api/v1/session", "logout"),
    ],
)
def test_what_was_done_is_one_word(method: str, path: str, word: str) -> None:
    assert verb(method, path) == word


def test_an_unknown_path_leaves_nothing_of_a_stranger(own_asker: Asker) -> None:
    before = own_asker.library.audit.size()
    assert own_asker.ask("/no/such/<script>", None).status_code == 404
    assert newest(own_asker, before) == []
