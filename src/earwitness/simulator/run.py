"""Playing calls: many at once, through a tap or straight, and the servers that they need."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

from websockets.exceptions import WebSocketException

from earwitness.errors import InvalidInput
from earwitness.simulator.bot import Bot
from earwitness.simulator.openai_caller import OpenAICaller
from earwitness.simulator.openai_server import PATH, OpenAIServer
from earwitness.simulator.scenarios import Scenario, scenario
from earwitness.simulator.truth import Truth
from earwitness.simulator.twilio_caller import TwilioCaller, call_sid

PROVIDERS = ("openai", "twilio")
MODEL = "gpt-realtime"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """One simulated call. `conversation` is what links its legs (`ew_conversation`).

    `ok`: it went and ended as its scenario says, and the ear got something of every answer. Otherwise
    `reason` says what went wrong; `truth` is None where nobody answered the socket at all.
    """

    conversation: str
    ok: bool
    reason: str = ""
    truth: Truth | None = None


class Simulator:
    """A fake voice AI and a bot that uses it, on ports of this machine, for as long as the block runs.

    Ports 0 take free ones. `openai_url` and `bot_url` are what a tap's routes name as `upstream`.
    `bot_openai_url` is where the bot finds its voice AI, such as a tap's route; empty: the fake one directly.
    Where the tap's port is known only later, set `bot.openai_url` before the first call.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        openai_port: int = 0,
        bot_port: int = 0,
        bot_openai_url: str = "",
        api_key: str | None = None,
        beta: bool = False,
    ) -> None:
        self.openai = OpenAIServer(host=host, port=openai_port, api_key=api_key, beta=beta)
        self.bot = Bot(host=host, port=bot_port)
        self.bot_openai_url = bot_openai_url

    async def __aenter__(self) -> Self:
        await self.openai.__aenter__()
        try:
            await self.bot.__aenter__()
        except OSError:
            await self.openai.__aexit__()
            raise
        self.bot.openai_url = self.bot_openai_url or self.openai_url
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.bot.__aexit__(*error)
        await self.openai.__aexit__(*error)

    @property
    def openai_url(self) -> str:
        return self.openai.url

    @property
    def bot_url(self) -> str:
        return self.bot.url


async def simulate(
    provider: str,
    scenario_name: str,
    *,
    tap_url: str | None = None,
    upstream: str | None = None,
    calls: int = 1,
    concurrency: int = 1,
    speed: float = 1.0,
    truth_dir: Path | None = None,
    labels: Sequence[str] = (),
    metadata: Mapping[str, str] | None = None,
    subject: str | None = None,
    bot: Bot | None = None,
    tap_key: str | None = None,
    api_key: str = "sk-simulator",
) -> list[CallResult]:
    """Plays `calls` calls, at most `concurrency` at a time, and tells of each; in order of their beginning.

    `tap_url` is the address of a tap's route, such as `ws://127.0.0.1:5002/openai`; `upstream` goes round the
    tap, straight to a fake voice AI (`openai`) or a bot (`twilio`), and takes none of the tap's parameters.
    The `bot`, where it runs in this process, tells which functions it ran. Truths go to `truth_dir`.
    """
    if provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise InvalidInput(f"no simulator for {provider!r}", hint=f"Known: {known}.", provider=provider)
    if (tap_url is None) == (upstream is None):
        raise InvalidInput("one address is needed: a tap's route or an upstream")
    plan = _Plan(
        provider=provider,
        scenario=scenario(scenario_name),
        address=(tap_url or upstream or "").rstrip("/"),
        ours=None if tap_url is None else _ours(labels, metadata or {}, subject, tap_key),
        speed=speed,
        api_key=api_key,
        bot=bot,
        truth_dir=truth_dir,
    )
    slots = asyncio.Semaphore(concurrency)
    return list(await asyncio.gather(*(plan.play(slots) for _ in range(calls))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What all calls of one run have in common. `ours`: the tap's parameters, None where there is no tap."""

    provider: str
    scenario: Scenario
    address: str
    ours: list[tuple[str, str]] | None
    speed: float
    api_key: str
    bot: Bot | None
    truth_dir: Path | None

    async def play(self, slots: asyncio.Semaphore) -> CallResult:
        async with slots:
            result = await self._call()
        if result.truth is not None and self.bot is not None:
            result.truth.tool_calls = self.bot.tool_calls.pop(result.conversation, [])
        if result.truth is not None and self.truth_dir is not None:
            await asyncio.to_thread(result.truth.write, self.truth_dir / result.conversation)
        return result

    async def _call(self) -> CallResult:
        call = call_sid() if self.provider == "twilio" else f"sim-{secrets.token_hex(8)}"
        caller = self._caller(call)
        try:
            truth = await caller.run()
        except (OSError, WebSocketException) as error:
            return CallResult(conversation=call, ok=False, reason=f"{type(error).__name__}: {error}")
        reason = _shortfall(self.scenario, truth)
        return CallResult(conversation=call, ok=not reason, reason=reason, truth=truth)

    def _caller(self, call: str) -> OpenAICaller | TwilioCaller:
        ours = None if self.ours is None else [("ew_conversation", call), *self.ours]
        if self.provider == "twilio":
            # Twilio passes no query on: what is meant for the tap stands behind the route's name
            after = "".join(f";{name}={quote(value, safe='')}" for name, value in ours or ())
            return TwilioCaller(self.address + after, self.scenario, call=call, speed=self.speed)
        script = [("sim_scenario", self.scenario.name), ("sim_speed", f"{self.speed:g}")]
        query = urlencode([("model", MODEL), *script, *(ours or ())])
        url = f"{self.address}{PATH}?{query}"
        return OpenAICaller(url, self.scenario, call=call, speed=self.speed, api_key=self.api_key)


def _ours(
    labels: Sequence[str], metadata: Mapping[str, str], subject: str | None, key: str | None
) -> list[tuple[str, str]]:
    told = [("ew_label", label) for label in labels]
    told += [(f"ew_meta_{name}", value) for name, value in metadata.items()]
    told += [("ew_subject", subject)] if subject else []
    return told + ([("ew_key", key)] if key else [])


def _shortfall(script: Scenario, truth: Truth) -> str:
    """Why this call is not the one that was scripted; empty when it is."""
    expected = script.ends if truth.provider == "openai" or script.ends != "refused" else "lost"
    if truth.ended != expected:
        return f"ended {truth.ended}, not {expected}"
    spoken = [reply.says for reply in script.replies if reply.says]
    heard = [each.line for each in truth.heard if each.heard_ms]
    if heard != spoken:
        return f"heard {', '.join(heard) or 'nothing'}, not {', '.join(spoken) or 'nothing'}"
    return ""
