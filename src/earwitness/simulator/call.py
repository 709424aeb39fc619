"""One call from the caller's side: dials, talks, listens, hangs up. The wire is each provider's own."""

import asyncio
import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, InvalidStatus

from earwitness.simulator.caller import Unanswered, act, race, vanish
from earwitness.simulator.dialogue import TOOL_MS
from earwitness.simulator.mouth import Mouth
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone
from earwitness.simulator.scenarios import Scenario
from earwitness.simulator.truth import ToolUse, Truth
from earwitness.simulator.upstream import MAX_FRAME_BYTES


class Call(ABC):
    """One call. `url` is the whole address, parameters included; `headers` go beside the key."""

    provider: ClassVar[str]
    encoding: ClassVar[str]
    rate_hz: ClassVar[int]
    user_agent: ClassVar[str] = "earwitness-simulator"

    def __init__(
        self,
        url: str,
        scenario: Scenario,
        *,
        call: str,
        speed: float = 1.0,
        api_key: str = "sk-simulator",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.url, self.scenario, self.call = url, scenario, call
        self.headers = {**self.credentials(api_key), **(headers or {})}
        self.pace = Pace(speed)
        self.phone = Phone(self.pace, self.rate_hz)
        self.mouth: Mouth
        self._left = ""  # how the other side ended the call
        self._leaving = asyncio.Event()
        self._up = asyncio.Event()  # there is a socket that can be spoken on
        self._socket: ClientConnection
        self.truth = Truth(
            call=call,
            provider=self.provider,
            scenario=scenario.name,
            speed=speed,
            zero_wall_ns=self.pace.zero.wall_ns,
            rate_hz=self.rate_hz,
        )

    async def run(self) -> Truth:
        """Dials, talks, ends as the scenario says. Raises `OSError` where nobody listens at `url`."""
        try:
            await self._dial()
        except InvalidStatus as refusal:
            self.truth.ended, self.truth.status = "refused", refusal.response.status_code
            return self.truth
        try:
            await self.begin()
            await self._talk()
        except ConnectionClosed as closed:
            is_in_order = isinstance(closed, ConnectionClosedOK) and self.scenario.ends == "hung_up"
            self.truth.ended = "hung_up" if is_in_order else "lost"
        finally:
            await self._socket.close()
        return self.truth

    # -- what each provider does in its own way ----------------------------------------------------------

    def credentials(self, api_key: str) -> dict[str, str]:
        """The headers that carry the key."""
        return {}

    @abstractmethod
    async def begin(self) -> None:
        """What is said first on a new call."""

    async def resume(self) -> None:
        """What is said first on a socket that takes the call up again. By default nothing."""
        return

    @abstractmethod
    async def speak(self) -> None:
        """Sends what the mouth says; never ends."""

    @abstractmethod
    async def take(self, message: dict[str, Any]) -> None:
        """Does what a message of the other side asks."""

    async def press(self, digit: str) -> None:
        """Presses a key, where there is a keypad. By default there is none."""
        return

    async def finish(self) -> None:
        """What is said last, before the close. By default nothing."""
        return

    def observe(self) -> None:
        """Takes the truth down; the call is over."""
        self.truth.observe(self.pace, self.mouth, self.phone, self.encoding)

    def resumed_url(self) -> str:
        """Where the call is taken up again."""
        return self.url

    # -- shared ------------------------------------------------------------------------------------------

    async def send(self, message: dict[str, Any]) -> None:
        """Sends it, once there is a socket that can be spoken on."""
        await self._up.wait()
        await self._socket.send(json.dumps(message, separators=(",", ":")))

    async def receive(self) -> dict[str, Any]:
        """The next message. Raises `ConnectionClosed`, unless the call is being taken up again."""
        while True:
            socket = self._socket
            try:
                message: dict[str, Any] = json.loads(await socket.recv())
            except ConnectionClosed:
                if socket is self._socket and self._up.is_set():
                    raise
                await self._up.wait()
            else:
                return message

    def leave(self, ended: str) -> None:
        """The other side ends the call, in the words of `Truth.ended`."""
        self._left = ended
        self._leaving.set()

    async def use(self, call: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Runs one of the scenario's functions and takes it down; its result."""
        at_ms = self.pace.now_ms()
        await self.pace.pause(TOOL_MS)
        known = {tool.name: tool.result for tool in self.scenario.tools}
        result = known.get(name, {"error": "unknown function"})
        at_wall_ns = self.pace.wall_ns(at_ms)
        used = ToolUse(call=call, name=name, arguments=arguments, result=result, at_wall_ns=at_wall_ns)
        self.truth.tool_calls.append(used)
        return result

    async def _talk(self) -> None:
        self.mouth = Mouth(self.pace, self.rate_hz)
        script = act(self.scenario, self.pace, self.mouth, self.phone, self._press, self._redial)
        try:
            await race(script, self._listen(), self.speak(), self._until_left())
            self.truth.ended = self._left or self.scenario.ends
            if self.truth.ended == "died":
                await vanish(self._socket, self.phone)
        except Unanswered:
            self.truth.ended = "unanswered"
        finally:
            self.observe()
        if self.truth.ended != "died":
            await self.finish()

    async def _listen(self) -> None:
        while True:
            await self.take(await self.receive())

    async def _until_left(self) -> None:
        await self._leaving.wait()

    async def _press(self, digit: str) -> None:
        await self.press(digit)

    async def _dial(self, url: str | None = None) -> None:
        self._socket = await connect(
            url or self.url,
            additional_headers=self.headers,
            user_agent_header=self.user_agent,
            max_size=MAX_FRAME_BYTES,
            compression=None,
        )
        self._up.set()

    async def _redial(self) -> None:
        self._up.clear()
        self._socket.transport.abort()
        self.truth.redialled += 1
        await self._dial(self.resumed_url())
        await self.resume()
