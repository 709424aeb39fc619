"""Playing calls through the tap that the settings name, by the routes that lead to the simulator."""

import asyncio
import errno
from typing import Any
from urllib.parse import urlsplit

from earwitness.errors import InUse, SettingsError, StorageUnavailable
from earwitness.settings import Settings
from earwitness.simulator.run import CallResult, Simulator, simulate

ROUTES = {  # by what is simulated
    "openai": "sim-openai",
    "twilio": "sim-phone",
    "elevenlabs": "sim-elevenlabs",
    "hume": "sim-hume",
    "audiocodes": "sim-sip",
    "relay": "sim-relay",
}
Call = tuple[str, str, CallResult]  # provider, scenario, what came of it


async def play(
    settings: Settings, plays: list[tuple[str, str]], *, tap_key: str | None = None, **options: Any
) -> list[Call]:
    """Play calls of each (provider, scenario); `options` as `simulate` of the simulator has them.

    The fake voice AIs and the bots listen where the routes to them lead. Raises `StorageUnavailable` when
    no tap answers, `InUse` when a port is taken.
    """
    scheme = "wss" if settings.tap.tls_cert else "ws"
    tap = f"{scheme}://{settings.tap.host}:{settings.tap.port}"
    await _reach(settings.tap.host, settings.tap.port)
    after = f";ew_key={tap_key}" if tap_key else ""
    ports = {
        provider: _port_of(settings, route) for provider, route in ROUTES.items() if route in settings.routes
    }
    simulator = Simulator(ports=ports, bot_openai_url=f"{tap}/{ROUTES['openai']}{after}")

    async def kind(provider: str, scenario: str) -> list[Call]:
        url, bot = f"{tap}/{ROUTES[provider]}", simulator.bot
        made = await simulate(provider, scenario, tap_url=url, tap_key=tap_key, bot=bot, **options)
        return [(provider, scenario, call) for call in made]

    try:
        async with simulator:
            kinds = await asyncio.gather(*(kind(*each) for each in plays))
            return [call for made in kinds for call in made]
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise InUse(
            f"one of the ports {', '.join(map(str, ports.values()))} is taken",
            hint="Another `earwitness simulate` is running; wait for it.",
        ) from error


def _port_of(settings: Settings, route: str) -> int:
    try:
        return urlsplit(settings.routes[route].upstream).port or 80
    except ValueError as error:
        raise SettingsError(
            f"routes.{route}.upstream: {error}", hint="Write it like ws://127.0.0.1:6011."
        ) from error


async def _reach(host: str, port: int) -> None:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise StorageUnavailable(
            f"no tap answers on {host}:{port}", hint="Start one: `earwitness serve`."
        ) from error
    writer.close()
    await writer.wait_closed()
