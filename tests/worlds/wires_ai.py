"""How voice AIs tell of a call."""

import struct
from collections.abc import Iterator
from typing import Any

from worlds.wire import Format, Told, Wire, text


class OpenAI(Wire):
    provider, path = "openai", "/v1/realtime?model=gpt-realtime"
    later = ("mulaw", 8_000)
    cut_evidence = "client_claim"
    can_choose_rate = False

    def _session(self, kind: str) -> Told:
        def format(of: Format) -> dict[str, Any]:
            return {"type": "audio/pcmu"} if of[0] == "mulaw" else {"type": "audio/pcm", "rate": of[1]}

        sound = {"input": {"format": format(self.caller)}, "output": {"format": format(self.agent)}}
        return "server", {"type": kind, "session": {"type": "realtime", "id": "sess_1", "audio": sound}}

    def begin(self) -> Iterator[Told]:
        yield self._session("session.created")

    def change(self, later: Format) -> Iterator[Told]:
        self.agent = later
        yield self._session("session.updated")

    def frame(self, number: int, sound: bytes) -> Told:
        return "client", {"type": "input_audio_buffer.append", "audio": text(sound)}

    def speech_started(self, item: str, at_ms: float) -> Iterator[Told]:
        at = max(0, int(at_ms) - 300)  # as `prefix_padding_ms` has it
        yield "server", {"type": "input_audio_buffer.speech_started", "audio_start_ms": at, "item_id": item}

    def speech_stopped(self, item: str, at_ms: float, text: str, begun_ms: float) -> Iterator[Told]:
        at = int(at_ms) + 500
        yield "server", {"type": "input_audio_buffer.speech_stopped", "audio_end_ms": at, "item_id": item}
        yield "server", {"type": "input_audio_buffer.committed", "item_id": item}
        done = "conversation.item.input_audio_transcription.completed"
        yield "server", {"type": done, "item_id": item, "content_index": 0, "transcript": text}

    def answer_begins(self, item: str, text: str) -> Iterator[Told]:
        response = f"resp_{item}"
        body = {"id": item, "type": "message", "role": "assistant", "status": "in_progress", "content": []}
        yield "server", {"type": "response.created", "response": {"id": response}}
        yield "server", {"type": "response.output_item.added", "response_id": response, "item": body}
        yield "server", {"type": "response.output_audio_transcript.delta", "delta": text, **_at(item)}

    def answer_sounds(self, item: str, sound: bytes) -> Iterator[Told]:
        yield "server", {"type": "response.output_audio.delta", "delta": text(sound), **_at(item)}

    def answer_ends(self, item: str, text: str, is_cut: bool) -> Iterator[Told]:
        status = "incomplete" if is_cut else "completed"
        body = {"id": item, "type": "message", "role": "assistant", "status": status, "content": []}
        yield "server", {"type": "response.output_audio_transcript.done", "transcript": text, **_at(item)}
        yield "server", {"type": "response.output_item.done", "response_id": f"resp_{item}", "item": body}
        done = {"id": f"resp_{item}", "status": "cancelled" if is_cut else "completed"}
        yield "server", {"type": "response.done", "response": done}

    def cut(self, item: str, heard_ms: float, text: str, words: str) -> Iterator[Told]:
        told = {"item_id": item, "content_index": 0, "audio_end_ms": int(heard_ms)}
        yield "client", {"type": "conversation.item.truncate", **told}

    def tool_called(self, call: str) -> Iterator[Told]:
        body = {
            "id": f"item_{call}",
            "type": "function_call",
            "call_id": call,
            "name": "look",
            "arguments": "{}",
        }
        yield "server", {"type": "response.output_item.done", "response_id": f"resp_{call}", "item": body}

    def tool_returned(self, call: str) -> Iterator[Told]:
        body = {"type": "function_call_output", "call_id": call, "output": "{}"}
        yield "client", {"type": "conversation.item.create", "item": body}


def _at(item: str) -> dict[str, Any]:
    return {"response_id": f"resp_{item}", "item_id": item, "output_index": 0, "content_index": 0}


