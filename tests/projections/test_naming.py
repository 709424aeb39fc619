"""What a conversation is called by those who know only the provider's ids."""

from dataclasses import replace

from earwitness.projections.naming import agent_of, call_id, recording_id
from told import CALL


def named(*ids):
    legs = tuple(replace(CALL.legs[0], id=f"leg-{n}", provider_ids=each) for n, each in enumerate(ids))
    return replace(CALL, legs=legs)


def test_the_id_nearest_to_the_telephone_names_the_call():
    assert call_id(named({"session_id": "sess_1"}, {"call_sid": "CA1", "stream_sid": "MZ1"})) == "CA1"
    assert call_id(named({"session_id": "sess_1", "call_id": "rtc_1"})) == "rtc_1"
    assert call_id(named({"session_id": ""}, {"session_id": "sess_2"})) == "sess_2"


def test_a_call_without_any_id_is_called_by_its_own():
    assert call_id(named({})) == CALL.id


def test_a_recording_is_named_by_its_start_and_its_call():
    assert recording_id(named({"call_id": "rtc_abc123"})) == "20241201_143022_rtc_abc123"


def test_an_agent_is_called_as_the_application_says_else_by_the_providers_id_else_by_the_model():
    def of(metadata, **ids):
        return agent_of(replace(named(ids), metadata=metadata))

    assert of({"agent": "reception"}, agent_id="agent_1", model="m") == "reception"
    assert of({"agent": 7}, agent_id="agent_1", model="m") == "agent_1"
    assert of({}, config_id="config_1") == "config_1"
    assert of({}, model="gpt-realtime") == "gpt-realtime"
    assert of({}) == ""
