"""Transcripts and responses, in the order the wire brings them and not the one a reader would like."""

from typing import Any

from wirelogs import Playbook

HEARD = "conversation.item.input_audio_transcription"


def created(response: str, **more: Any) -> dict[str, Any]:
    return {"id": response, "status": "in_progress", "output": [], **more}


def test_caller_s_words_arrive_in_pieces_and_then_whole() -> None:
    leg = Playbook("openai")
    assert leg.server("input_audio_buffer.committed", previous_item_id="a0", item_id="u1") == [
        "MessageOpened item=u1 role=user previous=a0"
    ]
    assert leg.server(f"{HEARD}.delta", item_id="u1", content_index=0, delta="Can I ") == [
        'TextArrived item=u1 text="Can I "'
    ]
    usage = {"type": "tokens", "total_tokens": 22}
    whole = {"item_id": "u1", "content_index": 0, "transcript": "Can I come?\n", "usage": usage}
    assert leg.server(f"{HEARD}.completed", **whole) == [
        'TextArrived item=u1 text="Can I come?" is_whole=true',
        "MessageClosed item=u1",
        'UsageReported source=transcription usage={"type": "tokens", "total_tokens": 22}',
    ]


def test_certainty_of_a_transcript_is_that_of_its_tokens() -> None:
    leg = Playbook("openai")
    tokens = [{"token": "Hi", "logprob": -0.1}, {"token": "!", "logprob": -0.3}]
    whole = {"item_id": "u1", "transcript": "Hi!", "logprobs": tokens}
    assert "TextArrived item=u1 text=Hi! is_whole=true confidence=0.818731" in leg.server(
        f"{HEARD}.completed", **whole
    )
    odd = {"item_id": "u2", "transcript": "Hi!", "logprobs": [*tokens, {"logprob": "?"}, {"logprob": 1e300}]}
    assert "TextArrived item=u2 text=Hi! is_whole=true" in leg.server(f"{HEARD}.completed", **odd)


def test_silence_is_known_to_hold_no_words() -> None:
    leg = Playbook("openai")
    leg.server("input_audio_buffer.committed", previous_item_id=None, item_id="u1")
    assert leg.server(f"{HEARD}.completed", item_id="u1", transcript="") == [
        'TextArrived item=u1 text="" is_whole=true',
        "MessageClosed item=u1",
    ]


def test_transcript_of_an_item_nobody_announced_opens_it() -> None:
    assert Playbook("openai").server(f"{HEARD}.completed", item_id="u9", transcript="Hi")[0] == (
        "MessageOpened item=u9 role=user"
    )


def test_failed_transcription_is_a_problem_and_the_end_of_the_message() -> None:
    leg = Playbook("openai")
    leg.server("input_audio_buffer.committed", previous_item_id=None, item_id="u1")
    assert leg.server(f"{HEARD}.failed", item_id="u1", error={"code": "unclear", "message": "noise"}) == [
        "ProblemReported code=unclear message=noise",
        "MessageClosed item=u1 status=failed",
    ]


def test_first_item_is_first_only_where_the_server_says_null() -> None:
    leg = Playbook("openai")
    committed = "input_audio_buffer.committed"
    assert leg.server(committed, previous_item_id=None, item_id="u1")[0].endswith("is_first=true")
    assert leg.server(committed, item_id="u2") == ["MessageOpened item=u2 role=user"]


def test_out_of_band_response_reaches_no_ear() -> None:
    leg = Playbook("openai")
    leg.server("response.created", response=created("r1", conversation_id=None))
    item = {"id": "a1", "type": "message", "role": "assistant", "content": []}
    assert leg.server("response.output_item.added", response_id="r1", item=item) == [
        "MessageOpened item=a1 role=assistant response=r1 is_audible=false"
    ]


def test_response_in_text_reaches_no_ear() -> None:
    leg = Playbook("openai")
    leg.server("response.created", response=created("r1", conversation_id="c", modalities=["text"]))
    told = leg.server("response.text.delta", response_id="r1", item_id="a1", delta="Hi")
    assert told[0] == "MessageOpened item=a1 role=assistant response=r1 is_audible=false"


def test_commentary_is_speech_like_any_other() -> None:
    item = {"id": "a1", "type": "message", "role": "assistant", "content": [], "phase": "commentary"}
    assert Playbook("openai").server("response.output_item.added", response_id="r1", item=item) == [
        "MessageOpened item=a1 role=assistant response=r1 phase=commentary"
    ]


def test_response_may_end_before_it_said_anything() -> None:
    details = {"type": "cancelled", "reason": "turn_detected"}
    ended = {"id": "r1", "status": "cancelled", "status_details": details, "output": [], "usage": None}
    assert Playbook("openai").server("response.done", response=ended) == [
        "ResponseEnded response=r1 status=cancelled reason=turn_detected"
    ]


def test_cancelled_response_closes_what_it_left_open() -> None:
    leg = Playbook("openai")
    delta = "response.output_audio_transcript.delta"
    leg.server(delta, response_id="r1", item_id="a1", content_index=0, delta="Well,")
    leg.server(delta, response_id="r2", item_id="a2", content_index=0, delta="Yes")
    assert leg.server("response.done", response={"id": "r1", "status": "cancelled", "output": []}) == [
        "MessageClosed item=a1 status=incomplete",
        "ResponseEnded response=r1 status=cancelled",
    ]
    assert leg.server("response.done", response={"id": "r2", "status": "completed"}) == [
        "MessageClosed item=a2",
        "ResponseEnded response=r2 status=completed",
    ]


def test_failed_response_tells_its_error() -> None:
    error = {"type": "server_error", "code": "insufficient_quota", "message": "pay"}
    ended = {"id": "r1", "status": "failed", "status_details": {"type": "failed", "error": error}}
    assert Playbook("openai").server("response.done", response=ended) == [
        "ProblemReported code=insufficient_quota message=pay",
        "ResponseEnded response=r1 status=failed reason=insufficient_quota",
    ]


def test_words_seen_only_at_the_end_of_their_response_are_not_lost() -> None:
    content = [{"type": "output_audio", "transcript": "Hello!"}]
    item = {"id": "a1", "type": "message", "role": "assistant", "status": "completed", "content": content}
    ended = {"id": "r1", "status": "completed", "output": [item], "usage": {"total_tokens": 9}}
    assert Playbook("openai").server("response.done", response=ended) == [
        "MessageOpened item=a1 role=assistant response=r1",
        "TextArrived item=a1 text=Hello! is_whole=true",
        "MessageClosed item=a1",
        'ResponseEnded response=r1 status=completed usage={"total_tokens": 9}',
    ]


def test_padding_against_eavesdroppers_is_no_text() -> None:
    leg = Playbook("openai")
    delta = {"response_id": "r1", "item_id": "a1", "delta": "Hi", "obfuscation": "dGVzdA"}
    assert leg.server("response.output_text.delta", **delta)[1:] == ["TextArrived item=a1 text=Hi"]


def test_words_of_no_item_are_left_over() -> None:
    done = "response.output_audio_transcript.done"
    assert Playbook("openai").server(done, transcript="Hi") == [f'Undecoded reason="no item_id" name={done}']
