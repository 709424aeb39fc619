import pytest
import sqlalchemy as sa

from earwitness.clock import ManualClock
from earwitness.errors import Conflict, Denied, InvalidInput, NotFound
from earwitness.store.catalog import Catalog
from earwitness.store.rights import Scope
from earwitness.store.users import Users

SENTENCE, OTHER = "the heron eats at seven", "the stork is never late"


@pytest.fixture
def users(catalog: Catalog) -> Users:
    return Users(catalog.database, clock=ManualClock())


def test_a_user_logs_in_with_their_password_and_has_the_rights_of_their_role(users: Users) -> None:
    users.add("acme", "ana", "auditor", SENTENCE)
    holder = users.check("acme", "ana", SENTENCE).holder
    assert (holder.id, holder.workspace_id) == ("user:ana", "acme")
    assert holder.allows(Scope.AUDIT)
    assert not holder.allows(Scope.READ_RAW)


def test_every_wrong_login_gets_one_answer(users: Users) -> None:
    users.add("acme", "ana", "viewer", SENTENCE)
    answers = set()
    for workspace, name, password in (
        ("acme", "ana", OTHER),
        ("acme", "bob", SENTENCE),
        ("rival", "ana", SENTENCE),
        ("acme", "Ana", SENTENCE),
        ("acme", "ana", ""),
        ("acme", "' OR 1=1 --", SENTENCE),
    ):
        with pytest.raises(Denied) as refused:
            users.check(workspace, name, password)
        answers.add((str(refused.value), refused.value.hint))
    assert len(answers) == 1


def test_the_password_is_nowhere_in_the_database(users: Users, catalog: Catalog) -> None:
    users.add("acme", "ana", "viewer", SENTENCE)
    with catalog.database.reading() as connection:
        assert SENTENCE not in str(connection.execute(sa.text("SELECT * FROM users")).all())


def test_role_and_password_change_and_the_old_ones_count_no_more(users: Users) -> None:
    users.add("acme", "ana", "viewer", SENTENCE)
    users.set_role("acme", "ana", "admin")
    users.set_password("acme", "ana", OTHER)
    assert users.check("acme", "ana", OTHER).role == "admin"
    with pytest.raises(Denied):
        users.check("acme", "ana", SENTENCE)


def test_who_was_removed_is_nobody(users: Users) -> None:
    users.add("acme", "ana", "viewer", SENTENCE)
    users.remove("acme", "ana")
    with pytest.raises(Denied):
        users.check("acme", "ana", SENTENCE)
    for missing in (users.remove, users.get):
        with pytest.raises(NotFound):
            missing("acme", "ana")
    with pytest.raises(NotFound):
        users.set_role("acme", "ana", "admin")


def test_a_name_is_one_user_of_a_workspace(users: Users) -> None:
    users.add("acme", "ana", "viewer", SENTENCE)
    users.add("rival", "ana", "admin", SENTENCE)
    with pytest.raises(Conflict):
        users.add("acme", "ana", "admin", OTHER)
    assert [(user.name, user.role) for user in users.list("acme")] == [("ana", "viewer")]


@pytest.mark.parametrize(
    ("name", "role"),
    [("", "viewer"), (" ana", "viewer"), ("a\nb", "viewer"), ("x" * 101, "viewer"), ("ana", "root")],
)
def test_what_is_no_name_or_no_role_is_refused(users: Users, name: str, role: str) -> None:
    with pytest.raises(InvalidInput):
        users.add("acme", name, role, SENTENCE)
    assert users.list("acme") == ()
