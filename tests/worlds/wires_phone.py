"""How telephone platforms tell of a call."""

from collections.abc import Iterator

from worlds.wire import Told, Wire, text


class AudioCodes(Wire):
    provider, path = "audiocodes", "/bot"
    caller = agent = ("mulaw", 8_000)

    def begin(self) -> Iterator[Told]:
        name = {
            ("mulaw", 8_000): "raw/mulaw",
            ("pcm_s16le", 16_000): "raw/lpcm16",
            ("pcm_s16le", 8_000): "raw/lpcm16_8",
        }
        name |= {("pcm_s16le", 24_000): "raw/lpcm16_24"}
        form = name[self.agent]
        yield (
            "client",
            {
                "type": "session.initiate",
                "conversationId": "c",
                "botName": "b",
                "supportedMediaFormats": [form],
            },
        )
        yield "server", {"type": "session.accepted", "mediaFormat": form}
        yield "client", {"type": "userStream.start", "conversationId": "c"}
        yield "server", {"type": "userStream.started"}

    def frame(self, number: int, sound: bytes) -> Told:
        return "client", {"type": "userStream.chunk", "conversationId": "c", "audioChunk": text(sound)}

    def speech_started(self, item: str, at_ms: float) -> Iterator[Told]:
        yield "server", {"type": "userStream.speech.started"}

    def speech_stopped(self, item: str, at_ms: float, text: str, begun_ms: float) -> Iterator[Told]:
        yield "server", {"type": "userStream.speech.stopped"}
        yield (
            "server",
            {"type": "userStream.speech.recognition", "alternatives": [{"text": text, "confidence": 0.9}]},
        )

    def answer_begins(self, item: str, text: str) -> Iterator[Told]:
        yield "server", {"type": "playStream.start", "streamId": item, "altText": text}

    def answer_sounds(self, item: str, sound: bytes) -> Iterator[Told]:
        yield "server", {"type": "playStream.chunk", "streamId": item, "audioChunk": text(sound)}

    def answer_ends(self, item: str, text: str, is_cut: bool) -> Iterator[Told]:
        if not is_cut:
            yield "server", {"type": "playStream.stop", "streamId": item}

    def cut(self, item: str, heard_ms: float, text: str, words: str) -> Iterator[Told]:
        yield "server", {"type": "playStream.stop", "streamId": item}
        yield "server", {"type": "activities", "activities": [{"type": "event", "name": "abortPrompts"}]}


class Twilio(Wire):
    provider, path = "twilio", "/media"
    caller = agent = ("mulaw", 8_000)
    cut_evidence = "platform_mark"
    has_marks = True
    can_choose_rate = False

    def begin(self) -> Iterator[Told]:
        media = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {
            "accountSid": "AC1",
            "callSid": "CA1",
            "streamSid": "MZ1",
            "tracks": ["inbound"],
            "mediaFormat": media,
            "customParameters": {},
        }
        yield "client", {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start}

    def frame(self, number: int, sound: bytes) -> Told:
        media = {
            "track": "inbound",
            "chunk": str(number + 1),
            "timestamp": str(number * 20),
            "payload": text(sound),
        }
        return "client", {"event": "media", "streamSid": "MZ1", "media": media}

    def answer_sounds(self, item: str, sound: bytes) -> Iterator[Told]:
        yield "server", {"event": "media", "streamSid": "MZ1", "media": {"payload": text(sound)}}

    def cut(self, item: str, heard_ms: float, text: str, words: str) -> Iterator[Told]:
        yield "server", {"event": "clear", "streamSid": "MZ1"}

    def mark_set(self, item: str) -> Iterator[Told]:
        yield "server", {"event": "mark", "streamSid": "MZ1", "mark": {"name": item}}

    def mark_reached(self, item: str) -> Iterator[Told]:
        yield "client", {"event": "mark", "streamSid": "MZ1", "mark": {"name": item}}
