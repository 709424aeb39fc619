"""`earwitness stats`."""

from typing import Any

import click

from earwitness.cli.desk import json_option, library_of, print_json, ref_argument, say, workspace_option


@click.command("stats")
@ref_argument
@workspace_option
@json_option
@click.pass_context
def command(context: click.Context, ref: str, workspace: str, as_json: bool) -> None:
    """One conversation in numbers: by its events, and as measured on its sound.

    Example: earwitness stats latest
    """
    found = library_of(context, workspace).conversation(ref).analytics()
    if as_json:
        print_json(found)
        return
    for name, value in _lines(found):
        say(f"{name:28} {value}")


def _lines(found: dict[str, Any]) -> list[tuple[str, str]]:
    many, measured = found["counts"], found["figures"]
    lines = [
        ("duration", found["summary"]["duration"]["formatted"]),
        ("messages", f"{many['messages']} ({many['user']} user, {many['assistant']} assistant)"),
        ("tool calls", str(many["tool_calls"])),
        ("interruptions by events", str(many["interruptions"])),
        ("response by events", _times({**found["response_ms"], "p50": found["response_ms"]["median"]})),
    ]
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


def _level(side: dict[str, Any]) -> str:
    if side["speech_db"] is None:
        return "silent"
    return f"{side['speech_db']} dB, peak {side['peak_db']} dB, clipped {_ms(side['clipped_ms'])}"


def _ms(ms: int | None) -> str:
    return "never" if ms is None else f"{ms / 1000:.2f} s"
