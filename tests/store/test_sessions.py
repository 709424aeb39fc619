import pytest
import sqlalchemy as sa

from earwitness.clock import NS_PER_S, ManualClock
from earwitness.errors import Denied
from earwitness.store.catalog import Catalog
from earwitness.store.keys import Keys
from earwitness.store.rights import Scope
from earwitness.store.sessions import LIFE, Sessions
from earwitness.store.users import Users

SENTENCE, OTHER = "the heron eats at seven", "the stork is never late"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sessions(catalog: Catalog, clock: ManualClock) -> Sessions:
    return Sessions(catalog.database, clock=clock)


@pytest.fixture
def users(catalog: Catalog) -> Users:
    return Users(catalog.database)


def test_a_session_is_its_holder_until_it_is_ended(sessions: Sessions, users: Users) -> None:
    holder = users.add("acme", "ana", "reviewer", SENTENCE).holder
    begun = sessions.begin(holder)
    assert sessions.check(begun.token).holder == holder
    sessions.end(begun.token)
    with pytest.raises(Denied):
        sessions.check(begun.token)


def test_it_ends_by_itself(sessions: Sessions, users: Users, clock: ManualClock) -> None:
    holder = users.add("acme", "ana", "viewer", SENTENCE).holder
    begun = sessions.begin(holder)
    clock.advance((int(LIFE.total_seconds()) - 1) * NS_PER_S)
    sessions.check(begun.token)
    clock.advance(NS_PER_S)
    with pytest.raises(Denied):
        sessions.check(begun.token)


def test_what_happens_to_the_holder_counts_at_once(
    sessions: Sessions, users: Users, catalog: Catalog
) -> None:
    """ASVS 7.4.1, 8.3.2"""
    by_user = sessions.begin(users.add("acme", "ana", "admin", SENTENCE).holder)
    users.set_role("acme", "ana", "viewer")
    assert not sessions.check(by_user.token).holder.allows(Scope.WRITE)
    users.set_password("acme", "ana", OTHER)
    with pytest.raises(Denied):
        sessions.check(by_user.token)
    again = sessions.begin(users.check("acme", "ana", OTHER).holder)
    users.remove("acme", "ana")
    users.add("acme", "ana", "viewer", SENTENCE)
    with pytest.raises(Denied):
        sessions.check(again.token)
    keys = Keys(catalog.database)
    by_key = sessions.begin(keys.create("front", ["read"], "acme").key.holder)
    keys.revoke("acme", by_key.holder.id.removeprefix("key:"))
    with pytest.raises(Denied):
        sessions.check(by_key.token)


def test_no_secret_of_a_session_is_in_the_database(
    sessions: Sessions, users: Users, catalog: Catalog
) -> None:
    begun = sessions.begin(users.add("acme", "ana", "viewer", SENTENCE).holder)
    with catalog.database.reading() as connection:
        kept = str(connection.execute(sa.text("SELECT * FROM sessions")).all())
    assert begun.token not in kept
    assert begun.csrf not in kept
    assert begun.csrf != begun.token


def test_a_guessed_session_is_none(sessions: Sessions) -> None:
    for token in ("", "x" * 43, "' OR 1=1 --"):
        with pytest.raises(Denied):
            sessions.check(token)


def test_those_that_are_over_do_not_pile_up(
    sessions: Sessions, users: Users, catalog: Catalog, clock: ManualClock
) -> None:
    holder = users.add("acme", "ana", "viewer", SENTENCE).holder
    for _ in range(3):
        sessions.begin(holder)
    clock.advance(int(LIFE.total_seconds()) * NS_PER_S)
    sessions.begin(holder)
    with catalog.database.reading() as connection:
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM sessions")) == 1
