"""`earwitness simulate`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from earwitness.cli.desk import settings_of
from earwitness.cli.serve import run
from earwitness.errors import InUse, StorageUnavailable
from earwitness.settings import SIMULATED_BOT_PORT, SIMULATED_OPENAI_PORT, Settings

if TYPE_CHECKING:
    from earwitness.simulator.run import CallResult

PROVIDERS = ("openai", "twilio")
SCENARIOS = ("order", "barge_in", "long_silence", "dies", "refused", "busy")
ROUTES = {"openai": "sim-openai", "twilio": "sim-phone"}
Call = tuple[str, str, "CallResult"]  # provider, scenario, what came of it


@click.command("simulate")
@click.option("--provider", "providers", type=click.Choice(PROVIDERS), multiple=True, default=PROVIDERS)
@click.option("--scenario", "scenarios", type=click.Choice(SCENARIOS), multiple=True, default=("order",))
@click.option("--calls", type=click.IntRange(1), default=1, show_default=True, help="Of each kind.")
@click.option("--concurrency", type=click.IntRange(1), default=20, show_default=True, help="At a time.")
@click.option("--speed", type=click.FloatRange(0.1), default=1.0, show_default=True, help="Times real time.")
@click.option("--label", "labels", multiple=True, help="Label the conversations so.")
@click.option("--key", help="API key for the tap, where it asks for one.")
@click.option(
    "--truth", type=click.Path(path_type=Path, file_okay=False), help="Write what really happened here."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a call.")
@click.pass_context
def command(
    context: click.Context,
    providers: tuple[str, ...],
    scenarios: tuple[str, ...],
    calls: int,
    concurrency: int,
    speed: float,
    labels: tuple[str, ...],
    key: str | None,
    truth: Path | None,
    as_json: bool,
) -> None:
    """Play simulated calls through the running tap. No API key is needed, nothing leaves this machine.

    Exit status 0 when every call went as its scenario says.

    Example: earwitness simulate --provider openai --scenario barge_in --calls 3
    """
    made = run(
        play(
            settings_of(context),
            providers,
            scenarios,
            calls=calls,
            concurrency=concurrency,
            speed=speed,
            labels=labels,
            key=key,
            truth=truth,
        )
    )
    for provider, scenario, call in made:
        line = {"conversation": call.conversation, "provider": provider, "scenario": scenario}
        if as_json:
            click.echo(json.dumps({**line, "ok": call.ok, "reason": call.reason}))
        else:
            click.echo(f"{call.conversation}  {provider:8} {scenario:12} {call.reason or 'as scripted'}")
    sys.exit(0 if all(call.ok for _, _, call in made) else 1)


async def play(
    settings: Settings,
    providers: tuple[str, ...],
    scenarios: tuple[str, ...],
    *,
    calls: int,
    concurrency: int,
    speed: float,
    labels: tuple[str, ...],
    key: str | None = None,
    truth: Path | None = None,
) -> list[Call]:
    """Play every scenario with every provider. Raises `StorageUnavailable` when no tap answers."""
    import asyncio

    from earwitness.simulator.run import Simulator, simulate

    scheme = "wss" if settings.tap.tls_cert else "ws"
    tap = f"{scheme}://{settings.tap.host}:{settings.tap.port}"
    await _reach(settings.tap.host, settings.tap.port)
    after = f";ew_key={key}" if key else ""
    simulator = Simulator(
        openai_port=SIMULATED_OPENAI_PORT,
        bot_port=SIMULATED_BOT_PORT,
        bot_openai_url=f"{tap}/{ROUTES['openai']}{after}",
    )

    async def kind(provider: str, scenario: str) -> list[Call]:
        made = await simulate(
            provider,
            scenario,
            tap_url=f"{tap}/{ROUTES[provider]}",
            calls=calls,
            concurrency=concurrency,
            speed=speed,
            truth_dir=truth,
            labels=labels,
            tap_key=key,
            bot=simulator.bot,
        )
        return [(provider, scenario, call) for call in made]

    try:
        async with simulator:
            kinds = [kind(provider, scenario) for provider in providers for scenario in scenarios]
            return [call for made in await asyncio.gather(*kinds) for call in made]
    except OSError as error:
        raise InUse(
            f"port {SIMULATED_OPENAI_PORT} or {SIMULATED_BOT_PORT} is taken",
            hint="Another `earwitness simulate` is running; wait for it.",
        ) from error


async def _reach(host: str, port: int) -> None:
    import asyncio

    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise StorageUnavailable(
            f"no tap answers on {host}:{port}", hint="Start one: `earwitness serve`."
        ) from error
    writer.close()
    await writer.wait_closed()
