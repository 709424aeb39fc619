"""Attacks on who may do what: other workspaces, no rights, guessed and stolen credentials."""

import hmac
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import OctKey
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from asked import NOBODYS_ID, Asker, filled, routes
from attacked import LIST, OWN, SENTENCE, Login
from chaos_tools import IS_FULL
from earwitness.errors import Denied, InvalidInput
from earwitness.server import live
from earwitness.server.guard import OPEN
from earwitness.settings import Listen, Settings
from earwitness.store import keys
from earwitness.store.secret_file import ensure_secret
from taps import echo, opened, tapped, upstream

OTHERS = 50 if IS_FULL else 6  # addresses that guess too
CHANGES = ("POST", "PUT", "PATCH", "DELETE")


def guarded(desk: Asker, *, of_one: bool = False) -> list[tuple[str, str]]:
    return [
        (method, path)
        for method, path in routes(desk.app)
        if path not in OPEN and (not of_one or "{conversation_id}" in path)
    ]


@pytest.fixture(autouse=True)
def no_endless_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.0)


def test_s01_another_workspaces_call_is_as_absent_as_one_that_never_was(desk: Asker, ours: str) -> None:
    of_one = guarded(desk, of_one=True)
    assert len(of_one) > 25
    for method, path in of_one:
        before = desk.library.audit.size()
        theirs, nobodys = (desk.ask(filled(path, name), "other", method) for name in (ours, NOBODYS_ID))
        assert theirs.status_code == nobodys.status_code == 404, (method, path)
        assert theirs.text.replace(ours, NOBODYS_ID) == nobodys.text
        entries = list(desk.library.audit.every(before))
        assert [(entry.workspace_id, entry.outcome) for entry in entries] == [("acme", "denied")] * 2
    assert desk.ask(f"{LIST}/{ours}").status_code == 200, "and it is still there"


def test_s02_no_route_answers_without_a_credential_that_is_good_for_it(desk: Asker, ours: str) -> None:
    secret = OctKey.import_key(ensure_secret(desk.library.data_path, "tokens"))
    now = int(time.time())
    claims = {"iss": "earwitness", "aud": "earwitness", "sub": "RID-default", "workspace": "default"}
    expired = jwt.encode({"alg": "HS256"}, {**claims, "nbf": now - 99, "exp": now - 9}, secret)
    for method, path in guarded(desk):
        where = filled(path, ours)
        for key in (None, "unknown", "revoked"):
            assert desk.ask(where, key, method).status_code == 401, (method, path, key)
        desk.app.state.patience.forgive("127.0.0.1")
        old = desk.ask(where, None, method, headers={"Authorization": f"Bearer {expired}"})
        assert old.status_code == 401, (method, path)
        if method in CHANGES:
            assert desk.ask(where, "read", method).status_code == 403, (method, path)


async def test_s07_the_tap_is_no_open_relay_and_passes_its_own_key_to_nobody(tmp_path: Path) -> None:
    asked = []

    def admit(key: str | None) -> str | None:
        return "acme" if key == "right" else None

    async def note(connection: object) -> None:
        asked.append(connection.request)  # type: ignore[attr-defined]
        await echo(connection)  # type: ignore[arg-type]

    async with (
        upstream(note) as (_, url),
        tapped(tmp_path, url, listen={"require_key": True}, admit=admit) as rig,
    ):
        for query, headers in (("", {}), ("?ew_key=wrong", {}), ("", {"X-Earwitness-Key": "wrong"})):
            with pytest.raises(InvalidStatus) as refused:
                await connect(rig.url("/r/x" + query), additional_headers=headers)
            assert refused.value.response.status_code == 401
        assert asked == []
        theirs = {"Authorization": "Bearer the provider's", "X-Earwitness-Key": "right"}
        async with connect(rig.url("/r/x?a=b"), additional_headers=theirs):
            pass
        records = await rig.records()
    [request] = asked
    assert request.headers["Authorization"] == "Bearer the provider's"
    assert "right" not in str(request.headers) + request.path
    assert opened(records).workspace == "acme"


def test_s14_a_form_of_another_site_changes_nothing(desk: Asker, ours: str, log_in: Login) -> None:
    browser, answer = log_in()
    word = answer.json()["csrf_token"]
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "X-CSRF-Token": word},
        {"Origin": OWN, "Sec-Fetch-Site": "cross-site", "X-CSRF-Token": word},
        {"Origin": OWN},
        {},
    ):
        assert browser.request("DELETE", f"{LIST}/{ours}", headers=headers).status_code == 403
        form = {"kind": "note", "text": "x"}
        sent = browser.post(f"{LIST}/{ours}/annotations", data=form, headers=headers)
        assert sent.status_code == 403
    assert desk.ask(f"{LIST}/{ours}").status_code == 200


def test_s15_no_cookie_is_given_in_the_clear_or_within_reach_of_scripts(log_in: Login) -> None:
    _, answer = log_in("https://127.0.0.1:5001", "203.0.113.9")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    _, answer = log_in(client="203.0.113.9")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


