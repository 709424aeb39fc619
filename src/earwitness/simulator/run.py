"""Playing calls: many at once, through a tap or straight, and the servers that they need."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

from websockets.exceptions import WebSocketException

from earwitness.errors import InvalidInput
from earwitness.simulator import audiocodes_bot, elevenlabs_server, hume_server, openai_server, relay_bot
from earwitness.simulator.audiocodes_bot import AudioCodesBot
from earwitness.simulator.audiocodes_caller import AudioCodesCaller
from earwitness.simulator.bot import Bot
from earwitness.simulator.call import Call
from earwitness.simulator.elevenlabs_caller import ElevenLabsCaller
from earwitness.simulator.elevenlabs_server import ElevenLabsServer
from earwitness.simulator.hume_caller import HumeCaller
from earwitness.simulator.hume_server import HumeServer
from earwitness.simulator.openai_caller import OpenAICaller
from earwitness.simulator.openai_server import OpenAIServer
from earwitness.simulator.relay_bot import RelayBot
from earwitness.simulator.relay_caller import RelayCaller
from earwitness.simulator.scenarios import Scenario, scenario, scenarios_of
from earwitness.simulator.truth import Truth
from earwitness.simulator.twilio_caller import TwilioCaller, call_sid
from earwitness.simulator.upstream import Upstream

PROVIDERS = ("openai", "twilio", "elevenlabs", "hume", "audiocodes", "relay")
DIALLED_BY_TWILIO = ("twilio", "relay")  # which tells the script in its first message, not in the URL
MODEL = "gpt-realtime"
_UPSTREAMS: dict[str, type[Upstream]] = {
    "elevenlabs": ElevenLabsServer,
    "hume": HumeServer,
    "audiocodes": AudioCodesBot,
    "relay": RelayBot,
}
_CALLERS: dict[str, tuple[type[Call], str, list[tuple[str, str]]]] = {  # with path and query
    "openai": (OpenAICaller, openai_server.PATH, [("model", MODEL)]),
    "twilio": (TwilioCaller, "", []),
    "elevenlabs": (ElevenLabsCaller, elevenlabs_server.PATH, [("agent_id", "agent_simulated")]),
    "hume": (HumeCaller, hume_server.PATH, [("config_id", "simulated"), ("verbose_transcription", "true")]),
    "audiocodes": (AudioCodesCaller, audiocodes_bot.PATH, []),
    "relay": (RelayCaller, relay_bot.PATH, []),
}


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
    """A fake voice AI of each kind and the bots, on ports of this machine, for as long as the block runs.

    `ports` by provider; 0, or none, takes a free one. `url(provider)` is what a tap's route names as
    `upstream`. `bot_openai_url` is where the bot between Twilio and OpenAI finds its voice AI, such as a
    tap's route; empty: the fake one directly. Where the tap's port is known only later, set `bot.openai_url`
    before the first call.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] | None = None,
        bot_openai_url: str = "",
        api_key: str | None = None,
        beta: bool = False,
    ) -> None:
        at = dict.fromkeys(PROVIDERS, 0) | dict(ports or {})
        self.openai = OpenAIServer(host=host, port=at["openai"], api_key=api_key, beta=beta)
        self.bot = Bot(host=host, port=at["twilio"])
        self.upstreams: dict[str, Upstream] = {
            name: kind(host=host, port=at[name]) for name, kind in _UPSTREAMS.items()
        }
        self.bot_openai_url = bot_openai_url
        self._servers = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as servers:  # so that none is left when one finds its port taken
            await servers.enter_async_context(self.openai)
            await servers.enter_async_context(self.bot)
            for upstream in self.upstreams.values():
                await servers.enter_async_context(upstream)
            self._servers = servers.pop_all()
        self.bot.openai_url = self.bot_openai_url or self.openai_url
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._servers.aclose()

    def url(self, provider: str) -> str:
        """Where this provider is played: the fake voice AI, or the bot that the provider dials."""
        own = {"openai": self.openai.url, "twilio": self.bot.url}
        return own[provider] if provider in own else self.upstreams[provider].url

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
    tap, straight to what `Simulator.url` tells, and takes none of the tap's parameters. The `bot`, where it
    runs in this process, tells which functions it ran. Truths go to `truth_dir`.
    """
    if (tap_url is None) == (upstream is None):
        raise InvalidInput("one address is needed: a tap's route or an upstream")
    plan = _Plan(
        provider=provider,
        scenario=_playable(provider, scenario_name),
        address=(tap_url or upstream or "").rstrip("/"),
        ours=None if tap_url is None else _ours(labels, metadata or {}, subject, tap_key),
        speed=speed,
        api_key=api_key,
        bot=bot,
        truth_dir=truth_dir,
    )
    slots = asyncio.Semaphore(concurrency)
    return list(await asyncio.gather(*(plan.play(slots) for _ in range(calls))))


def _playable(provider: str, scenario_name: str) -> Scenario:
    if provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise InvalidInput(f"no simulator for {provider!r}", hint=f"Known: {known}.", provider=provider)
    script = scenario(scenario_name)
    if scenario_name not in scenarios_of(provider):
        hint = f"Known there: {', '.join(scenarios_of(provider))}."
        raise InvalidInput(f"{provider} cannot play {scenario_name!r}", hint=hint, provider=provider)
    return script


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
        if result.truth is not None and self.bot is not None and self.provider == "twilio":
            result.truth.tool_calls = self.bot.tool_calls.pop(result.conversation, [])
        if result.truth is not None and self.truth_dir is not None:
            await asyncio.to_thread(result.truth.write, self.truth_dir / result.conversation)
        return result

    async def _call(self) -> CallResult:
        is_twilio = self.provider in DIALLED_BY_TWILIO
        call = call_sid() if is_twilio else f"sim-{secrets.token_hex(8)}"
        caller = self._caller(call)
        try:
            truth = await caller.run()
        except (OSError, WebSocketException) as error:
            return CallResult(conversation=call, ok=False, reason=f"{type(error).__name__}: {error}")
        reason = _shortfall(self.scenario, truth)
        return CallResult(conversation=call, ok=not reason, reason=reason, truth=truth)

    def _caller(self, call: str) -> Call:
        ours = None if self.ours is None else [("ew_conversation", call), *self.ours]
        kind, path, query = _CALLERS[self.provider]
        if self.provider in DIALLED_BY_TWILIO:
            url = f"{self._dialled_by_twilio(ours)}{path}"
        else:
            script = [("sim_scenario", self.scenario.name), ("sim_speed", f"{self.speed:g}")]
            url = f"{self.address}{path}?{urlencode([*query, *script, *(ours or ())])}"
        return kind(url, self.scenario, call=call, speed=self.speed, api_key=self.api_key)

    def _dialled_by_twilio(self, ours: list[tuple[str, str]] | None) -> str:
        """Twilio passes no query on: what is meant for the tap stands behind the route's name."""
        return self.address + "".join(f";{name}={quote(value, safe='')}" for name, value in ours or ())


def _ours(
    labels: Sequence[str], metadata: Mapping[str, str], subject: str | None, key: str | None
) -> list[tuple[str, str]]:
    told = [("ew_label", label) for label in labels]
    told += [(f"ew_meta_{name}", value) for name, value in metadata.items()]
    told += [("ew_subject", subject)] if subject else []
    return told + ([("ew_key", key)] if key else [])


def _shortfall(script: Scenario, truth: Truth) -> str:
    """Why this call is not the one that was scripted; empty when it is."""
    is_behind = truth.provider in DIALLED_BY_TWILIO  # Twilio reaches the bot; the bot is refused
    expected = "lost" if is_behind and script.ends == "refused" else script.ends
    if truth.ended != expected:
        return f"ended {truth.ended}, not {expected}"
    spoken = [reply.says for reply in script.replies if reply.says]
    heard = [each.line for each in truth.heard if each.heard_ms]
    if heard != spoken:
        return f"heard {', '.join(heard) or 'nothing'}, not {', '.join(spoken) or 'nothing'}"
    return ""
