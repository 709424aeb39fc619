"""The observer of a Pipecat pipeline: what tells of the conversation, once, as `pipecat.MAPPING` reads it.

Sound of the agent is what its output transport is given to play; what of it was heard is for the playout
model to say, as with every provider.
"""

from base64 import b64encode
from typing import Any

from pipecat.frames import frames
from pipecat.observers.base_observer import BaseObserver, FramePushed
from pipecat.processors.frame_processor import FrameDirection
from pipecat.transports.base_output import BaseOutputTransport

from earwitness.capture.edge import guarded
from earwitness.integrations.attached import Attached
from earwitness.journal.record import Ended


class Observer(BaseObserver):
    """Tells the recorder. Pipecat calls it beside its pipeline, never in its way."""

    def __init__(self, attached: Attached) -> None:
        super().__init__()
        self._attached = attached
        self._ended: Ended | None = None
        self._said = ""  # the last thing that was to be said, by the name of the frame that began it
        self._spoken = ""  # what the sound that comes belongs to
        self._words: list[str] = []  # of the answer that is being made

    async def on_push_frame(self, data: FramePushed) -> None:
        guarded(lambda: self._tell(data), lambda _: self._attached.received(None))

    async def cleanup(self) -> None:
        await super().cleanup()  # type: ignore[no-untyped-call]
        self._attached.gone(self._ended or Ended(why="lost", by="client"))

    def _tell(self, data: FramePushed) -> None:
        frame = data.frame
        if isinstance(frame, frames.OutputAudioRawFrame):
            if isinstance(data.destination, BaseOutputTransport):
                self._attached.received(_sound("assistant", frame, item=self._spoken))
        elif data.first_push and not _is_second(frame, data.direction):
            self._tell_once(frame)

    def _tell_once(self, frame: Any) -> None:
        match frame:
            case frames.InputAudioRawFrame():
                self._attached.sent(_sound("user", frame))
            case frames.TranscriptionFrame():
                self._attached.sent(_words("user", frame.text, said_at=frame.timestamp))
            case frames.TTSSpeakFrame():
                self._said = frame.name
                self._attached.received(_words("assistant", frame.text, item=self._said))
            case frames.LLMFullResponseStartFrame():
                self._said, self._words = frame.name, []
            case frames.LLMTextFrame():
                self._words.append(frame.text)
                self._attached.received(_words("assistant", frame.text, "piece", item=self._said))
            case frames.LLMFullResponseEndFrame():
                self._attached.received(_words("assistant", "".join(self._words), item=self._said))
            case frames.TTSStartedFrame():
                self._spoken = self._said
            case frames.InterruptionFrame():
                self._attached.sent({"kind": "interruption"})
            case frames.FunctionCallInProgressFrame():
                self._attached.received({"kind": "tool_call", "tool": _call(frame)})
            case frames.FunctionCallResultFrame():
                result = {"error": frame.error} if frame.error else frame.result
                self._attached.sent({"kind": "tool_result", "tool": {**_call(frame), "result": result}})
            case frames.ErrorFrame():
                self._attached.received({"kind": "error", "problem": str(frame.error)})
            case frames.EndFrame() | frames.StopFrame() | frames.CancelFrame():
                self._ended = Ended(why="closed", by="client", detail=type(frame).__name__)


def _is_second(frame: frames.Frame, direction: FrameDirection) -> bool:
    """One of two that were sent both ways for one thing that happened."""
    return frame.broadcast_sibling_id is not None and direction is FrameDirection.UPSTREAM


def _words(role: str, text: str, kind: str = "message", **more: str) -> dict[str, str]:
    return {"kind": kind, "role": role, "text": text, **more}


def _call(frame: frames.FunctionCallInProgressFrame | frames.FunctionCallResultFrame) -> dict[str, Any]:
    return {"call": frame.tool_call_id, "name": frame.function_name, "arguments": frame.arguments}


def _sound(role: str, frame: frames.AudioRawFrame, **more: str) -> dict[str, Any]:
    """Of several channels the first."""
    samples = memoryview(frame.audio).cast("h")[:: frame.num_channels]
    audio = b64encode(samples.tobytes()).decode()
    return {"kind": "sound", "role": role, "rate_hz": frame.sample_rate, "audio": audio, **more}
