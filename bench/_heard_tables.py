"""What bench/heard.py measured, as tables: which cells miss a goal, how far off each recorder is."""

from itertools import groupby
from typing import Any

from worlds.matrix import PROVEN

GOALS = {"proven_ms": 20, "modelled_ms": 60, "duration_ms": 40, "response_ms": 50}


def goal_ms(row: dict[str, Any], side: str) -> int:
    return GOALS["proven_ms"] if side == "agent" or row["provider"] in PROVEN else GOALS["modelled_ms"]


def misses(row: dict[str, Any]) -> list[str]:
    """What of this cell misses its goal."""
    found = []
    for side in ("caller", "agent"):
        of = row["earwitness"][side]
        if of["not_found"] or of["worst_ms"] > goal_ms(row, side):
            found.append(f"{side} {of['worst_ms']} ms off, {of['not_found']} not found")
        if of["extra_ms"] or of["lacking_ms"]:
            found.append(f"{side} {of['extra_ms']} ms too much, {of['lacking_ms']} ms lacking")
    if abs(row["duration_off_ms"]) > GOALS["duration_ms"]:
        found.append(f"duration {row['duration_off_ms']} ms off")
    if len(set(row["events_interruptions"])) > 1:
        found.append(f"interruptions by events {row['events_interruptions']}")
    if figures := row.get("figures"):
        if figures["worst_response_ms"] is None or figures["worst_response_ms"] > GOALS["response_ms"]:
            found.append(f"responses {figures['responses']}, worst {figures['worst_response_ms']} ms off")
        if len(set(figures["interruptions"])) > 1 or figures["false"]:
            found.append(f"interruptions by sound {figures['interruptions']}, false {figures['false']}")
        if figures["against"][0] != figures["against"][1]:
            found.append(f"health {figures['against'][0]}, and should be {figures['against'][1]}")
    return found


def off(rows: list[dict[str, Any]], recorder: str, side: str) -> str:
    """The worst of these cells, in a word: how far off, how many utterances are not there at all."""
    found = [row[recorder][side] for row in rows if recorder in row]
    if not found:
        return "fails" if any(recorder in row.get("refused", ()) for row in rows) else "-"
    lost = sum(each["not_found"] for each in found)
    return f"{max(each['worst_ms'] for each in found):.0f} ms" + (f", {lost} gone" if lost else "")


def wrong(rows: list[dict[str, Any]], recorder: str) -> str:
    """Seconds of sound too much and lacking."""
    sides = [row[recorder][side] for row in rows if recorder in row for side in ("caller", "agent")]
    if not sides:
        return "-"
    extra, lacking = (sum(each[what] for each in sides) / 1000 for what in ("extra_ms", "lacking_ms"))
    return f"{extra:.1f} s / {lacking:.1f} s"


def length(minutes: float) -> str:
    return f"{minutes:g} min" if minutes < 60 else f"{minutes / 60:g} h"


def by_condition(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["condition"], []).append(row)
    return found


def tabled(head: list[str], lines: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *lines])


def own_table(rows: list[dict[str, Any]]) -> str:
    """How far our tracks are off, at each length: caller by media time / caller counted / agent."""
    lengths = sorted({row["minutes"] for row in rows})
    lines = []
    for name, of in by_condition(rows).items():
        line = [name]
        for minutes in lengths:
            cells = [row for row in of if row["minutes"] == minutes]
            proven = [row for row in cells if row["provider"] in PROVEN]
            counted = [row for row in cells if row["provider"] not in PROVEN]
            sides = [(proven, "caller"), (counted, "caller"), (cells, "agent")]
            line += [" / ".join(off(group, "earwitness", side) for group, side in sides)]
            line += [wrong(cells, "earwitness")]
        lines.append(line)
    what = ("caller proven / counted / agent", "too much / lacking")
    return tabled(["condition", *(f"{length(m)}: {each}" for m in lengths for each in what)], lines)


def peers_table(rows: list[dict[str, Any]]) -> str:
    """The same calls by the recorders beside ours: caller / agent, and seconds too much / lacking."""
    lines = []
    for name, of in by_condition(rows).items():
        for minutes, group in groupby(of, key=lambda row: row["minutes"]):
            cells = [row for row in group if "append" in row]
            if not cells:
                continue
            line = [name, length(minutes)]
            for recorder in ("earwitness", "append", "pipecat", "paced"):
                line += [f"{off(cells, recorder, 'caller')} / {off(cells, recorder, 'agent')}"]
                line += [wrong(cells, recorder)]
            lines.append(line)
    who = ("Earwitness", "append every chunk", "Pipecat, at the socket", "Pipecat, behind its transport")
    head = ["condition", "call"]
    return tabled(head + [f"{each}: {what}" for each in who for what in ("off", "too much / lacking")], lines)


def figured(found: list[dict[str, Any]]) -> list[str]:
    """What was measured on the sound of all cells that were listened to, in a sentence."""
    if not found:
        return []
    off = [each["worst_response_ms"] for each in found if each["worst_response_ms"] is not None]
    responses = sum(each["responses"][1] for each in found)
    told, true = (sum(each["interruptions"][i] for each in found) for i in (0, 1))
    false = sum(each["false"] for each in found)
    clean = sum(each["against"][0] == each["against"][1] for each in found)
    return [
        f"By the sound of {len(found)} cells: {responses} response times, the worst {max(off)} ms off;"
        f" {told} of {true} interruptions, {false} false; health says what is true in {clean}."
    ]


def report(rows: list[dict[str, Any]]) -> str:
    """Both tables, and every cell that misses a goal."""
    bad = [(row, misses(row)) for row in rows if misses(row)]
    longest_ms = max((abs(row["duration_off_ms"]) for row in rows), default=0)
    lines = [own_table(rows), "", peers_table(rows), ""]
    lines.append(
        f"{len(rows) - len(bad)} of {len(rows)} cells meet every goal; lengths within {longest_ms:.1f} ms."
    )
    lines += figured([row["figures"] for row in rows if "figures" in row])
    lines += [
        f"- {row['provider']}, {row['condition']}, {length(row['minutes'])}: {'; '.join(why)}"
        for row, why in bad
    ]
    return "\n".join(lines)
