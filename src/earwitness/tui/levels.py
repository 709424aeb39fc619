"""Both voices as two lines of bars, as wide as there is room, with a cursor where the sound is."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

BARS = " ▁▂▃▄▅▆▇█"
FULL_SCALE = 128
VOICES = (("caller", "dodger_blue1"), ("agent ", "dark_orange"))
NAME_COLUMNS = 8


class Levels(Widget):
    """Peaks of caller and agent, as `Recorded.waveform` gives them."""

    DEFAULT_CSS = "Levels { height: 3; padding: 0 1; }"
    cursor_s: reactive[float | None] = reactive(None)

    def __init__(self, waveform: dict[str, Any] | None = None) -> None:
        super().__init__(id="levels")
        self._waveform = waveform

    def show(self, waveform: dict[str, Any]) -> None:
        self._waveform = waveform
        self.refresh()

    def render(self) -> Text:
        if self._waveform is None:
            return Text("no sound yet", "dim")
        columns = max(self.size.width - NAME_COLUMNS - 2, 1)
        seconds = self._waveform["frames"] / self._waveform["rate_hz"]
        cursor = None
        if self.cursor_s is not None and seconds:
            cursor = min(int(self.cursor_s / seconds * columns), columns - 1)
        lines = [
            Text.assemble((f"{name}  ", colour), *_marked(bars(levels, columns), cursor, colour))
            for (name, colour), levels in zip(VOICES, _levels(self._waveform["zooms"][0]), strict=True)
        ]
        return Text("\n").join(
            [*lines, Text(f"{' ' * NAME_COLUMNS}0:00{_clock(seconds):>{columns - 4}}", "dim")]
        )


def _levels(zoom: dict[str, Any]) -> list[list[int]]:
    """By channel: how loud each point is, 0 to 128."""
    pairs = zip(zoom["low"], zoom["high"], strict=True)
    return [[max(-low, high) for low, high in zip(*channel, strict=True)] for channel in pairs]


def bars(levels: Sequence[int], columns: int) -> str:
    """So many columns, each as high as the loudest of its stretch."""
    count = len(levels)
    starts = [column * count // columns for column in range(columns + 1)]
    loudest = [max(levels[a : max(b, a + 1)], default=0) for a, b in pairwise(starts)]
    return "".join(BARS[-(-level * (len(BARS) - 1) // FULL_SCALE)] for level in loudest)


def _marked(line: str, cursor: int | None, colour: str) -> list[tuple[str, str]]:
    if cursor is None:
        return [(line, colour)]
    at = line[cursor] if line[cursor] != " " else "│"
    return [(line[:cursor], f"{colour} dim"), (at, "reverse"), (line[cursor + 1 :], colour)]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
