"""`earwitness stats`."""

from typing import TYPE_CHECKING, Any

import click
import msgspec

from earwitness.cli.chosen import TIMES, zoned
from earwitness.cli.desk import json_option, kept_of, library_of, print_json, say, workspace_option

if TYPE_CHECKING:
    from earwitness.library import Library


@click.command("stats")
@click.argument("ref", metavar="[ID]", required=False)
@click.option("--metric", metavar="NAME", help="A metric over all conversations; `list` names them.")
@click.option("--by", default="", help="Group it: day, hour, provider, route, label, agent; commas between.")
@click.option(
    "--since", type=click.DateTime(TIMES), callback=zoned, help="Begun at or after; UTC unless zoned."
)
@click.option("--until", type=click.DateTime(TIMES), callback=zoned, help="Begun before; UTC unless zoned.")
@click.option("--provider", help="Of conversations with a leg of this provider.")
@click.option("--route", help="That came this way through the tap.")
@click.option("--label", help="With this label.")
@click.option("--agent", help="That this agent answered.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    /,
    ref: str | None,
    metric: str | None,
    by: str,
    workspace: str,
    as_json: bool,
    **asked: Any,
) -> None:
    """One conversation in numbers, by its events and as measured on its sound; or a metric over all.

    Example: earwitness stats latest

    Of all: earwitness stats --metric response_time --by day,provider
    """
    if (ref is None) == (metric is None):
        raise click.UsageError("Name a conversation, or one --metric; --metric list names all.")
    if metric is not None:
        _over_all(library_of(context, workspace), metric, by, as_json, asked)
        return
    found = kept_of(context, workspace, str(ref)).analytics()
    if as_json:
        print_json(found)
        return
    for name, value in _lines(found):
        say(f"{name:28} {value}")


def _over_all(library: "Library", metric: str, by: str, as_json: bool, asked: dict[str, Any]) -> None:
    if metric == "list":
        names = library.metrics_there_are()
        if as_json:
            print_json(names)
            return
        for each in names:
            say(f"{each['name']:20} {each['meaning']}")
        return
    groups = tuple(name.strip() for name in by.split(",") if name.strip())
    answer = library.metric(metric, by=groups, **asked)
    if as_json:
        print_json(msgspec.to_builtins(answer))
        return
    figures = [
        name for name in (answer.points[0] if answer.points else {}) if name not in (*groups, "filters")
    ]
    table = [[*groups, *figures]]
    table += [[_cell(point[name]) for name in (*groups, *figures)] for point in answer.points]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    say(f"{answer.metric}: value in {answer.unit}, count of {answer.counts}")
    for row in table:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    if not answer.points:
        is_filtered = any(value is not None for value in asked.values())
        none = "no conversation fits" if is_filtered else "nothing yet"
        say(f"{none}: calls count once the work after them is done")


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    many, measured = found["counts"], found["figures"]
    lines = [
        ("duration", found["summary"]["duration"]["formatted"]),
        ("messages", f"{many['messages']} ({many['user']} user, {many['assistant']} assistant)"),
        ("tool calls", _calls(found["function_calls"])),
        ("interruptions by events", str(many["interruptions"])),
        ("response by events", _times({**found["response_ms"], "p50": found["response_ms"]["median"]})),
    ]
    lines += [("intent", f"{each['intent']}, {each['count']} times") for each in found["intents"]]
    for party in ("caller", "agent"):
        lines.append((f"{party}'s sentiment", _sentiment(found["sentiment"][party])))
    if sources := found["sentiment"]["sources"]:
        lines.append(("sentiment says", ", ".join(f"{who} ({count})" for who, count in sources.items())))
    if measured is None:
        return [*lines, ("measured on the sound", "not yet: the call runs, or the work after it is not done")]
    lines += [
        ("response", _times(measured["response_ms"])),
        ("agent first heard", _ms(measured["first_sound_ms"])),
        ("interruptions by caller", str(measured["interruptions_by_caller"])),
        ("interruptions by agent", str(measured["interruptions_by_agent"])),
        ("dead air", f"{_ms(measured['dead_air_ms'])} in {len(measured['dead_air'])} stretches"),
        ("both at once", _ms(measured["overlap_ms"])),
        (
            "agent's share of speech",
            "none" if measured["agent_share"] is None else f"{measured['agent_share']:.0%}",
        ),
    ]
    for party in ("caller", "agent"):
        side = measured[party]
        lines += [
            (
                f"{party} spoke",
                f"{_ms(side['speech_ms'])}, at most {_ms(side['longest_monologue_ms'])} on end",
            ),
            (f"{party}'s words", f"{side['words']}, {side['words_per_minute'] or 'unknown'} a minute"),
            (f"{party}'s level", _level(side)),
        ]
    return lines + [("disagreement", each["message"]) for each in measured["disagreements"]]


def _times(times: dict[str, Any]) -> str:
    if not times["count"]:
        return "none"
    p95 = f"p95 {_ms(times['p95'])}, " if "p95" in times else ""
    return f"median {_ms(times['p50'])}, {p95}longest {_ms(times['longest'])} of {times['count']}"


def _calls(calls: dict[str, Any]) -> str:
    if not calls["count"]:
        return "none"
    names = ", ".join(f"{each['name']} {each['count']}" for each in calls["by_name"])
    return f"{calls['count']} ({names}), {calls['failed']} failed, median {_ms(calls['latency_ms']['p50'])}"


def _sentiment(side: dict[str, Any]) -> str:
    if side["score"] is None:
        return "not known"
    counts = ", ".join(f"{side[name]} {name}" for name in ("positive", "neutral", "negative") if side[name])
    return f"{side['sentiment']} ({side['score']} of 100: {counts})"


def _level(side: dict[str, Any]) -> str:
    if side["speech_db"] is None:
        return "silent"
    return f"{side['speech_db']} dB, peak {side['peak_db']} dB, clipped {_ms(side['clipped_ms'])}"


def _ms(ms: int | None) -> str:
    return "never" if ms is None else f"{ms / 1000:.2f} s"
