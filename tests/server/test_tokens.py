"""What a login is worth, and what is none (ASVS 9.1, 9.2)."""

import base64
import json
import time
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from earwitness.library import Library
from earwitness.server import tokens as module
from earwitness.server.tokens import Login, Tokens, is_token
from earwitness.settings import Settings
from earwitness.store.secret_file import ensure_secret

LOGIN = Login("default", "RID001")


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(Library(Settings(data_dir=str(tmp_path))))


def made(folder: Path, **changes: object) -> str:
    now = int(time.time())
    claims = {
        "iss": "earwitness",
        "aud": "earwitness",
        "sub": "RID001",
        "nbf": now,
        "exp": now + 60,
        **changes,
    }
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(ensure_secret(folder, "tokens")))


def test_a_token_speaks_for_whom_it_was_made(tokens: Tokens) -> None:
    token = tokens.issue(LOGIN)
    assert is_token(token)
    assert [tokens.read(token), tokens.read(token)] == [LOGIN, LOGIN]
    assert Tokens(tokens._library).read(token) == LOGIN, "after a restart too"


def test_it_ends_also_where_it_was_read_before(tokens: Tokens, monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens.issue(LOGIN)
    assert tokens.read(token)
    now = time.time
    monkeypatch.setattr(module.time, "time", lambda: now() + tokens.seconds + 1)
    assert tokens.read(token) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1},
        {"exp": None},
        {"nbf": int(time.time()) + 3600},
        {"aud": "another"},
        {"aud": None},
        {"iss": "another"},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_of_now_or_not_for_us_is_none(
    tokens: Tokens, tmp_path: Path, changes: dict[str, object]
) -> None:
    assert tokens.read(made(tmp_path)) == LOGIN
    assert tokens.read(made(tmp_path, **changes)) is None


def test_a_token_of_another_key_or_of_no_algorithm_is_none(tokens: Tokens, tmp_path: Path) -> None:
    head, claims, mark = tokens.issue(LOGIN).split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    for forged in (
        f"{none}.{claims}.",
        f"{none}.{claims}.{mark}",
        f"{head}.{claims}.{mark[:-2]}AA",
        "a.b.c",
        "..",
    ):
        assert tokens.read(forged) is None
    assert tokens.read(made(tmp_path / "other")) is None
