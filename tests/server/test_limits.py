import pytest
from starlette.exceptions import HTTPException

from earwitness.server.limits import Limits


def test_who_asks_too_much_waits_and_the_others_do_not() -> None:
    limits = Limits(5)
    for _ in range(5):
        limits.count("acme/key:one")
    with pytest.raises(HTTPException) as refused:
        limits.count("acme/key:one")
    assert refused.value.status_code == 429
    assert 1 <= int((refused.value.headers or {})["Retry-After"]) <= 60
    limits.count("acme/key:two")


def test_without_a_limit_nobody_waits() -> None:
    limits = Limits(0)
    for _ in range(10_000):
        limits.count("acme/key:one")
