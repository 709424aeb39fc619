"""Recording inside the program: a call by each library, its own object attached."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from _ways_own import SCENARIO, paced, told, used
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner
from agents.realtime.model_inputs import RealtimeModelSendRawMessage
from elevenlabs import ElevenLabs
from elevenlabs.conversational_ai.conversation import AsyncAudioInterface, AsyncConversation, ClientTools
from hume.client import AsyncHumeClient
from openai import AsyncOpenAI
from pipecat.frames.frames import (
    EndFrame,
    FunctionCallInProgressFrame,
    FunctionCallResultFrame,
    InputAudioRawFrame,
    TranscriptionFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.workers.runner import WorkerRunner

import earwitness
from earwitness.audio.codecs import decode, encode
from earwitness.simulator import call as calls
from earwitness.simulator.caller import act, race
from earwitness.simulator.elevenlabs_caller import ElevenLabsCaller
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.mouth import Mouth
from earwitness.simulator.openai_caller import OpenAICaller
from earwitness.simulator.run import Simulator, simulate
from earwitness.simulator.scenarios import scenario
from earwitness.simulator.truth import Truth
from pipecats import RATE_HZ, Speaker, Through, answer

Played = dict[str, Truth]


async def in_process(folder: Path) -> Played:
    """A call by each library, with its object attached and nothing between it and the fake provider."""
    async with Simulator() as simulator, AsyncExitStack() as chats:
        dials = {"openai": _by_openai(folder), "hume": _by_hume(folder, chats)}
        with patch.object(calls, "connect", _by_provider(simulator, dials)):
            openai = simulate("openai", SCENARIO, upstream=simulator.url("openai"))
            hume = simulate("hume", SCENARIO, upstream=simulator.url("hume"))
            agents = _ByAgents(simulator.openai_url, folder).run()
            elevenlabs = _ByElevenLabs(simulator.url("elevenlabs"), folder).run()
            played = await asyncio.gather(openai, hume, agents, elevenlabs, _by_pipecat(folder))
    [first], [second], *others = played
    truths = {"openai": first.truth, "hume": second.truth}
    truths |= dict(zip(("openai-agents", "elevenlabs", "pipecat"), others, strict=True))
    return {name: truth for name, truth in truths.items() if truth is not None}


# -- the simulator's own caller, on the socket of the library's object -----------------------------------


Dial = Callable[..., Awaitable[Any]]


def _by_provider(simulator: Simulator, dials: dict[str, Dial]) -> Dial:
    """Whoever dials this provider's fake gets the socket of its own library's object."""

    async def dial(url: str, **options: Any) -> Any:
        provider = next(name for name in dials if url.startswith(simulator.url(name)))
        return await dials[provider](url, **options)

    return dial


def _by_openai(folder: Path) -> Dial:
    async def dial(url: str, **_: Any) -> Any:
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        client = AsyncOpenAI(api_key="sk-any", websocket_base_url=f"{parts.scheme}://{parts.netloc}/v1")
        connecting = client.realtime.connect(model=query.pop("model"), extra_query=dict(query))
        connection = await connecting.enter()
        earwitness.attach(connection, data_dir=folder, labels=["openai"])
        return connection._connection

    return dial


def _by_hume(folder: Path, chats: AsyncExitStack) -> Dial:
    async def dial(url: str, **_: Any) -> Any:
        parts = urlsplit(url)
        client = AsyncHumeClient(base_url=f"http://{parts.netloc}", api_key="hume-any")
        settings = {"audio": {"encoding": "linear16", "sample_rate": 16_000, "channels": 1}}
        connecting = client.empathic_voice.chat.connect(
            config_id=SCENARIO, verbose_transcription=True, session_settings=settings
        )
        chat = await chats.enter_async_context(connecting)
        earwitness.attach(chat, data_dir=folder, labels=["hume"])
        return chat._websocket

    return dial


# -- an application on the library, with the simulator's mouth and ear -----------------------------------


class _ByAgents(OpenAICaller):
    """On a `RealtimeSession`, which runs the function and cuts answers by itself."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, scenario(SCENARIO), call="agents")
        self._folder = folder

    async def run(self) -> Truth:
        agent = RealtimeAgent(name="Pizza", instructions="Take orders.", tools=[self._tool()])
        url = f"{self.url}/v1/realtime?model=gpt-realtime&sim_scenario={SCENARIO}"
        session = await RealtimeRunner(agent).run(model_config={"url": url, "api_key": "any"})
        with earwitness.attach(session, data_dir=self._folder, labels=["openai-agents"]):
            async with session:
                mouth = Mouth(self.pace, self.truth.rate_hz)
                script = act(self.scenario, self.pace, mouth, self.phone, self.press)
                greet = RealtimeModelSendRawMessage(message={"type": "response.create"})
                await session.model.send_event(greet)
                await race(script, self._hear(session), self._say(session, mouth))
        self.truth.ended = self.scenario.ends
        self.truth.observe(self.pace, mouth, self.phone, self.encoding)
        return self.truth

    def _tool(self) -> Any:
        [tool] = self.scenario.tools

        async def place_order(item: str, size: str, quantity: int) -> str:
            """Places an order."""
            arguments = {"item": item, "size": size, "quantity": quantity}
            self.truth.tool_calls.append(used(tool.name, arguments, tool.result))
            return json.dumps(tool.result)

        return function_tool(place_order)

    async def _hear(self, session: Any) -> None:
        async for event in session:
            if event.type == "audio":
                self.phone.play(decode(self.encoding, event.audio.data), event.item_id)
            elif event.type == "audio_interrupted":
                self.phone.cut()
        await asyncio.Event().wait()

    async def _say(self, session: Any, mouth: Mouth) -> None:
        async for frame in mouth.frames():
            await session.send_audio(encode(self.encoding, frame.samples))


