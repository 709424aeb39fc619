"""The two ends of a real Pipecat pipeline: an ear at the pace of speech, and the frames of an answer."""

import asyncio
import time

from pipecat.frames.frames import (
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
)
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.transports.base_output import BaseOutputTransport
from pipecat.transports.base_transport import TransportParams

from earwitness.simulator.lines import spoken

RATE_HZ = 24_000
PIECE = RATE_HZ // 50 * 2  # bytes of 20 ms


class Speaker(BaseOutputTransport):
    """A telephone's ear: takes sound as fast as it is spoken."""

    def __init__(self):
        super().__init__(TransportParams(audio_out_enabled=True, audio_out_sample_rate=RATE_HZ))
        self.heard = bytearray()
        self.ends_s = 0.0
        self.is_playing = asyncio.Event()

    async def start(self, frame):
        await super().start(frame)
        await self.set_transport_ready(frame)

    async def write_audio_frame(self, frame):
        now_s = time.monotonic()
        self.ends_s = max(self.ends_s, now_s) + len(frame.audio) / 2 / frame.sample_rate
        self.is_playing.set()
        self.heard += frame.audio
        await asyncio.sleep(self.ends_s - now_s)
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
