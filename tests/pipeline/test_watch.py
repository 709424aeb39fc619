"""Whoever looks on is told what is there, then what changes, then the end; each thing once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import earwitness
from earwitness.library import Library
from earwitness.pipeline.follow import Follower
from earwitness.pipeline.watch import MS_PER_POINT, News, Watch, hear
from earwitness.settings import Settings


class Call:
    """A call that is being recorded in this process, and the follower of its journal."""

    def __init__(self, folder: Path) -> None:
        self.library = Library(Settings(data_dir=str(folder)))
        self.leg = earwitness.record(provider="openai", conversation="c", data_dir=folder)
        self.follower: Follower = self.library.follower()
        self.say("item_1", "Hello")

    def say(self, item: str, text: str) -> None:
        content = [{"type": "output_text", "text": text}]
        made = {"id": item, "type": "message", "role": "assistant", "status": "completed", "content": content}
        self.leg.received({"type": "conversation.item.added", "item": made})
        self.take_in()

    def take_in(self) -> None:
        assert self.leg.flush()
        self.follower.tick()

    def end(self) -> None:
        self.leg.close()
        self.follower.tick()


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Call]:
    call = Call(tmp_path)
    yield call
    call.leg.close()
    call.library.catalog.close()


def told(news: list[News]) -> dict[str, Any]:
    return {each.kind: each.data for each in news}


def test_who_comes_late_is_told_the_past_and_then_only_what_changes(call: Call) -> None:
    watch: Watch = call.library.watch("latest")
    first = told(watch.look())
    assert first["conversation"]["status"] == "active"
    assert [message["text"] for message in first["messages"]] == ["Hello"]
    assert watch.look() == []
    call.say("item_2", "Goodbye")
    assert [message["text"] for message in told(watch.look())["messages"]] == ["Goodbye"]
    assert watch.look() == []


def test_the_end_is_the_last_that_is_told(call: Call) -> None:
    watch = call.library.watch("latest")
    watch.look()
    call.end()
    news = watch.look()
    assert news[-1].kind == "end"
    assert news[-1].data["status"] != "active"
    assert watch.is_over


def test_who_watches_all_sees_calls_begin_and_end(call: Call, tmp_path: Path) -> None:
    watch = call.library.watch_all()
    first = watch.look()
    assert {each.kind for each in first} == {"conversation", "messages"}
    second = earwitness.record(provider="hume", data_dir=tmp_path)
    second.received({"type": "chat_metadata", "chat_id": "x", "chat_group_id": "y", "request_id": "z"})
    assert second.flush()
    call.follower.tick()
    (begun,) = {each.conversation for each in watch.look()}
    assert begun != first[0].conversation
    call.end()
    assert told(watch.look())["end"]["status"] != "active"
    assert watch.look() == []
    second.close()


def test_a_conversation_that_is_deleted_ends(call: Call) -> None:
    watch = call.library.watch("latest")
    call.end()
    call.library.erase(call.library.conversation("latest").id)
    assert told(watch.look()) == {"end": {"status": "deleted"}}


def test_how_loud_each_side_is_is_told_as_the_file_grows(call: Call) -> None:
    recorded = call.library.conversation("latest")
    file = call.library.live_root / f"{recorded.id}.wav"
    file.parent.mkdir(exist_ok=True)
    loud, silent = (8_000).to_bytes(2, "little"), b"\0\0"
    point = 16 * MS_PER_POINT
    file.write_bytes(b"\0" * 44 + (loud + silent) * point * 3)
    watch = call.library.watch("latest")
    sound = told(watch.look())["sound"]
    assert (sound["from_ms"], sound["caller"], sound["agent"]) == (0, [31, 31, 31], [0, 0, 0])
    at_byte, nothing = hear(file, None)
    assert nothing == b""
    with file.open("ab") as growing:
        growing.write((silent + loud) * point + silent)
    later = told(watch.look())["sound"]
    assert (later["from_ms"], later["caller"], later["agent"]) == (3 * MS_PER_POINT, [0], [31])
    at_byte, heard = hear(file, at_byte)
    assert heard == (silent + loud) * point, "whole frames only"
    assert hear(file, at_byte) == (at_byte, b"")
