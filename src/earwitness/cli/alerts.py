"""`earwitness alerts` and `earwitness outbox`: what was found wrong, and what others were told."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, get_args

import click

from earwitness.cli.desk import json_option, library_of, print_json, say, workspace_option
from earwitness.settings.outbound import AlertRule, Watch

if TYPE_CHECKING:
    from earwitness.alerts.watch import AlertRow, Rule
    from earwitness.outbound.outbox import DeliveryRow

KINDS = get_args(Watch)
USUAL = AlertRule(watch="latency")


class _Documented(Protocol):
    def document(self) -> dict[str, Any]: ...


_D = TypeVar("_D", bound=_Documented)


def _print(found: Sequence[_D], as_json: bool, line: Callable[[_D], str], nothing: str) -> None:
    """A line each, or one list of JSON; where there is none, `nothing` says so."""
    if as_json:
        print_json([each.document() for each in found])
        return
    for each in found:
        say(line(each))
    if not found:
        click.echo(nothing)


@click.group("alerts")
def command() -> None:
    """What the rules found wrong. A running server judges them twice a minute.

    Example: earwitness alerts list --state firing
    """


@command.command("list")
@click.option("--state", type=click.Choice(["firing", "resolved"]))
@workspace_option
@json_option
@click.pass_context
def list_(context: click.Context, state: str | None, workspace: str, as_json: bool) -> None:
    """What was found wrong, the newest first.

    Example: earwitness alerts list
    """

    def line(alert: "AlertRow") -> str:
        about = f" on {alert.about}" if alert.about else ""
        return f"{alert.began_at:%Y-%m-%d %H:%M}  {alert.state:8}  {alert.rule}{about}: {alert.message}"

    _print(library_of(context, workspace).alerts(state=state), as_json, line, "nothing was found wrong")


@command.command("rules")
@workspace_option
@json_option
@click.pass_context
def rules(context: click.Context, workspace: str, as_json: bool) -> None:
    """The rules, and where each is from.

    Example: earwitness alerts rules
    """

    def line(rule: "Rule") -> str:
        told = rule.document()
        what = f"{told['watch']:18} {told['threshold']:g} over {told['window']}"
        return f"{rule.name:20} {what}, from {rule.source}"

    nothing = "no rule is set: see alerts.<name> in the settings, or earwitness alerts set"
    _print(library_of(context, workspace).alert_rules(), as_json, line, nothing)


@command.command("set")
@click.argument("name")
@click.option("--watch", type=click.Choice(KINDS), required=True, help="What is watched.")
@click.option("--threshold", type=float, help="From where on it is wrong.")
@click.option("--window", default=USUAL.window, show_default=True, help="Over calls that ended so recently.")
@click.option("--hold-off", default=USUAL.hold_off, show_default=True, help="So long nothing is told again.")
@click.option("--recovery", default=USUAL.recovery, show_default=True, help="So long it must be right.")
@click.option("--min-calls", type=click.IntRange(1), default=USUAL.min_calls, show_default=True)
@click.option("--route", default="", help="Of this route alone.")
@click.option("--provider", default="", help="Of this provider alone.")
@click.option("--tell", multiple=True, help="Name of an endpoint; otherwise all that want alerts.")
@workspace_option
@click.pass_context
def set_(context: click.Context, /, name: str, workspace: str, **rule: Any) -> None:
    """Set a rule; it stands before one of the settings of the same name.

    Example: earwitness alerts set slow --watch latency --threshold 2500
    """
    made = library_of(context, workspace).set_alert_rule(name, rule)
    say(f"{made.name} watches {made.rule.watch}")


@command.command("remove")
@click.argument("name")
@workspace_option
@click.pass_context
def remove(context: click.Context, name: str, workspace: str) -> None:
    """Take a rule away that was set here or over REST.

    Example: earwitness alerts remove slow
    """
    library_of(context, workspace).remove_alert_rule(name)
    say(f"{name} is judged no more")


@click.group("outbox")
def outbox() -> None:
    """What other programs and people are told, and how far that has come.

    Example: earwitness outbox list --state failed
    """


@outbox.command("list")
@click.option("--state", type=click.Choice(["waiting", "delivered", "failed", "erased"]))
@workspace_option
@json_option
@click.pass_context
def told(context: click.Context, state: str | None, workspace: str, as_json: bool) -> None:
    """What was or is to be told, the newest first.

    Example: earwitness outbox list
    """

    def line(told: "DeliveryRow") -> str:
        why = f": {told.problem}" if told.problem else ""
        return f"{told.id}  {told.event:9}  {told.endpoint}  {told.state} after {told.attempts} tries{why}"

    _print(library_of(context, workspace).deliveries(state=state), as_json, line, "nobody was told anything")


@outbox.command("replay")
@click.argument("delivery")
@workspace_option
@click.pass_context
def replay(context: click.Context, delivery: str, workspace: str) -> None:
    """Tell it once more, under the same id; a running server does so at once.

    Example: earwitness outbox replay msg_0190
    """
    again = library_of(context, workspace).replay(delivery)
    say(f"{again.id} goes to {again.endpoint} once more")