def test_s23_who_guesses_waits_longer_and_longer_and_locks_nobody_out(desk: Asker, log_in: Login) -> None:
    before = desk.library.audit.size()
    wrong = {"user": "ana", "password": "a guess"}
    statuses = [log_in(client="192.0.2.7", base="https://127.0.0.1:5001", **wrong)[1] for _ in range(50)]
    assert [answer.status_code for answer in statuses[:10]] == [401] * 10
    assert statuses[-1].status_code == 429
    assert int(statuses[-1].headers["Retry-After"]) >= 1
    for last in range(OTHERS):  # ... and from more addresses
        log_in(client=f"198.51.100.{last}", base="https://127.0.0.1:5001", **wrong)
    _, owner = log_in(user="ana", password=SENTENCE)
    assert owner.status_code == 200, "she is not locked out by others"
    refused = [entry for entry in desk.library.audit.every(before) if entry.outcome == "denied"]
    assert len(refused) == 50 + OTHERS


def test_s24_weak_passwords_are_refused_and_long_ones_count_to_the_last_letter(desk: Asker) -> None:
    users = desk.library.users
    for weak in ("password", "123456789012", "short"):
        with pytest.raises(InvalidInput):
            users.add("default", "bob", "viewer", weak)
    phrase = "a heron " * 12
    users.add("default", "bob", "viewer", phrase)
    assert users.check("default", "bob", phrase)
    with pytest.raises(Denied):
        users.check("default", "bob", phrase[:-2] + "x ")
    with desk.library.catalog.database.reading() as connection:
        kept = connection.execute(sa.text("SELECT * FROM users WHERE name='bob'")).one()
    assert any(str(value).startswith("$argon2id$") for value in kept)
    users.remove("default", "bob")


def test_s25_a_key_is_shown_once_and_compared_in_constant_time(
    desk: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.library.keys.create("shown", ("read",))
    identifier, secret = made.text.split("_", 2)[1:]
    assert made.text not in desk.ask("/api/v1/keys", "admin").text
    with desk.library.catalog.database.reading() as connection:
        rows = connection.execute(sa.text("SELECT * FROM api_keys")).all()
    assert identifier in str(rows), "it is looked up by this"
    assert secret not in str(rows)
    compared, compare = [], hmac.compare_digest

    def note(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return compare(left, right)

    monkeypatch.setattr(keys.hmac, "compare_digest", note)  # type: ignore[attr-defined]
    assert desk.library.keys.check(made.text)
    assert len(compared) == 1


@pytest.mark.parametrize("forgery", ["alg none", "audience", "expired", "not yet", "another key", "HS512"])
def test_s26_a_forged_login_is_none(desk: Asker, forgery: str) -> None:
    now = int(time.time())
    secret = OctKey.import_key(ensure_secret(desk.library.data_path, "tokens"))
    claims = {"iss": "earwitness", "aud": "earwitness", "sub": "RID-default", "workspace": "default"}
    claims |= {"nbf": now - 5, "exp": now + 500}

    def status(token: str) -> int:
        return desk.ask(LIST, None, headers={"Authorization": f"Bearer {token}"}).status_code

    good = jwt.encode({"alg": "HS256"}, claims, secret)
    assert status(good) == 200
    wrong = {"audience": {"aud": "another"}, "expired": {"exp": now - 1}, "not yet": {"nbf": now + 300}}
    forged = jwt.encode({"alg": "HS256"}, claims | wrong.get(forgery, {}), secret)
    if forgery == "alg none":
        forged = "eyJhbGciOiJub25lIn0." + good.split(".")[1] + "."
    if forgery == "another key":
        forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"x" * 32))
    if forgery == "HS512":
        forged = jwt.encode({"alg": "HS512"}, claims, secret, algorithms=["HS512"])
    assert status(forged) == 401


def test_s27_a_revoked_key_and_a_changed_role_count_from_the_next_request(desk: Asker, log_in: Login) -> None:
    made = desk.library.keys.create("brief", ("read",))
    headers = {"Authorization": f"Bearer {made.text}"}
    assert desk.client.get(LIST, headers=headers).status_code == 200
    desk.library.keys.revoke("default", made.key.id)
    assert desk.client.get(LIST, headers=headers).status_code == 401
    desk.library.users.add("default", "eve", "auditor", SENTENCE)
    browser, _ = log_in(user="eve", password=SENTENCE)
    assert browser.get("/api/v1/audit").status_code == 200
    desk.library.users.set_role("default", "eve", "viewer")
    assert browser.get("/api/v1/audit").status_code == 403
    desk.library.users.remove("default", "eve")
    assert browser.get(LIST).status_code == 401


def test_s20_one_key_that_asks_too_much_leaves_the_others_their_share(tmp_path: Path) -> None:
    desk = Asker(tmp_path, Settings(api=Listen(requests_per_minute=5)))
    statuses = [desk.ask(LIST, "read").status_code for _ in range(8)]
    assert (statuses[:5], set(statuses[5:])) == ([200] * 5, {429})
    assert desk.ask(LIST, "other").status_code == 200
    desk.close()


async def test_s20_idle_handshakes_and_one_workspaces_calls_leave_room_for_others(tmp_path: Path) -> None:
    listen = {"handshakes_per_address": 2, "calls_per_workspace": 1, "require_key": True}
    async with (
        upstream(echo) as (_, url),
        tapped(tmp_path, url, listen=listen, admit=lambda key: key) as rig,
        connect(rig.url("/r?ew_key=one")),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(rig.url("/r?ew_key=one"))
        assert refused.value.response.status_code == 429
        async with connect(rig.url("/r?ew_key=two")) as other:
            await other.send("hello")
            assert await other.recv() == "hello"
