import pytest

from earwitness.store.rights import SCOPES_OF, Holder, Role, Scope


def of_role(role: Role) -> set[str]:
    holder = Holder(id="user:ana", name="ana", workspace_id="default", scopes=SCOPES_OF[role])
    return {scope.value for scope in Scope if holder.allows(scope)}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, {"read"}),
        (Role.REVIEWER, {"read", "read-raw", "write"}),
        (Role.AUDITOR, {"read", "audit"}),
        (Role.ADMIN, {"capture", "write", "read", "read-raw", "audit", "admin"}),
    ],
)
def test_a_role_may_do_this_and_no_more(role: Role, may: set[str]) -> None:
    assert of_role(role) == may


def test_every_role_is_worth_something() -> None:
    assert SCOPES_OF.keys() == set(Role)
