"""Which decoder reads a leg."""

import pytest

from wirelogs import Playbook

CREATED = {"type": "session.created", "session": {"id": "sess_1"}}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/realtime?model=gpt-realtime",
        "/openai/v1/realtime?model=my-deployment",
        "/v1/realtime",
        "/v1/realtime?model=/live/",
        "",
        "//[bad",
    ],
)
def test_realtime_sockets_are_read_wherever_they_are_mounted(path: str) -> None:
    leg = Playbook("openai", path=path)
    assert leg.tell("server", CREATED) == ['LegIdentified provider_ids={"session_id": "sess_1"}']


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/v1/live/sessions", "OpenAI Live"),
        ("/v1/live/sessions/live_1/attach", "OpenAI Live"),
        ("/v1/live", "OpenAI Live"),
        ("/v1/realtime/translations?model=m", "OpenAI Realtime translation"),
        ("/v1/realtime?intent=transcription", "OpenAI Realtime transcription"),
    ],
)
def test_other_sockets_of_the_provider_are_not_misread(path: str, what: str) -> None:
    leg = Playbook("openai", path=path)
    assert leg.tell("server", CREATED) == [f'Undecoded reason="no decoder for {what}"']
    assert leg.tell("server", CREATED) == []
    assert leg.tell("ended", {"why": "closed"}) == ["LegClosed why=closed"]


def test_provider_without_a_decoder_is_told_once() -> None:
    leg = Playbook("nobody")
    told = leg.tell("client", {"a": 1}) + leg.tell("server", {"b": 2})
    assert told == ['Undecoded reason="no decoder for provider nobody"']


def test_generic_leg_without_a_mapping_is_kept_and_told_once() -> None:
    leg = Playbook("generic")
    told = leg.tell("client", {"a": 1}) + leg.tell("server", {"b": 2})
    assert told == ['Undecoded reason="no decoder for a generic leg without a mapping"']


def test_sideband_names_the_call_it_stands_beside() -> None:
    leg = Playbook("openai", path="/v1/realtime?call_id=rtc_u1_9")
    assert leg.opening[1:] == ['LegIdentified provider_ids={"call_id": "rtc_u1_9"} links=["call:rtc_u1_9"]']
