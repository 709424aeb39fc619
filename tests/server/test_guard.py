"""Nobody asks without a right, of no route; a link opens one conversation's page and sound, for a while."""

from urllib.parse import parse_qs, urlencode

import pytest

from asked import NOBODYS_ID, Asker, contexts, filled, routes
from earwitness.server import links
from earwitness.server.app import create_app
from earwitness.server.guard import OPEN
from earwitness.server.links import Links
from earwitness.store.keys import Scope

NOBODY = create_app(None, Links(b""))  # type: ignore[arg-type]
RECORDS = {"/api/v1/legs/{leg_id}"}  # a leg that was recorded elsewhere is handed over there
GUARDED = [(method, path) for method, path in routes(NOBODY) if path not in OPEN]
OF_ONE = [(method, path) for method, path in GUARDED if "{conversation_id}" in path]
BY_LINK = {
    "/api/v1/conversations/{conversation_id}",
    *(
        f"/api/v1/conversations/{{conversation_id}}/{part}"
        for part in ("analytics", "extraction", "health", "live", "summary", "transcript", "waveform")
    ),
    "/api/v1/conversations/{conversation_id}/audio/{track}",
    "/recordings/{conversation_id}/audio",
}


def right_of(route: object) -> Scope | None:
    dependencies = route.dependant.dependencies if hasattr(route, "dependant") else []  # type: ignore[attr-defined]
    rights = [getattr(dependency.call, "right", None) for dependency in dependencies]
    return next((right for right in rights if right), None)


# -- the router ------------------------------------------------------------------------------------------


def test_every_route_names_a_right_or_is_open_on_purpose() -> None:
    found = list(contexts(NOBODY))
    assert len(found) > 20
    without = {str(route.path) for route in found if right_of(route) is None}
    assert without == OPEN, "a route without a rule, or an open one that is not there any more"


def test_what_changes_something_needs_more_than_the_right_to_read() -> None:
    for route in contexts(NOBODY):
        if route.path not in OPEN and (route.methods or set()) - {"GET", "HEAD"}:
            rights = (Scope.CAPTURE,) if route.path in RECORDS else (Scope.WRITE, Scope.ADMIN)
            assert right_of(route) in rights, route.path


# -- keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, "unknown", "revoked"])
@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_without_a_valid_key_nothing_is_answered(
    asker: Asker, order: str, method: str, path: str, key: str | None
) -> None:
    answer = asker.ask(filled(path, order) + "?limit=broken", key, method)  # 401 comes before 422
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    if method != "HEAD":
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["hint"]


@pytest.mark.parametrize(("method", "path"), [r for r in GUARDED if r[1] not in RECORDS])
def test_a_key_that_only_records_reads_nothing(asker: Asker, order: str, method: str, path: str) -> None:
    assert asker.ask(filled(path, order), "capture", method).status_code == 403


@pytest.mark.parametrize(("method", "path"), [r for r in GUARDED if r[0] not in ("GET", "HEAD")])
def test_a_key_that_only_reads_changes_nothing(asker: Asker, order: str, method: str, path: str) -> None:
    answer = asker.ask(filled(path, order), "read", method)
    assert (answer.status_code, answer.headers["Content-Type"]) == (403, "application/problem+json")
    assert asker.ask(f"/api/v1/conversations/{order}").status_code == 200


@pytest.mark.parametrize(("method", "path"), OF_ONE)
def test_another_workspaces_conversation_is_as_absent_as_one_that_never_was(
    asker: Asker, order: str, method: str, path: str
) -> None:
    """OWASP API1: existence must not show either."""
    theirs = asker.ask(filled(path, order), "other", method)
    nobodys = asker.ask(filled(path, NOBODYS_ID), "other", method)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(order, NOBODYS_ID) == nobodys.text
    assert dict(theirs.headers) == dict(nobodys.headers)


def test_lists_show_only_the_workspace_of_the_key(asker: Asker, order: str) -> None:
    ours, theirs = (
        {row["id"] for row in asker.ask("/api/v1/conversations", key).json()["conversations"]}
        for key in ("read", "other")
    )
    assert order in ours
    assert len(theirs) == 1
    assert not ours & theirs
    for path in ("/recordings", "/metrics"):
        assert order not in asker.ask(path, "other").text


@pytest.mark.parametrize(
    "header", ["Basic {key}", "{key}", "Bearer", "Bearer ", "Bearer {key} x", "Bearer é"]
)
def test_a_credential_in_another_form_is_none(asker: Asker, header: str) -> None:
    value = header.format(key=asker.keys["read"]).encode()
    answer = asker.client.get("/api/v1/conversations", headers={"Authorization": value})
    assert answer.status_code == 401


# -- links -----------------------------------------------------------------------------------------------


@pytest.fixture
def link(asker: Asker, order: str) -> str:
    path: str = asker.ask(f"/api/v1/conversations/{order}/link").json()["path"]
    return path.partition("?")[2]


@pytest.mark.parametrize(("method", "path"), OF_ONE)
def test_a_link_opens_what_its_page_shows_and_nothing_else(
    asker: Asker, order: str, link: str, method: str, path: str
) -> None:
    status = asker.ask(f"{filled(path, order)}?{link}", None, method).status_code
    assert status == (200 if path in BY_LINK and method in ("GET", "HEAD") else 401)


def test_a_link_is_for_one_conversation(asker: Asker, phone_order: str, link: str) -> None:
    for other in (phone_order, "latest"):
        assert asker.ask(f"/api/v1/conversations/{other}?{link}", None).status_code == 401


def test_a_link_ends(asker: Asker, order: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = asker.links.sign("default", order, seconds=30)
    assert asker.ask(f"/api/v1/conversations/{order}?{signed}", None).status_code == 200
    now = links.time.time
    monkeypatch.setattr(links.time, "time", lambda: now() + 31)
    assert asker.ask(f"/api/v1/conversations/{order}?{signed}", None).status_code == 401


def test_a_link_lives_ten_minutes_unless_said_otherwise(link: str) -> None:
    left_s = int(parse_qs(link)["until"][0]) - links.time.time()
    assert 590 < left_s <= 600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("until", "99999999999"),
        ("until", "9" * 5000),
        ("until", "-1"),
        ("until", "1e12"),
        ("until", "٣٣٣٣٣٣٣٣٣٣٣"),
        ("until", ""),
        ("workspace", "acme"),
        ("link", "0" * 64),
        ("link", ""),
        ("link", "é"),
    ],
)
def test_a_changed_link_opens_nothing(asker: Asker, order: str, link: str, name: str, value: str) -> None:
    query = {key: values[0] for key, values in parse_qs(link).items()} | {name: value}
    assert asker.ask(f"/api/v1/conversations/{order}?{urlencode(query)}", None).status_code == 401


def test_a_link_of_another_secret_opens_nothing(asker: Asker, order: str) -> None:
    forged = Links(b"guessed").sign("default", order)
    assert asker.ask(f"/api/v1/conversations/{order}?{forged}", None).status_code == 401


def test_a_key_that_happens_to_be_called_link_is_a_key_like_any_other(asker: Asker, order: str) -> None:
    asker.keys["link"] = asker.library.keys.create("link", ("read",)).text
    assert asker.ask(f"/api/v1/conversations/{order}/link", "link").status_code == 200
