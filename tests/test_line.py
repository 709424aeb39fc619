"""The whole line against the truth: what was said, heard and done in a call, and what was recorded of it."""

import asyncio
import json
from base64 import b64encode

import numpy as np
import pytest
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner
from openai import AsyncOpenAI, OpenAI

from earwitness.audio.codecs import encode
from earwitness.library import open_library
from earwitness.model.conversation import Status
from earwitness.simulator.lines import line, spoken
from hearing import lag_ms, loudest_outside
from recorded import PLAYS, Line, as_it_was, recording

SPOKEN = [(provider, name) for provider, name in PLAYS if name not in ("refused", "busy")]
REFUSED = [(provider, name) for provider, name in PLAYS if name in ("refused", "busy")]
EXACT_MS = 20  # what the product promises


def truth_and_record(call):
    return recording().results[call].truth, recording().call(*call)


def tolerance_ms():
    return EXACT_MS + recording().stall_ms


def on_the_callers_clock(recorded, truth, track):
    """The track as rendered, shifted so that it begins when the caller began to dial."""
    samples = np.concatenate(list(recorded.audio(track, rate_hz=truth.rate_hz).blocks()))
    dialled_ns = recorded.row.began_at_ns - truth.zero_wall_ns
    return np.concatenate([np.zeros(dialled_ns * truth.rate_hz // 1_000_000_000, np.int16), samples])


# -- every scenario against its truth ----------------------------------------------------------------


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_the_call_went_as_its_scenario_says(call):
    assert recording().results[call].reason == ""


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_every_word_is_there_with_its_role_in_its_order_and_none_is_invented(call):
    truth, recorded = truth_and_record(call)
    said = [(each.start_ms, "user", each.text) for each in truth.said]
    heard = [(each.stretches[0][0], "assistant", each.text) for each in truth.heard]
    expected = sorted(said + heard)
    rows = recorded.messages()
    assert [row.role for row in rows] == [role for _, role, _ in expected]
    stopped = {each.text for each in truth.heard if each.sent_ms < line(each.line).duration_ms - 1}
    for row, (_, _, text) in zip(rows, expected, strict=True):
        # of an answer that was stopped while it was being made, the words so far
        assert text.startswith(row.text) if text in stopped else row.text == text
        assert row.text


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_every_tool_call_and_digit_is_there_and_none_is_invented(call):
    truth, recorded = truth_and_record(call)
    used = [(each.call, each.name, each.arguments, each.result) for each in truth.tool_calls]
    assert [
        (row.call_id, row.name, json.loads(row.arguments), json.loads(row.result))
        for row in recorded.tool_calls()
    ] == used
    assert "".join(digit.digit for digit in recorded.conversation.digits) == truth.digits
    for row, each in zip(recorded.tool_calls(), truth.tool_calls, strict=True):
        called_ns = recorded.row.began_at_ns + row.called_ns
        assert called_ns - each.at_wall_ns == pytest.approx(0, abs=tolerance_ms() * 1e6)


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_how_far_each_answer_was_heard_is_known_to_twenty_milliseconds(call):
    truth, recorded = truth_and_record(call)
    rows = recorded.messages(role="assistant")
    assert [row.status == "interrupted" for row in rows] == [
        each.heard_ms < each.sent_ms - 1 for each in truth.heard
    ]
    for row, each in zip(rows, truth.heard, strict=True):
        assert row.heard_ms == pytest.approx(each.heard_ms, abs=tolerance_ms())
        assert row.sent_ms >= each.sent_ms - 1
        if truth.ended != "died":  # else what was on its way to the phone never got there
            assert row.sent_ms == pytest.approx(each.sent_ms, abs=1)
        if row.status == "interrupted":
            assert row.text.startswith(row.heard_text)
            assert 0 < len(row.heard_text) < len(row.text)
        else:
            assert row.heard_text == row.text
            assert not row.is_estimated


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_the_agents_track_is_what_the_callers_ear_got(call):
    truth, recorded = truth_and_record(call)
    ours = on_the_callers_clock(recorded, truth, "agent")
    spans = [span for each in truth.heard for span in each.stretches]
    lags = [lag_ms(ours, truth.ear, span, truth.rate_hz) for span in spans]
    assert all(abs(lag) <= tolerance_ms() for lag in lags), lags
    assert loudest_outside(ours, spans, truth.rate_hz, tolerance_ms()) < 100  # silence after every cut


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_the_callers_track_is_what_left_the_callers_mouth(call):
    truth, recorded = truth_and_record(call)
    ours = on_the_callers_clock(recorded, truth, "caller")
    spans = [(each.start_ms, each.end_ms) for each in truth.said]
    lags = [lag_ms(ours, truth.mouth, span, truth.rate_hz) for span in spans]
    assert all(abs(lag) <= tolerance_ms() for lag in lags), lags
    assert loudest_outside(ours, spans, truth.rate_hz, tolerance_ms()) < 1000


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_a_call_is_whole_unless_it_died_and_then_it_says_so(call):
    truth, recorded = truth_and_record(call)
    row = recorded.row
    assert row.labels == [call[1]]
    assert (row.subject, row.metadata["scenario"]) == (f"RID-{call[1]}", call[1])
    assert row.duration_ms == pytest.approx(truth.duration_ms, abs=150 + recording().stall_ms)
    if truth.ended == "died":
        assert (row.status, row.reasons) == (Status.PARTIAL, ["peer_lost"])
    else:
        assert (row.status, row.reasons, row.health_score) == (Status.COMPLETE, [], 100)
        assert recorded.shortcomings() == []


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_a_telephone_call_has_two_legs_and_one_conversation(call):
    _, recorded = truth_and_record(call)
    providers = {"openai": ["openai"], "twilio": ["twilio", "openai"]}[call[0]]
    assert [leg.provider for leg in recorded.conversation.legs] == providers
    assert recorded.row.providers == providers
    if call[0] == "twilio":
        assert recorded.row.call_id == recording().results[call].conversation


@pytest.mark.parametrize("call", REFUSED, ids=" ".join)
def test_a_refusal_is_kept_with_the_providers_own_status(call):
    _, recorded = truth_and_record(call)
    status = {"refused": 401, "busy": 429}[call[1]]
    voice = recorded.conversation.legs[-1]
    assert (voice.answer_status, voice.why_closed) == (status, "refused")
    told = [finding.message for finding in recorded.conversation.findings]
    assert any(word in text for word in ("API key", "Rate limit", str(status)) for text in told), told
    if call[0] == "openai":
        assert (recorded.row.status, recorded.row.reasons) == (Status.FAILED, [f"refused:{status}"])


def test_every_call_of_the_recording_is_there_once():
    library = recording().library()
    assert len(list(library.conversations())) == len(PLAYS)
    assert library.due() == ()


# -- official clients --------------------------------------------------------------------------------

SESSION = {"type": "realtime", "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}}
SCRIPT = {"sim_scenario": "order", "sim_speed": "20"}
RESULT = '{"order": 4711}'
ORDERED = [
    ("assistant", line("greeting").text),
    ("user", line("order").text),
    ("assistant", line("one_moment").text),
    ("assistant", line("price").text),
]


def said(name):
    """The caller's line and the silence behind it that ends a turn, as one append."""
    samples = np.concatenate([spoken(name, 24_000), np.zeros(24_000, np.int16)])
    return b64encode(encode("pcm_s16le", samples)).decode()


def order(connection):
    """An order up to its price with the synchronous client."""

    def until(kind):
        return next(event for event in connection if event.type == kind)

    connection.session.update(session=SESSION)
    connection.response.create()
    until("response.done")
    connection.input_audio_buffer.append(audio=said("order"))
    call = until("response.done").response.output[-1]
    answer = {"type": "function_call_output", "call_id": call.call_id, "output": RESULT}
    connection.conversation.item.create(item=answer)
    until("conversation.item.done")
    connection.response.create()
    until("response.done")


async def order_async(connection):
    """The same with the asynchronous one."""

    async def until(kind):
        async for event in connection:
            if event.type == kind:
                return event
        raise AssertionError(f"no {kind}")

    await connection.session.update(session=SESSION)
    await connection.response.create()
    await until("response.done")
    await connection.input_audio_buffer.append(audio=said("order"))
    call = (await until("response.done")).response.output[-1]
    answer = {"type": "function_call_output", "call_id": call.call_id, "output": RESULT}
    await connection.conversation.item.create(item=answer)
    await until("conversation.item.done")
    await connection.response.create()
    await until("response.done")


def check_order(data_dir, result=RESULT):
    library = open_library(as_it_was(data_dir))
    [recorded] = library.conversations()
    assert [(row.role, row.text) for row in recorded.messages()] == ORDERED
    [call] = recorded.tool_calls()
    assert (call.name, json.loads(call.arguments)["size"], call.result) == ("place_order", "large", result)
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert any(block.any() for block in recorded.audio("caller").blocks())
    assert any(block.any() for block in recorded.audio("agent-sent").blocks())
    library.catalog.close()


@pytest.mark.parametrize("way", ["base_url", "websocket_base_url"])
async def test_an_order_by_the_async_openai_client_is_recorded_word_for_word(tmp_path, way):
    async with Line(tmp_path) as rig:
        address = rig.url("openai", "http" if way == "base_url" else "ws") + "/v1"
        client = AsyncOpenAI(api_key="sk-any", **{way: address})
        async with client.realtime.connect(model="gpt-realtime", extra_query=SCRIPT) as connection:
            await order_async(connection)
    check_order(tmp_path)


@pytest.mark.parametrize("way", ["base_url", "websocket_base_url"])
async def test_an_order_by_the_sync_openai_client_is_recorded_word_for_word(tmp_path, way):
    async with Line(tmp_path) as rig:
        address = rig.url("openai", "http" if way == "base_url" else "ws") + "/v1"

        def talk():
            client = OpenAI(api_key="sk-any", **{way: address})
            with client.realtime.connect(model="gpt-realtime", extra_query=SCRIPT) as connection:
                order(connection)

        await asyncio.to_thread(talk)
    check_order(tmp_path)


@function_tool
def place_order(item: str, size: str, quantity: int) -> str:
    """Places an order."""
    return RESULT


async def test_an_order_by_the_agents_sdk_is_recorded_word_for_word(tmp_path):
    agent = RealtimeAgent(name="Pizza", instructions="Take orders.", tools=[place_order])
    query = "&".join(f"{key}={value}" for key, value in SCRIPT.items())
    async with Line(tmp_path) as rig:
        url = rig.url("openai") + f"/v1/realtime?model=gpt-realtime&{query}"
        session = await RealtimeRunner(agent).run(model_config={"url": url, "api_key": "sk-any"})
        async with session:
            await session.model.send_event(_raw("response.create"))
            ended = 0
            async with asyncio.timeout(20):
                async for event in session:
                    ended += event.type == "agent_end"
                    if event.type == "agent_end" and ended == 1:
                        await session.send_audio(
                            np.concatenate([spoken("order", 24_000), np.zeros(24_000, np.int16)]).tobytes()
                        )
                    if ended == 3:
                        break
    check_order(tmp_path)


def _raw(kind):
    from agents.realtime.model_inputs import RealtimeModelSendRawMessage

    return RealtimeModelSendRawMessage(message={"type": kind})
