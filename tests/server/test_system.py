"""Up, ready, counted, and described."""

import time

import pytest

from asked import Asker
from earwitness import library
from earwitness.capture.status import RecorderStatus

GREEN = {"live_legs": 3, "is_red": False, "reason": "", "lost_records": 0}
RED = {"live_legs": 3, "is_red": True, "reason": "disk full", "lost_records": 7}


def tell(asker: Asker, status: dict[str, object], *, age_s: float = 0) -> None:
    asker.library.recorder = RecorderStatus(**status, unsynced_age_ms=20.0, disk_free_bytes=5)  # type: ignore[arg-type]
    asker.library.recorder_seen_s = time.monotonic() - age_s


def test_the_process_is_up_for_anybody_to_see(asker: Asker) -> None:
    assert asker.ask("/healthz", None).json() == {"status": "ok"}


def test_it_is_ready_while_the_recorder_keeps_everything(own_asker: Asker) -> None:
    tell(own_asker, GREEN)
    answer = own_asker.ask("/readyz", None)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": []})


def test_it_is_red_when_the_recorder_loses_data(own_asker: Asker) -> None:
    tell(own_asker, RED)
    answer = own_asker.ask("/readyz", None)
    assert answer.status_code == 503
    assert any("disk full" in reason for reason in answer.json()["reasons"])


def test_it_is_red_when_the_recorder_is_silent(own_asker: Asker) -> None:
    tell(own_asker, GREEN, age_s=library.RECORDER_SILENT_S + 0.1)
    answer = own_asker.ask("/readyz", None)
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["the recorder is silent"])


def test_it_is_red_until_the_recorder_takes_calls(own_asker: Asker) -> None:
    own_asker.library.recorder_seen_s = time.monotonic()  # the desk is up, and its recorder was not heard of
    answer = own_asker.ask("/readyz", None)
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["the recorder takes no calls yet"])


def test_it_is_red_when_nobody_follows_the_journals(own_asker: Asker) -> None:
    own_asker.library.trouble = lambda: "catalog behind"
    assert own_asker.ask("/readyz", None).json()["reasons"] == ["catalog behind"]


def test_the_contract_is_served_to_who_has_a_key(asker: Asker) -> None:
    document = asker.ask("/openapi.json").json()
    assert "/recordings/{conversation_id}/conversation" in document["paths"]
    page = asker.ask("/docs").text
    for path in document["paths"]:
        assert path in page


# -- metrics ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "healthy", "lost"), [(GREEN, "1.0", "0.0"), (RED, "0.0", "7.0")])
def test_what_the_recorder_says_is_counted(
    own_asker: Asker, status: dict[str, object], healthy: str, lost: str
) -> None:
    tell(own_asker, status)
    lines = own_asker.ask("/metrics").text.splitlines()
    assert f"earwitness_recorder_is_healthy {healthy}" in lines
    assert f"earwitness_lost_records {lost}" in lines
    assert "earwitness_live_legs 3.0" in lines
    assert "earwitness_unsynced_seconds 0.02" in lines
