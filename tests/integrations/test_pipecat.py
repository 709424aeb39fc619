"""A real Pipecat pipeline with a transport that plays at the pace of speech, attached."""

import asyncio
import time

import numpy as np
import pytest
from pipecat.frames.frames import (
    EndFrame,
    ErrorFrame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    InputAudioRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSSpeakFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams
from pipecat.workers.runner import WorkerRunner

import earwitness
from earwitness.model.conversation import Status
from earwitness.simulator.lines import line, spoken

RATE_HZ = 24_000
PIECE = RATE_HZ // 50 * 2  # bytes of 20 ms


class Speaker(BaseOutputTransport):
    """A telephone's ear: takes sound as fast as it is spoken."""

    def __init__(self):
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_sample_rate=RATE_HZ))
        self.heard = bytearray()
        self.began_s = 0.0
        self.is_playing = asyncio.Event()

    async def start(self, frame):
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame):
        self.began_s = self.began_s or time.monotonic()
        self.is_playing.set()
        self.heard += frame.audio
        played_s = len(self.heard) / 2 / frame.sample_rate
        await asyncio.sleep(self.began_s + played_s - time.monotonic())
        return True


class Through(FrameProcessor):
    """Stands where speech is recognised, thought and made: passes on what it is given."""

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        await self.push_frame(frame, direction)


def answer(text, name=None):
    sound = spoken(name, RATE_HZ).tobytes() if name else b""
    return [
        LLMFullResponseStartFrame(),
        *(LLMTextFrame(word) for word in text.split(" ")[:1]),
        *(LLMTextFrame(f" {word}") for word in text.split(" ")[1:]),
        LLMFullResponseEndFrame(),
        TTSStartedFrame(),
        TTSAudioRawFrame(audio=sound, sample_rate=RATE_HZ, num_channels=1),
        TTSStoppedFrame(),
    ]


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
