"""A real Pipecat pipeline with a transport that plays at the pace of speech, attached."""

import asyncio

import numpy as np
import pytest
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    TranscriptionFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.workers.runner import WorkerRunner

import earwitness
from earwitness.model.conversation import Status
from earwitness.simulator.lines import line, spoken
from pipecats import RATE_HZ, Speaker, Through, answer


async def played(tmp_path, play, **options):
    """What `play(worker, speaker)` does to an attached pipeline, recorded; the speaker."""
    speaker = Speaker()
    worker = PipelineWorker(
        Pipeline([Through(), speaker]),
        params=PipelineParams(audio_out_sample_rate=RATE_HZ),
        enable_rtvi=False,
    )
    leg = earwitness.attach(worker, data_dir=tmp_path, **options)
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(30):
        await play(worker, speaker)
        await running
    leg.close()
    [recorded] = earwitness.open_library(tmp_path).conversations()
    return recorded, speaker


async def order(worker, speaker):
    sound = spoken("order", 16_000).tobytes()
    pieces = [sound[start : start + 640] for start in range(0, len(sound), 640)]
    call = {"function_name": "place_order", "tool_call_id": "call_1", "arguments": {"size": "large"}}
    await worker.queue_frames(
        [
            TTSSpeakFrame(line("greeting").text),
            *(InputAudioRawFrame(audio=piece, sample_rate=16_000, num_channels=1) for piece in pieces),
            TranscriptionFrame(line("order").text, "caller", "2026-01-02T03:04:05.000Z"),
            FunctionCallInProgressFrame(**call),
            FunctionCallResultFrame(**call, result={"order": 4711}),
            *answer(line("price").text, "price"),
            EndFrame(),
        ]
    )


async def test_an_order_is_recorded_word_for_word_with_its_tool_call(tmp_path):
    recorded, _ = await played(tmp_path, order, subject="RID001")
    assert [(row.role, row.text) for row in recorded.messages()] == [
        ("assistant", line("greeting").text),
        ("user", line("order").text),
        ("assistant", line("price").text),
    ]
    [call] = recorded.tool_calls()
    assert (call.name, call.arguments, call.result) == ("place_order", '{"size":"large"}', '{"order":4711}')
    assert (recorded.row.status, recorded.row.subject, recorded.row.gap_count) == (
        Status.COMPLETE,
        "RID001",
        0,
    )


async def test_both_voices_are_in_their_tracks_at_their_own_rates(tmp_path):
    recorded, _ = await played(tmp_path, order)
    caller = np.concatenate(list(recorded.audio("caller", rate_hz=16_000).blocks()))
    agent = np.concatenate(list(recorded.audio("agent", rate_hz=RATE_HZ).blocks()))
    assert np.array_equal(np.trim_zeros(agent), np.trim_zeros(spoken("price", RATE_HZ)))
    assert np.count_nonzero(caller) == np.count_nonzero(spoken("order", 16_000))


async def test_an_answer_that_was_interrupted_ends_where_the_caller_heard_it_end(tmp_path):
    async def break_in(worker, speaker):
        await worker.queue_frames(answer(line("hours").text, "hours"))
        await speaker.is_playing.wait()
        await asyncio.sleep(1.5)  # of the answer is played
        await worker.queue_frames([InterruptionFrame(), EndFrame()])

    recorded, speaker = await played(tmp_path, break_in)
    [row] = recorded.messages()
    heard = np.trim_zeros(np.frombuffer(bytes(speaker.heard), np.int16), "b")  # Pipecat ends with silence
    heard_ms = len(heard) * 1000 / RATE_HZ
    assert (row.text, row.status) == (line("hours").text, "interrupted")
    assert row.heard_ms == pytest.approx(heard_ms, abs=60)
    assert row.text.startswith(row.heard_text)
    assert 0 < len(row.heard_text) < len(row.text)


async def test_an_error_of_the_pipeline_is_a_finding_and_an_end_that_nobody_told_is_a_loss(tmp_path):
    async def fail(worker, speaker):
        await worker.queue_frames([ErrorFrame("the voice is gone")])
        await worker.cancel()

    recorded, _ = await played(tmp_path, fail)
    assert [each.message for each in recorded.conversation.findings] == ["error: the voice is gone"]
