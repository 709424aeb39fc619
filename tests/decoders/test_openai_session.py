"""What an OpenAI Realtime socket says of itself, its sound and its playback."""

from typing import Any

import pytest

from wirelogs import Playbook

CALLER_PCM = "FormatSet party=caller encoding=pcm_s16le rate_hz=24000"
AGENT_PCM = "FormatSet party=agent encoding=pcm_s16le rate_hz=24000"


def ga(input: Any, output: Any) -> dict[str, Any]:
    return {"audio": {"input": {"format": input}, "output": {"format": output}}}


@pytest.mark.parametrize(
    ("session", "caller", "agent"),
    [
        (ga({"type": "audio/pcm", "rate": 24000}, {"type": "audio/pcmu"}), "pcm_s16le 24000", "mulaw 8000"),
        (ga({"type": "audio/pcma"}, {"type": "audio/pcm"}), "alaw 8000", "pcm_s16le 24000"),
        (ga({"type": "audio/pcm", "rate": 16000}, "pcm16"), "pcm_s16le 16000", "pcm_s16le 24000"),
        (
            {"input_audio_format": "g711_ulaw", "output_audio_format": "g711_alaw"},
            "mulaw 8000",
            "alaw 8000",
        ),
    ],
)
def test_formats_of_both_generations(session: dict[str, Any], caller: str, agent: str) -> None:
    assert Playbook("openai").server("session.created", session=session) == [
        "FormatSet party=caller encoding={} rate_hz={}".format(*caller.split()),
        "FormatSet party=agent encoding={} rate_hz={}".format(*agent.split()),
    ]


def test_format_is_told_again_only_where_it_changes() -> None:
    leg = Playbook("openai")
    pcm = {"type": "audio/pcm", "rate": 24000}
    assert leg.server("session.created", session=ga(pcm, pcm)) == [CALLER_PCM, AGENT_PCM]
    assert leg.server("session.updated", session=ga(pcm, {"type": "audio/pcmu"})) == [
        "FormatSet party=agent encoding=mulaw rate_hz=8000"
    ]
    assert leg.server("session.updated", session={"tracing": None}) == []
    assert leg.client("session.update", session=ga({"type": "audio/pcmu"}, pcm)) == []


def test_response_may_come_in_a_format_of_its_own() -> None:
    leg = Playbook("openai")
    leg.server("session.created", session=ga("pcm16", "pcm16"))
    output = {"format": {"type": "audio/pcmu"}}
    assert leg.server("response.created", response={"id": "r1", "audio": {"output": output}}) == [
        "FormatSet party=agent encoding=mulaw rate_hz=8000"
    ]


@pytest.mark.parametrize(
    "format", ["opus", {"type": "audio/pcm", "rate": 3}, {"type": "audio/pcm", "rate": 1e15}]
)
def test_unknown_format_is_left_over(format: Any) -> None:
    (told,) = Playbook("openai").server("session.updated", session=ga(format, None))
    assert told.startswith('Undecoded reason="unknown audio format"')


def test_session_names_itself_and_tells_only_news() -> None:
    leg = Playbook("openai")
    session = {"id": "sess_1", "model": "gpt-realtime", "audio": {"output": {"voice": "marin"}}}
    told = 'LegIdentified provider_ids={"session_id": "sess_1", "model": "gpt-realtime", "voice": "marin"}'
    assert leg.server("session.created", session=session) == [told]
    assert leg.server("session.updated", session=session) == []
    assert leg.server("session.updated", session={"voice": "ash"}) == [
        'LegIdentified provider_ids={"voice": "ash"}'
    ]
    assert leg.server("conversation.created", conversation={"id": "conv_1"}) == [
        'LegIdentified provider_ids={"conversation_id": "conv_1"}'
    ]


def test_session_without_anything_says_nothing() -> None:
    leg = Playbook("openai")
    assert leg.server("session.created") + leg.server("session.updated", session=None) == []


def test_speech_is_placed_in_the_caller_s_audio() -> None:
    leg = Playbook("openai")
    assert leg.server("input_audio_buffer.speech_started", audio_start_ms=2140, item_id="u1") == [
        "SpeechStarted party=caller item=u1 media_ms=2140"
    ]
    assert leg.server("input_audio_buffer.speech_stopped", audio_end_ms=3040) == [
        "SpeechStopped party=caller media_ms=3040"
    ]


def test_pressed_digit() -> None:
    leg = Playbook("openai")
    dtmf = "input_audio_buffer.dtmf_event_received"
    assert leg.server(dtmf, event="#", received_at=1763668000) == ["DigitPressed digit=#"]
    assert leg.server(dtmf) == [f'Undecoded reason="no digit" name={dtmf}']


def test_client_s_cut_is_a_claim_and_the_server_only_confirms_it() -> None:
    leg = Playbook("openai")
    claim = "PlaybackCut evidence=client_claim item=a1 played_ms=950"
    assert leg.client("conversation.item.truncate", item_id="a1", content_index=0, audio_end_ms=950) == [
        claim
    ]
    assert leg.server("conversation.item.truncated", item_id="a1", content_index=0, audio_end_ms=950) == [
        claim
    ]


def test_cut_that_no_client_asked_for_is_the_server_s_own_knowledge() -> None:
    leg = Playbook("openai")
    assert leg.server("output_audio_buffer.started", response_id="r1") == [
        "PlaybackReported state=started response=r1"
    ]
    assert leg.server("output_audio_buffer.cleared", response_id="r1") == [
        "PlaybackCut evidence=server response=r1"
    ]
    assert leg.server("conversation.item.truncated", item_id="a1", audio_end_ms=0) == [
        "PlaybackCut evidence=server item=a1 played_ms=0"
    ]
    assert leg.server("output_audio_buffer.stopped", response_id="r1") == [
        "PlaybackReported state=stopped response=r1"
    ]


def test_only_errors_that_end_the_session_are_fatal() -> None:
    leg = Playbook("openai")
    error = {"type": "invalid_request_error", "code": None, "message": "no such item", "event_id": "e1"}
    assert leg.server("error", error=error) == [
        'ProblemReported code=invalid_request_error message="no such item"'
    ]
    assert leg.server("error", error={"code": "session_expired", "message": "60 minutes"}) == [
        'ProblemReported code=session_expired message="60 minutes" is_fatal=true'
    ]
    assert leg.server("error", message="flat") == ["ProblemReported code=error message=flat"]


def test_tools_that_could_not_be_listed_are_a_problem() -> None:
    assert Playbook("openai").server("mcp_list_tools.failed", item_id="l1") == [
        'ProblemReported code=mcp_list_tools_failed message="the tools of l1 could not be listed"'
    ]
