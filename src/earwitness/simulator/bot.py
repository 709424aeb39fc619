"""A telephone bot between Twilio Media Streams and OpenAI Realtime, as people write them.

It passes mu-law through both ways, sets a mark behind each chunk, and when the caller barges in it clears
Twilio's queue and tells the voice AI how far the last mark got.
"""

import json
from base64 import b64decode
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus

from earwitness.simulator.application import Application
from earwitness.simulator.caller import race
from earwitness.simulator.openai_server import PATH
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import SCENARIOS
from earwitness.simulator.truth import ToolUse
from earwitness.simulator.upstream import MAX_FRAME_BYTES

PATH_OF_BOT = "/media"
BYTES_PER_MS = 8  # mu-law at 8 kHz
FORMAT = {"type": "audio/pcmu"}
CONVERSATION_HEADER = "X-Earwitness-Conversation"


class Bot:
    """Serves any number of calls at once. Port 0 takes a free one; `url` tells it once started.

    `openai_url` is where the voice AI is: scheme, host, port and, with a tap, the route.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, openai_url: str = "", api_key: str = "sk-simulator"
    ) -> None:
        self.openai_url = openai_url
        self.tool_calls: dict[str, list[ToolUse]] = {}  # by call SID, as they are made
        self._host, self._port, self._api_key = host, port, api_key
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(self._serve, self._host, self._port, compression=None, server_header=None)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        """What Twilio dials."""
        return f"ws://{self._host}:{self._port}{PATH_OF_BOT}"

    async def _serve(self, phone: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            start = await _started(phone)
            parameters = start.get("customParameters", {})
            scenario = SCENARIOS.get(parameters.get("sim_scenario", "order"))
            if scenario is None:
                await phone.close(1008, "no such scenario")
                return
            script = {name: value for name, value in parameters.items() if name.startswith("sim_")}
            query = urlencode({"model": "gpt-realtime", **script})
            headers = {"Authorization": f"Bearer {self._api_key}", CONVERSATION_HEADER: start["callSid"]}
            pace = Pace(float(parameters.get("sim_speed", "1")))
            used = self.tool_calls[start["callSid"]] = []
            try:
                voice = await connect(
                    f"{self.openai_url}{PATH}?{query}",
                    additional_headers=headers,
                    max_size=MAX_FRAME_BYTES,
                    compression=None,
                )
            except (InvalidStatus, OSError):
                await phone.close(1011, "no voice AI")
                return
            async with voice:

                async def send(event: dict[str, Any]) -> None:
                    await voice.send(json.dumps(event, separators=(",", ":")))

                application = Application(scenario, pace, send, audio_format=FORMAT, used=used)
                await _Bridge(phone, voice, start["streamSid"], application).run()


async def _started(phone: ServerConnection) -> dict[str, Any]:
    while (message := json.loads(await phone.recv()))["event"] != "start":
        pass
    start: dict[str, Any] = message["start"]
    return start


class _Bridge:
    """One call: two sockets, and how far the answers in the air were played."""

    def __init__(
        self, phone: ServerConnection, voice: ClientConnection, stream: str, application: Application
    ) -> None:
        self._phone, self._voice, self._stream = phone, voice, stream
        self._application = application
        self._sent_bytes: dict[str, int] = {}  # by item
        self._played_ms: dict[str, int] = {}
        self._marks: dict[str, str] = {}  # set and not yet come back, in order: name and item
        self._cut: set[str] = set()

    async def run(self) -> None:
        """Until either side ends; the other is closed by who called."""
        await self._application.begin()
        await race(self._from_phone(), self._from_voice())

    async def _from_phone(self) -> None:
        async for frame in self._phone:
            message = json.loads(frame)
            match message["event"]:
                case "media":
                    payload = message["media"]["payload"]
                    await self._application.ask("input_audio_buffer.append", audio=payload)
                case "mark":
                    self._reached(message["mark"]["name"])
                case "stop":
                    return

    def _reached(self, name: str) -> None:
        item = self._marks.pop(name, None)
        if item is not None:  # after a clear they come back though their sound was not played
            self._played_ms[item] = int(name.removeprefix(f"{item}:"))

    async def _from_voice(self) -> None:
        async for frame in self._voice:
            message = json.loads(frame)
            match message["type"]:
                case "response.output_audio.delta" if message["item_id"] not in self._cut:
                    await self._play(message["item_id"], message["delta"])
                case "input_audio_buffer.speech_started" if self._marks:
                    await self._stop_playing()
                case "response.done":
                    await self._application.run_tools(message["response"]["output"])

    async def _play(self, item: str, payload: str) -> None:
        self._sent_bytes[item] = self._sent_bytes.get(item, 0) + len(b64decode(payload))
        name = f"{item}:{self._sent_bytes[item] // BYTES_PER_MS}"
        self._marks[name] = item
        await self._tell("media", {"payload": payload})
        await self._tell("mark", {"name": name})

    async def _stop_playing(self) -> None:
        in_the_air = next(iter(self._marks.values()))
        self._cut.update(self._marks.values())
        self._marks.clear()
        await self._phone.send(json.dumps({"event": "clear", "streamSid": self._stream}))
        await self._application.cut_answer(in_the_air, self._played_ms.get(in_the_air, 0))

    async def _tell(self, event: str, fields: dict[str, str]) -> None:
        await self._phone.send(json.dumps({"event": event, "streamSid": self._stream, event: fields}))