class ElevenLabs(Wire):
    provider, path = "elevenlabs", "/v1/convai/conversation?agent_id=agent_7"
    caller = agent = ("pcm_s16le", 16_000)
    cut_evidence = "server"  # it tells which words were heard

    def __init__(self, caller: Format | None = None, agent: Format | None = None) -> None:
        super().__init__(caller, agent)
        self._event = 0
        self._sent = 0

    def begin(self) -> Iterator[Told]:
        def name(of: Format) -> str:
            return f"{'ulaw' if of[0] == 'mulaw' else 'pcm'}_{of[1]}"

        formats = {
            "agent_output_audio_format": name(self.agent),
            "user_input_audio_format": name(self.caller),
        }
        told = {"conversation_id": "conv_1", **formats}
        kind = "conversation_initiation_metadata"
        yield "server", {"type": kind, f"{kind}_event": told}

    def frame(self, number: int, sound: bytes) -> Told:
        return "client", {"user_audio_chunk": text(sound)}

    def speech_stopped(self, item: str, at_ms: float, text: str, begun_ms: float) -> Iterator[Told]:
        told = {"user_transcript": text, "event_id": self._event}
        yield "server", {"type": "user_transcript", "user_transcription_event": told}

    def answer_begins(self, item: str, text: str) -> Iterator[Told]:
        self._event += 1
        told = {"agent_response": text, "event_id": self._event}
        yield "server", {"type": "agent_response", "agent_response_event": told}

    def answer_sounds(self, item: str, sound: bytes) -> Iterator[Told]:
        yield (
            "server",
            {"type": "audio", "audio_event": {"audio_base_64": text(sound), "event_id": self._event}},
        )

    def cut(self, item: str, heard_ms: float, text: str, words: str) -> Iterator[Told]:
        yield "server", {"type": "interruption", "interruption_event": {"event_id": self._event}}
        kind = "agent_response_correction"
        told = {
            "original_agent_response": text,
            "corrected_agent_response": f"{words}...",
            "event_id": self._event,
        }
        yield "server", {"type": kind, f"{kind}_event": told}


class Hume(Wire):
    provider, path = "hume", "/v0/evi/chat?config_id=cfg"
    caller, agent, later = ("pcm_s16le", 16_000), ("pcm_s16le", 48_000), ("pcm_s16le", 24_000)
    is_whole = True

    def begin(self) -> Iterator[Told]:
        sound = {"encoding": "linear16", "sample_rate": self.caller[1], "channels": 1}
        yield "client", {"type": "session_settings", "audio": sound}
        yield "server", {"type": "chat_metadata", "chat_id": "chat-1", "chat_group_id": "group-1"}

    def change(self, later: Format) -> Iterator[Told]:
        self.agent = later
        yield from ()

    def frame(self, number: int, sound: bytes) -> Told:
        return "client", {"type": "audio_input", "data": text(sound)}

    def speech_stopped(self, item: str, at_ms: float, text: str, begun_ms: float) -> Iterator[Told]:
        said = {
            "message": {"role": "user", "content": text},
            "time": {"begin": int(begun_ms), "end": int(at_ms)},
        }
        yield "server", {"type": "user_message", "models": {}, "interim": False, "from_text": False, **said}

    def answer_begins(self, item: str, text: str) -> Iterator[Told]:
        said = {"id": item, "message": {"role": "assistant", "content": text}, "from_text": False}
        yield "server", {"type": "assistant_message", "models": {}, **said}

    def answer_sounds(self, item: str, sound: bytes) -> Iterator[Told]:
        rate = self.agent[1]
        head = struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF",
            36 + len(sound),
            b"WAVE",
            b"fmt ",
            16,
            1,
            1,
            rate,
            rate * 2,
            2,
            16,
            b"data",
            len(sound),
        )
        yield "server", {"type": "audio_output", "id": item, "index": 0, "data": text(head + sound)}

    def answer_ends(self, item: str, text: str, is_cut: bool) -> Iterator[Told]:
        yield "server", {"type": "assistant_end"}

    def cut(self, item: str, heard_ms: float, text: str, words: str) -> Iterator[Told]:
        yield "server", {"type": "user_interruption", "time": 1_700_000_000_650}
