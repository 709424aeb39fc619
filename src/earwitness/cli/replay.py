"""`earwitness replay`."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from earwitness.cli.desk import conversation_of, raw_option, ref_argument, workspace_option
from earwitness.cli.group import LOSSY
from earwitness.cli.serve import run

if TYPE_CHECKING:
    from earwitness.desk.recorded import Recorded

_OPTIONS = (
    click.option(
        "--as",
        "role",
        type=click.Choice(["provider", "caller"]),
        required=True,
        help="Which end: `provider` answered and is dialled again; `caller` dialled, and dials --url.",
    ),
    click.option("--leg", help="Of several legs this one: its id, or a beginning or end that one alone has."),
    click.option("--url", help="Of a caller: the WebSocket it dials."),
    click.option(
        "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Of a caller: sent too."
    ),
    click.option(
        "--port",
        type=click.IntRange(0, 65_535),
        default=0,
        help="Of a provider: where on loopback. Default: a free one.",
    ),
    click.option(
        "--speed", type=click.FloatRange(0.1), default=1.0, show_default=True, help="Times real time."
    ),
    click.option(
        "--in-turn", is_flag=True, help="A message also waits for all that the other end had sent before it."
    ),
)


def _end_and_how(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("replay")
@ref_argument
@_end_and_how
@raw_option
@workspace_option
@click.pass_context
def command(
    context: click.Context,
    /,
    ref: str,
    reason: str | None,
    workspace: str,
    role: str,
    leg: str | None,
    url: str | None,
    headers: tuple[str, ...],
    port: int,
    speed: float,
    in_turn: bool,
) -> None:
    """Play one end of a recorded leg again, byte for byte, at its recorded times.

    Exit status 0 when all of it was sent, 3 when the record itself has gaps or left something out.

    Example: earwitness replay latest --as provider --raw "reproduce a fault"
    """
    from earwitness.journal.record import Origin
    from earwitness.pipeline.replay import part
    from earwitness.simulator.replay import answer, dial

    if reason is None:
        raise click.UsageError("what is played is as it came: say why you need it, --raw REASON")
    if (role == "caller") != bool(url) or (headers and not url):
        raise click.UsageError("--as caller needs --url; --url and --header are of a caller alone")
    told = _headers(headers)
    recorded = conversation_of(context, workspace, ref, reason)
    side = Origin.SERVER if role == "provider" else Origin.CLIENT
    one = _leg(recorded, leg)
    played = part(lambda: (each for _, each in recorded.records(one)), side, speed=speed, in_turn=in_turn)
    run(dial(played.script, url, told) if url else answer(played.script, port=port, on_url=click.echo))
    click.echo(f"{played.script.messages} messages sent", err=True)
    if not played.is_whole:
        click.echo("the record of this leg is not whole: what is missing in it was not sent", err=True)
        sys.exit(LOSSY)


def _leg(recorded: "Recorded", wanted: str | None) -> str:
    legs = recorded.legs()
    fitting = [
        each.id for each in legs if not wanted or each.id.startswith(wanted) or each.id.endswith(wanted)
    ]
    if len(fitting) == 1:
        return fitting[0]
    listed = ", ".join(f"{each.id} ({each.provider})" for each in legs)
    raise click.UsageError(f"--leg: which one? There are {listed}.")


def _headers(given: tuple[str, ...]) -> list[tuple[str, str]]:
    parts = [each.partition(":") for each in given]
    if not all(mark and name.strip() for name, mark, _ in parts):
        raise click.UsageError("--header: write it like 'Authorization: Bearer KEY'")
    return [(name.strip(), value.strip()) for name, _, value in parts]
