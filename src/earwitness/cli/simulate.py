"""`earwitness simulate`."""

import errno
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from earwitness.cli.desk import settings_of
from earwitness.cli.serve import run
from earwitness.errors import InUse, SettingsError, StorageUnavailable
from earwitness.settings import Settings

if TYPE_CHECKING:
    from earwitness.simulator.run import CallResult

ROUTES = {  # by what is simulated
    "openai": "sim-openai",
    "twilio": "sim-phone",
    "elevenlabs": "sim-elevenlabs",
    "hume": "sim-hume",
    "audiocodes": "sim-sip",
    "relay": "sim-relay",
}
PROVIDERS = tuple(ROUTES)
Call = tuple[str, str, "CallResult"]  # provider, scenario, what came of it


class _Command(click.Command):
    """Its help ends with the scenarios, as the simulator has them."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from earwitness.simulator.scenarios import SCENARIOS

        told = [
            (name, f"{each.summary} ({', '.join(each.providers)} only)" if each.providers else each.summary)
            for name, each in SCENARIOS.items()
        ]
        with formatter.section("Scenarios"):
            formatter.write_dl(told)


def _known(context: click.Context, parameter: click.Parameter, scenarios: tuple[str, ...]) -> tuple[str, ...]:
    from earwitness.simulator.scenarios import SCENARIOS

    for name in scenarios:
        if name not in SCENARIOS:
            raise click.BadParameter(f"no scenario {name!r}. Known: {', '.join(SCENARIOS)}.")
    return scenarios


@click.command("simulate", cls=_Command)
@click.option(
    "--provider",
    "providers",
    type=click.Choice(PROVIDERS),
    multiple=True,
    default=PROVIDERS,
    help="Whose protocol; may be given more than once. Default: all. `relay`: Twilio ConversationRelay.",
)
@click.option(
    "--scenario",
    "scenarios",
    metavar="NAME",
    multiple=True,
    default=("order",),
    callback=_known,
    help="What happens in the call; may be given more than once. Default: order. All are listed below.",
)
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

    The fake voice AIs and the bots listen where the routes `sim-*` lead. A scenario is played by each
    chosen provider whose protocol has it.

    Exit status 0 when every call went as its scenario says.

    Example: earwitness simulate --provider openai --scenario barge_in --calls 3
    """
    made = run(
        play(
            settings_of(context),
            _plays(providers, scenarios),
            calls=calls,
            concurrency=concurrency,
            speed=speed,
            labels=labels,
            tap_key=key,
            truth_dir=truth,
        )
    )
    for provider, scenario, call in made:
        line = {"conversation": call.conversation, "provider": provider, "scenario": scenario}
        if as_json:
            click.echo(json.dumps({**line, "ok": call.ok, "reason": call.reason}))
        else:
            click.echo(f"{call.conversation}  {provider:10} {scenario:12} {call.reason or 'as scripted'}")
    sys.exit(0 if all(call.ok for _, _, call in made) else 1)


def _plays(providers: tuple[str, ...], scenarios: tuple[str, ...]) -> list[tuple[str, str]]:
    from earwitness.simulator.scenarios import scenarios_of

    plays = [
        (provider, name) for provider in providers for name in scenarios if name in scenarios_of(provider)
    ]
    if idle := [name for name in scenarios if name not in {played for _, played in plays}]:
        raise click.UsageError(f"{', '.join(providers)} cannot play {', '.join(idle)}.")
    return plays


async def play(
    settings: Settings, plays: list[tuple[str, str]], *, tap_key: str | None = None, **options: Any
) -> list[Call]:
    """Play calls of each (provider, scenario); `options` as `simulate` of the simulator has them.

    The fake voice AIs and the bots listen where the routes to them lead. Raises `StorageUnavailable` when
    no tap answers, `InUse` when a port is taken.
    """
    import asyncio

    from earwitness.simulator.run import Simulator, simulate

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
    import asyncio

    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise StorageUnavailable(
            f"no tap answers on {host}:{port}", hint="Start one: `earwitness serve`."
        ) from error
    writer.close()
    await writer.wait_closed()
