"""Draws a recorded call as an SVG: both voices over time, what was said below, unheard words struck through.

scripts/picture.py DATA_DIR ID docs/images/call.svg
"""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import shorten

import numpy as np

from earwitness.library import open_library
from earwitness.model.conversation import Message
from earwitness.model.events import Role

WIDTH, LEFT, LANE = 900, 70, 66
ROOM = 88  # letters that fit beside the names
COLOURS = {"caller": "#2563eb", "agent": "#d97706"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message: who, when on the call's clock, what reached the ear and what of it did not."""

    party: str  # caller or agent
    at_s: float
    heard: str
    unheard: str = ""
    note: str = ""  # what stands behind it in grey


def draw(peaks: dict[str, Sequence[float]], length_s: float, lines: Sequence[Line]) -> str:
    """The picture. `peaks`: loudness 0 to 1 of each party at equal steps over the whole call."""
    top = 2 * LANE + 60
    height = top + 26 * len(lines) + 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="ui-sans-serif, system-ui, sans-serif" font-size="14">',
        "<title>A recorded call: both voices, and what was said</title>",
        f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#fbfbfa" stroke="#e5e5e5"/>',
    ]
    for lane, (party, loudness) in enumerate(peaks.items()):
        parts += _wave(party, loudness, 20 + LANE // 2 + lane * LANE)
    parts += _axis(length_s, 2 * LANE + 28)
    for number, line in enumerate(lines):
        parts.append(_said(line, top + 20 + 26 * number))
    return "\n".join([*parts, "</svg>\n"])


def _wave(party: str, loudness: Sequence[float], middle: int) -> list[str]:
    step = (WIDTH - LEFT - 20) / max(len(loudness), 1)
    strokes = " ".join(
        f"M{LEFT + i * step:.1f} {middle - h:.1f}v{2 * h:.1f}"
        for i, loud in enumerate(loudness)
        for h in [max(0.6, loud * (LANE / 2 - 4))]
    )
    return [
        f'<text x="16" y="{middle + 5}" fill="{COLOURS[party]}">{party}</text>',
        f'<path d="{strokes}" stroke="{COLOURS[party]}" stroke-width="{step * 0.7:.2f}" fill="none"/>',
    ]


def _axis(length_s: float, y: int) -> list[str]:
    step = next(s for s in (1, 2, 5, 10, 30, 60, 300, 1800, 7200) if length_s / s <= 12)
    scale = (WIDTH - LEFT - 20) / length_s
    return [
        f'<text x="{LEFT + at * scale:.0f}" y="{y}" fill="#999" font-size="11">'
        f"{at // 60}:{at % 60:02d}</text>"
        for at in range(0, int(length_s) + 1, step)
    ]


def _said(line: Line, y: int) -> str:
    lost = ""
    if line.unheard:
        lost = f'<tspan fill="#aaa" text-decoration="line-through" dx="5">{escape(line.unheard)}</tspan>'
    note = f'<tspan fill="#999" font-size="12" dx="10">{escape(line.note)}</tspan>' if line.note else ""
    return (
        f'<text x="16" y="{y}"><tspan fill="#999" font-size="12">{line.at_s:5.1f} s</tspan>'
        f'<tspan x="{LEFT}" fill="{COLOURS[line.party]}">{line.party}</tspan>'
        f'<tspan x="{LEFT + 56}" fill="#222">{escape(line.heard)}</tspan>{lost}{note}</text>'
    )


def loudness(blocks: Iterable[np.ndarray], frames: int, points: int = 260) -> list[float]:
    """The highest sample of each of `points` equal stretches, loudest stretch 1."""
    highest = np.zeros(points)
    at = 0
    for block in blocks:
        places = (np.arange(at, at + len(block)) * points // max(frames, 1)).clip(max=points - 1)
        np.maximum.at(highest, places, np.abs(block.astype(np.int32)))
        at += len(block)
    return list(highest / max(highest.max(), 1))


def line_of(message: Message) -> Line:
    is_cut = message.status == "interrupted"
    heard = message.heard_text if is_cut else message.text
    return Line(
        party="caller" if message.role is Role.USER else "agent",
        at_s=message.started_ns / 1e9,
        heard=heard,
        unheard=shorten(message.text.removeprefix(heard).strip(), ROOM - len(heard), placeholder=" …")
        if is_cut
        else "",
        note="interrupted" if is_cut else "",
    )


def main(arguments: list[str]) -> int:
    data_dir, ref, target = arguments
    recorded = open_library(data_dir).conversation(ref)
    messages = [m for m in recorded.conversation.messages if m.text and m.role is not Role.SYSTEM]
    sounds = {track: recorded.audio(track) for track in ("caller", "agent")}
    peaks = {track: loudness(sound.blocks(), sound.frames) for track, sound in sounds.items()}
    picture = draw(peaks, sounds["caller"].seconds, [line_of(message) for message in messages])
    Path(target).write_text(picture, "utf-8")
    print(f"{target}: {sounds['caller'].seconds:.1f} s, {len(messages)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
