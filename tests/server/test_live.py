"""Running calls as a stream: the past, then what changes, then the end; and it holds nothing up."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import earwitness
from asked import Asker
from earwitness.capture.recorder import Recorder
from earwitness.library import Library
from earwitness.settings import Recording, Settings
from played import Played
from recorded import copied
from served import Served, serving


def say(leg: Recorder, text: str) -> None:
    content = [{"type": "output_text", "text": text}]
    item = {"id": text, "type": "message", "role": "assistant", "status": "completed", "content": content}
    leg.received({"type": "conversation.item.added", "item": item})
    assert leg.flush()


def follow(served: Served, path: str) -> Iterator[tuple[str, Any]]:
    """(event, data) of a stream, until it ends."""
    request = urllib.request.Request(served.api() + path, headers={"Authorization": f"Bearer {served.key()}"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        kind = ""
        for line in answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                yield kind, json.loads(value)["data"]


def words(stream: Iterator[tuple[str, Any]]) -> str:
    """The text of the next message."""
    return str(next(data for kind, data in stream if kind == "messages")[0]["text"])


def test_a_call_is_followed_while_it_runs_and_the_server_still_stops_at_once(tmp_path: Path) -> None:
    key = Library(Settings(data_dir=str(tmp_path / "data"))).keys.create("k", ("admin",)).text
    with (
        serving(tmp_path, "--role", "api", key=key) as served,
        earwitness.record(provider="openai", conversation="c", data_dir=tmp_path / "data") as leg,
    ):
        say(leg, "Hello")
        every = follow(served, "/api/v1/live")
        assert words(every) == "Hello"
        one = follow(served, "/api/v1/conversations/latest/live")
        assert words(one) == "Hello", "who comes late is told the past"
        say(leg, "Goodbye")
        assert words(every) == words(one) == "Goodbye"
        leg.close()
        assert [kind for kind, _ in one][-1] == "end"
        assert next(data for kind, data in every if kind == "end")["status"] == "complete"
        assert served.stop(timeout_s=10) == 0, "a stream without an end must not hold it up"


def test_of_a_call_that_is_over_all_is_told_at_once_and_the_stream_ends(asker: Asker, order: str) -> None:
    answer = asker.ask(f"/api/v1/conversations/{order}/live")
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    kinds = [line[7:] for line in answer.text.splitlines() if line.startswith("event: ")]
    assert kinds[0] == "conversation"
    assert {"messages", "tool_calls"} < set(kinds)
    assert kinds[-1] == "end"


def test_listening_in_needs_the_right_to_what_is_raw_and_is_noted(own_asker: Asker, order: str) -> None:
    path = f"/api/v1/conversations/{order}/live/sound"
    assert own_asker.ask(path, "read").status_code == 403
    answer = own_asker.ask(path, "admin")
    assert (answer.status_code, answer.content[:4]) == (200, b"RIFF")  # over: there is nothing more to hear
    assert len(answer.content) == 44
    entries = own_asker.ask("/api/v1/audit?action=listen-in", "admin").json()
    assert {entry["outcome"] for entry in entries["entries"]} == {"denied", "done"}


def test_where_running_calls_have_no_sound_whoever_wants_to_listen_in_is_told(
    played: Played, tmp_path: Path, order: str
) -> None:
    quiet = Settings(record=Recording(live_stereo=False))
    asker = Asker(copied(played.folder, tmp_path / "data"), quiet)
    answer = asker.ask(f"/api/v1/conversations/{order}/live/sound", "admin")
    assert answer.status_code == 409
    assert "record.live_stereo" in answer.json()["hint"]
    asker.close()


@pytest.mark.parametrize("path", ["/api/v1/live", "/api/v1/conversations/latest/live"])
def test_nobody_follows_without_a_right(asker: Asker, path: str) -> None:
    assert asker.ask(path, None).status_code == 401
    assert asker.ask(path, "capture").status_code == 403
