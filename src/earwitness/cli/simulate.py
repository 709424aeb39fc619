"""`earwitness simulate`."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from earwitness.cli.desk import settings_of
from earwitness.cli.serve import run

PROVIDERS = ("openai", "twilio", "elevenlabs", "hume", "audiocodes", "relay")


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
@click.option(
    "--speed",
    type=click.FloatRange(0.1),
    default=1.0,
    show_default=True,
    help="Times real time. Above 1, what was heard, and who interrupted, is not as in a real call.",
)
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
        _through_tap()(
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


def _through_tap() -> Any:
    """Loaded when calls are played, so that help is quick."""
    from earwitness.simulator.through import play

    return play


def _plays(providers: tuple[str, ...], scenarios: tuple[str, ...]) -> list[tuple[str, str]]:
    from earwitness.simulator.scenarios import scenarios_of

    plays = [
        (provider, name) for provider in providers for name in scenarios if name in scenarios_of(provider)
    ]
    if idle := [name for name in scenarios if name not in {played for _, played in plays}]:
        raise click.UsageError(f"{', '.join(providers)} cannot play {', '.join(idle)}.")
    return plays
