"""An order by voice, for tests with clients of their own: its sound, and what must be on record."""

import json
import uuid
from base64 import b64encode
from functools import partial
from itertools import count, groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from earwitness.audio.codecs import encode
from earwitness.clock import SystemClock
from earwitness.library import open_library
from earwitness.model.conversation import Status
from earwitness.simulator import (
    dialogue,
    elevenlabs_server,
    hume_server,
    openai_response,
    openai_spelling,
    upstream,
)
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.pace import Pace

SPEED = 20
RESULT = '{"order": 4711}'
ORDERED = [
    ("assistant", line("greeting").text),
    ("user", line("order").text),
    ("assistant", f"{line('one_moment').text} {line('price').text}"),
]


def said(name: str, rate_hz: int = 16_000, encoding: str = "pcm_s16le") -> bytes:
    """The caller's line and the silence behind it that ends a turn."""
    samples = np.concatenate([spoken(name, rate_hz), np.zeros(rate_hz, np.int16)])
    return encode(encoding, samples)


def in_base64(name: str, rate_hz: int = 16_000, encoding: str = "pcm_s16le") -> str:
    return b64encode(said(name, rate_hz, encoding)).decode()


def check_order(data_dir: Path, result: dict[str, Any]) -> None:
    """There is the order alone: every word and the function call, nothing invented, nothing lost."""
    library = open_library(data_dir)
    [recorded] = library.conversations()
    told = groupby(recorded.messages(), lambda row: row.role)
    assert [(role, " ".join(row.text for row in rows)) for role, rows in told] == ORDERED
    [call] = recorded.tool_calls()
    assert (call.name, json.loads(call.arguments)["size"]) == ("place_order", "large")
    assert json.loads(call.result) == result
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert recorded.shortcomings(but=("unproven_playout",)) == []
    library.catalog.close()


class Undated(SystemClock):
    """Runs as the machine's does, but on no date."""

    def now(self):
        return super().now()._replace(wall_ns=0)


def dictate(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the fakes' ids are counted, not drawn, and nobody tells or pings by the clock."""
    numbers = count(1)
    drawn = SimpleNamespace(
        token_hex=lambda size: str(next(numbers)), token_urlsafe="x".__mul__, randbelow=lambda top: top - 1
    )
    for module in (dialogue, elevenlabs_server, hume_server, openai_response, openai_spelling):
        monkeypatch.setattr(module, "secrets", drawn)
    monkeypatch.setattr(hume_server, "uuid", SimpleNamespace(uuid4=lambda: uuid.UUID(int=next(numbers))))
    monkeypatch.setattr(elevenlabs_server, "PING_MS", 1e9)
    monkeypatch.setattr(upstream, "Pace", partial(Pace, clock=Undated()))
