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
