import pytest
from starlette.exceptions import HTTPException

from earwitness.server import patience as module
from earwitness.server.patience import Patience


def test_an_address_that_fails_often_waits_longer_each_time_and_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s)
    patience, waits = Patience(), []
    for _ in range(25):
        try:
            patience.ask("10.0.0.1")
        except HTTPException as error:
            waits.append(int((error.headers or {})["Retry-After"]))
            now_s += waits[-1]
            patience.ask("10.0.0.1")
        patience.note_failure("10.0.0.1")
        patience.ask("10.0.0.2")
    assert waits == sorted(waits)
    assert (len(waits), waits[-1]) == (15, 301)
    now_s += 601
    patience.ask("10.0.0.1")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now_s = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now_s[0])
    return now_s


def test_an_account_that_is_guessed_at_from_everywhere_lets_each_address_try_once(clock: list[float]) -> None:
    patience = Patience()
    for n in range(50):
        patience.ask(f"10.0.1.{n}", "ana")
        patience.note_failure(f"10.0.1.{n}", "ana")
    for n in range(50):
        with pytest.raises(HTTPException) as refused:
            patience.ask(f"10.0.1.{n}", "ana")
        assert refused.value.status_code == 429
    patience.ask("10.0.1.7", "bob")
    patience.ask("10.0.9.9", "ana")  # her own: nobody can lock her out


def test_who_logged_in_starts_anew(clock: list[float]) -> None:
    patience = Patience()
    for _ in range(10):
        patience.note_failure("10.0.0.1")
    with pytest.raises(HTTPException):
        patience.ask("10.0.0.1")
    patience.forgive("10.0.0.1")
    patience.ask("10.0.0.1")
