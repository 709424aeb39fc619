"""A telephone call as AudioCodes VoiceAI Connect (VAIC) brings it to a bot: VAIC dials the bot's URL."""

import uuid
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any

from earwitness.audio.codecs import decode, encode
from earwitness.clock import NS_PER_S
from earwitness.simulator.call import Call
from earwitness.simulator.caller import race

FORMAT = "raw/lpcm16"
CALLER_NUMBER = "+15555550123"
BOT_NAME = "pizza-desk"


class AudioCodesCaller(Call):
    """Plays one stream after the other in real time; who speaks cuts what is being played."""

    provider, encoding, rate_hz = "audiocodes", "pcm_s16le", 16_000

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._conversation = str(uuid.uuid4())
        self._playing: list[str] = []  # streams that are not through yet
        self._void: set[str] = set()  # streams of which no more is played
        self._tells_finish = False
        self._end = ("client-disconnected", "Client Side")

    def credentials(self, api_key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {api_key}"}

    async def begin(self) -> None:
        about = {"expectAudioMessages": True, "botName": BOT_NAME, "caller": CALLER_NUMBER}
        await self._tell("session.initiate", **about, supportedMediaFormats=[FORMAT])
        accepted = await self.receive()
        if accepted["type"] != "session.accepted":
            self._end = ("error", accepted.get("reason", ""))
            self.leave("refused")
            return
        about = {"locale": "en-US", "caller": CALLER_NUMBER, "callee": BOT_NAME}
        await self._activity("start", parameters={**about, "callerHost": "sip.example.com"})
        await self._tell("userStream.start", participant="caller")

    async def resume(self) -> None:
        await self._tell("session.resume")
        await self._tell("userStream.start", participant="caller")

    async def speak(self) -> None:
        await race(self._stream(), self._tell_finishes())

    async def press(self, digit: str) -> None:
        self.truth.digits += digit
        await self._activity("DTMF", value=digit)

    async def finish(self) -> None:
        await self._tell("userStream.stop", participant="caller")
        code, reason = self._end
        await self._tell("session.end", reasonCode=code, reason=reason)

    async def take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "playStream.start":
                self._playing.append(message["streamId"])
            case "playStream.chunk" if message["streamId"] not in self._void:
                sound = decode(self.encoding, b64decode(message["audioChunk"]))
                self.phone.play(sound, message["streamId"])
            case "playStream.stop":  # no more comes; what has come is still played
                self.phone.mark(message["streamId"])
            case "userStream.speech.started":
                self._cut()
            case "activities":
                for activity in message["activities"]:
                    await self._do(activity)

    def _cut(self) -> None:
        """The caller barges in."""
        if self.phone.end_ms > self.pace.now_ms():
            self._void.update(self._playing)
            self.phone.cut()

    async def _do(self, activity: dict[str, Any]) -> None:
        match activity["name"]:
            case "config":
                self._tells_finish = "playFinished" in activity["sessionParams"].get("sendEventsToBot", ())
            case "abortPrompts":
                self._cut()
            case "hangup":
                await self.pace.until(self.phone.end_ms)
                self._end = ("bot-disconnected", "Bot Side")
                self.leave("hung_up")
            case "transfer":
                await self.pace.until(self.phone.end_ms)
                self.truth.transferred_to = activity["activityParams"]["transferTarget"]
                self._end = ("transferred", "Call transferred")
                self.leave("transferred")

    async def _stream(self) -> None:
        async for frame in self.mouth.frames():
            audio = b64encode(encode(self.encoding, frame.samples)).decode()
            await self._tell("userStream.chunk", participant="caller", audioChunk=audio)

    async def _tell_finishes(self) -> None:
        async for stream in self.phone.marks():
            self._playing.remove(stream)
            if self._tells_finish and stream not in self._void:
                await self._activity("playFinished")

    async def _activity(self, name: str, **fields: Any) -> None:
        at = datetime.fromtimestamp(self.pace.wall_ns(self.pace.now_ms()) / NS_PER_S, UTC)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = {"id": str(uuid.uuid4()), "timestamp": stamp, "language": "en-US", "type": "event"}
        await self._tell("activities", activities=[{**head, "name": name, **fields}])

    async def _tell(self, kind: str, **fields: Any) -> None:
        await self.send({"conversationId": self._conversation, "type": kind, **fields})
