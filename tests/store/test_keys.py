import pytest
import sqlalchemy as sa

from earwitness.clock import ManualClock
from earwitness.errors import Denied, InvalidInput, NotFound
from earwitness.store.catalog import Catalog
from earwitness.store.keys import Keys, Scope


@pytest.fixture
def keys(catalog: Catalog) -> Keys:
    return Keys(catalog.database, clock=ManualClock())


def test_a_key_opens_its_workspace_with_its_scopes(keys: Keys) -> None:
    made = keys.create("front end", ["read", "write"], "acme")
    found = keys.check(made.text)
    assert (found.id, found.workspace_id, found.name, found.scopes) == (
        made.key.id,
        "acme",
        "front end",
        ["read", "write"],
    )
    assert found.allows(Scope.READ)
    assert not found.allows(Scope.ADMIN)
    assert not found.allows(Scope.READ_RAW)


def test_wider_scopes_hold_the_narrower(keys: Keys) -> None:
    admin = keys.create("all", ["admin"]).key
    assert all(admin.allows(scope) for scope in Scope)
    raw = keys.create("raw", ["read-raw"]).key
    assert raw.allows(Scope.READ)
    assert not raw.allows(Scope.WRITE)


def test_the_secret_is_nowhere_in_the_database(keys: Keys, catalog: Catalog) -> None:
    made = keys.create("front end", ["read"])
    secret = made.text.split("_", 2)[2]
    with catalog.database.reading() as connection:
        rows = connection.execute(sa.text("SELECT * FROM api_keys")).all()
    assert len(rows) == 1
    assert secret not in str(rows)
    assert secret not in str(keys.list("default"))


def test_a_revoked_key_is_refused_at_once_and_stays_listed(keys: Keys) -> None:
    made, other = keys.create("one", ["read"]), keys.create("two", ["read"])
    keys.check(made.text)
    keys.revoke("default", made.key.id)
    with pytest.raises(Denied):
        keys.check(made.text)
    keys.revoke("default", made.key.id)
    assert {key.id: key.revoked_at is None for key in keys.list("default")} == {
        made.key.id: False,
        other.key.id: True,
    }
    assert keys.check(other.text).id == other.key.id


def test_a_key_that_is_not_exactly_right_is_refused_with_one_answer(keys: Keys) -> None:
    text = keys.create("one", ["admin"]).text
    head, key_id, secret = text.split("_", 2)
    other = keys.create("two", ["admin"]).text.split("_", 2)[2]
    wrong = [
        "",
        "\x00",
        text[:-1],
        text + "A",
        text + "\n",
        text.upper(),
        f"{head}_{key_id}_{other}",
        f"{head}_zzzzzzzz_{secret}",
        f"{head}_' OR 1=1_{secret}",
        key_id,
        secret,
    ]
    answers = set()
    for attempt in wrong:
        with pytest.raises(Denied) as refused:
            keys.check(attempt)
        answers.add((str(refused.value), refused.value.hint))
    assert len(answers) == 1


def test_a_workspace_sees_and_revokes_only_its_own_keys(keys: Keys) -> None:
    made = keys.create("one", ["read"], "acme")
    assert keys.list("rival") == ()
    with pytest.raises(NotFound):
        keys.revoke("rival", made.key.id)
    assert keys.check(made.text).revoked_at is None


@pytest.mark.parametrize("scopes", [[], ["root"], ["read", "READ"]])
def test_a_key_with_no_or_unknown_scopes_is_not_made(keys: Keys, scopes: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        keys.create("one", scopes)
    assert "read-raw" in refused.value.hint
    assert keys.list("default") == ()
