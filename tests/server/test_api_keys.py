"""Keys over REST: made by an admin, shown once, gone at once when revoked."""

from pathlib import Path

import pytest

from asked import Asker


@pytest.fixture
def asker(tmp_path: Path):
    asker = Asker(tmp_path)
    yield asker
    asker.close()


def test_a_key_is_shown_once_opens_what_it_may_and_nothing_once_revoked(asker: Asker) -> None:
    made = asker.ask("/api/v1/keys", "admin", "POST", json={"name": "ci", "scopes": ["read"]})
    assert made.status_code == 201
    asker.keys["ci"] = made.json()["key"]
    assert asker.ask("/api/v1/conversations", "ci").status_code == 200
    assert asker.ask("/api/v1/keys", "ci").status_code == 403
    listed = asker.ask("/api/v1/keys", "admin")
    assert "ci" in [key["name"] for key in listed.json()["keys"]]
    assert asker.keys["ci"] not in listed.text
    assert asker.ask(f"/api/v1/keys/{made.json()['id']}", "admin", "DELETE").status_code == 204
    assert asker.ask("/api/v1/conversations", "ci").status_code == 401


def test_one_workspace_neither_sees_nor_revokes_the_keys_of_another(asker: Asker) -> None:
    mine = asker.ask("/api/v1/keys", "admin").json()["keys"]
    assert [key["name"] for key in asker.ask("/api/v1/keys", "other").json()["keys"]] == ["other"]
    assert asker.ask(f"/api/v1/keys/{mine[0]['id']}", "other", "DELETE").status_code == 404


@pytest.mark.parametrize(
    "body",
    [{"name": "x", "scopes": []}, {"name": "x", "scopes": ["root"]}, {"name": "x", "workspace_id": "acme"}],
)
def test_what_is_no_key_is_refused_with_a_hint(asker: Asker, body: dict[str, object]) -> None:
    answer = asker.ask("/api/v1/keys", "admin", "POST", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["hint"]