class _ByElevenLabs(ElevenLabsCaller):
    """On an `AsyncConversation`, which is the socket's only reader: the ear is its loudspeaker."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url, scenario(SCENARIO), call="elevenlabs")
        self._folder, self._answers = folder, 0

    async def _dial(self, url: str | None = None) -> None:
        tools, self._device = ClientTools(), _Device(self)
        tools.register("place_order", self._place_order, is_async=True)
        self._conversation = AsyncConversation(
            ElevenLabs(base_url=self.url.replace("ws:", "http:"), api_key="any"),
            SCENARIO,
            requires_auth=False,
            audio_interface=self._device,
            client_tools=tools,
            callback_agent_response=self._begins,
        )
        earwitness.attach(self._conversation, data_dir=self._folder, labels=["elevenlabs"])
        await self._conversation.start_session()
        self._socket = self._device  # type: ignore[assignment]

    async def begin(self) -> None:
        await self._device.is_ready.wait()

    async def receive(self) -> dict[str, Any]:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def speak(self) -> None:
        async for frame in self.mouth.frames():
            await self._device.say(encode(self.encoding, frame.samples))

    async def _begins(self, text: str) -> None:
        self._answers += 1

    def hear(self, audio: bytes) -> None:
        self.phone.play(decode(self.encoding, audio), f"answer {self._answers}")

    async def _place_order(self, parameters: dict[str, Any]) -> str:
        arguments = {name: value for name, value in parameters.items() if name != "tool_call_id"}
        return json.dumps(await self.use(str(parameters["tool_call_id"]), "place_order", arguments))

    async def hang_up(self) -> None:
        await self._conversation.end_session()
        await self._conversation.wait_for_session_end()


class _Device(AsyncAudioInterface):
    """Microphone and loudspeaker of a conversation."""

    def __init__(self, caller: _ByElevenLabs) -> None:
        self._caller, self.is_ready = caller, asyncio.Event()

    async def start(self, input_callback: Callable[[bytes], Awaitable[None]]) -> None:
        self.say = input_callback
        self.is_ready.set()

    async def stop(self) -> None:
        return

    async def output(self, audio: bytes) -> None:
        self._caller.hear(audio)

    async def interrupt(self) -> None:
        self._caller.phone.cut()

    async def close(self) -> None:
        await self._caller.hang_up()


async def _by_pipecat(folder: Path) -> Truth:
    truth, [tool] = told("pipecat"), scenario(SCENARIO).tools
    speaker = Speaker()
    worker = PipelineWorker(
        Pipeline([Through(), speaker]),
        params=PipelineParams(audio_out_sample_rate=RATE_HZ),
        enable_rtvi=False,
    )
    runner = WorkerRunner(handle_sigint=False)
    call = {"function_name": tool.name, "tool_call_id": "call_1", "arguments": tool.arguments}
    with earwitness.attach(worker, data_dir=folder, labels=["pipecat"]):
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        await worker.queue_frames(answer(line("greeting").text, "greeting"))
        await asyncio.sleep(truth.said[0].start_ms / 1000)
        async for piece in paced(spoken("order", 16_000).tobytes(), 32):
            await worker.queue_frame(InputAudioRawFrame(audio=piece, sample_rate=16_000, num_channels=1))
        await worker.queue_frames(
            [
                TranscriptionFrame(line("order").text, "caller", "2026-01-02T03:04:05.000Z"),
                FunctionCallInProgressFrame(**call),
                FunctionCallResultFrame(**call, result=tool.result),
                *answer(line("price").text, "price"),
                EndFrame(),
            ]
        )
        await running
    return truth
