"""vCon."""

import base64
import functools
import io
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from jsonschema import Draft7Validator, FormatChecker

from earwitness.desk.recorded import Recorded
from earwitness.exports import vcon
from earwitness.library import Library, open_library
from earwitness.settings import Settings
from exported import chat, text_of
from imported import library
from recorded import as_it_was, recording

__all__ = ["library"]

SCHEMA = os.environ.get("VCON_SCHEMA", "")  # a file: the working group's, which is not ours to ship


def document(call: Recorded, **options: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(text_of(call, "vcon", **options))
    return told


def redacted(provider: str, scenario: str) -> Recorded:
    """The call as everybody may see it."""
    made = recording()
    return Library(Settings(data_dir=str(made.data_dir))).conversation(made.call(provider, scenario).id)


def samples(told: dict[str, Any]) -> Any:
    body = told["dialog"][0]["body"]
    data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)[0]


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    """Somebody else's recordings, of which there are none yet."""
    library = open_library(as_it_was(tmp_path / "other"))
    yield library
    library.catalog.close()


@functools.cache
def all_of_them() -> list[dict[str, Any]]:
    """Every call as it was, and as everybody may see it."""
    made = recording()
    desks = made.library(), Library(Settings(data_dir=str(made.data_dir)))
    return [document(each) for desk in desks for each in desk.conversations()]


def test_every_call_has_what_the_draft_asks_for() -> None:
    for told in all_of_them():
        assert told["vcon"] == "0.4.0"
        assert uuid.UUID(told["uuid"]).version in (7, 8)
        assert told["created_at"].endswith("Z")
        assert [party["type"] for party in told["parties"][:2]] == ["person", "bot"]
        assert told["dialog"]
        for dialog in told["dialog"]:
            assert dialog["type"] in ("recording", "text", "incomplete")
            assert (dialog["type"] == "incomplete") == ("disposition" in dialog) == ("body" not in dialog)
        for about in (*told["analysis"], *told["attachments"]):
            numbers = [about["dialog"]]
            assert all(number < len(told["dialog"]) for number in numbers)
            assert about["encoding"] in ("json", "none")
        assert all(about["vendor"] == "earwitness" for about in told["analysis"])
        assert all({"start", "party", "purpose"} <= about.keys() for about in told["attachments"])


@pytest.mark.skipif(not SCHEMA, reason="VCON_SCHEMA names no file with the working group's schema")
def test_every_call_is_valid_by_the_working_groups_schema() -> None:
    validator = Draft7Validator(json.loads(Path(SCHEMA).read_text("utf-8")), format_checker=FormatChecker())
    found = all_of_them()
    assert len(found) > 10
    for told in found:
        assert [error.message for error in validator.iter_errors(told)] == []


def test_the_recording_is_in_it_sample_by_sample() -> None:
    call = recording().call("twilio", "barge_in")
    told = document(call)
    heard = np.concatenate(list(call.audio("stereo", rate_hz=None).blocks()))
    assert np.array_equal(samples(told), heard)
    assert told["dialog"][0]["duration"] == pytest.approx(call.audio().seconds, abs=0.01)
    without = document(call, with_sound=False)
    assert {dialog["type"] for dialog in without["dialog"]} == {"text"}


def test_what_leaves_as_a_vcon_comes_back_as_the_same_call(other: Library, tmp_path: Path) -> None:
    call = recording().call("openai", "order")
    (tmp_path / "call.vcon").write_text(text_of(call, "vcon"), "utf-8")
    (taken,) = other.import_path(tmp_path / "call.vcon")
    back = other.conversation(taken.conversation)
    before, after = call.conversation, back.conversation

    assert [(m.role, m.heard_text) for m in after.messages] == [
        (m.role, m.heard_text) for m in before.messages
    ]
    assert [m.started_ns for m in after.messages] == pytest.approx(
        [m.started_ns for m in before.messages], abs=1000
    )
    assert [m.ended_ns for m in after.messages] == pytest.approx(
        [m.ended_ns for m in before.messages], abs=1000
    )
    assert [(c.name, c.arguments, c.result) for c in after.tool_calls] == [
        (c.name, c.arguments, c.result) for c in before.tool_calls
    ]
    assert (after.subject, after.labels, after.outcome) == (before.subject, before.labels, before.outcome)
    assert after.metadata["scenario"] == "order"
    assert after.began_at_ns // 1_000_000 == before.began_at_ns // 1_000_000
    rate_hz = 24_000
    assert np.array_equal(
        *(np.concatenate(list(each.audio("stereo", rate_hz=rate_hz).blocks())) for each in (call, back))
    )
    assert vcon.VENDOR in document(back)["analysis"][0]["vendor"]


def test_what_is_redacted_points_to_the_whole_one_and_says_what_is_missing() -> None:
    call = redacted("openai", "order")
    told, raw = document(call), document(recording().call("openai", "order"))
    assert told["redacted"] == {"uuid": raw["uuid"], "type": "phone"}
    assert told["uuid"] != raw["uuid"] == call.id
    assert uuid.UUID(told["uuid"]).version == 8
    assert "redacted" not in raw
    [transcript] = [each for each in told["analysis"] if each["type"] == "transcript"]
    [entry] = [each for each in transcript["body"]["entries"] if "redacted" in each]
    [gone] = entry["redacted"]
    assert entry["text"][gone["start"] : gone["end"]] == "XXX-XXX-XXXX"
    assert not np.array_equal(samples(told), samples(raw))
    [whole] = [each for each in raw["analysis"] if each["type"] == "transcript"]
    at = transcript["body"]["entries"].index(entry)
    number = whole["body"]["entries"][at]["text"][gone["start"] :]
    assert len(number) > 10, "a number, and what follows"
    assert number in json.dumps(raw)
    assert number not in json.dumps(told)


def test_a_chat_is_a_dialog_of_texts(library: Library, tmp_path: Path) -> None:
    told = document(chat(library, tmp_path, "hello", "good day"))
    assert [(each["type"], each["parties"], each["body"]) for each in told["dialog"]] == [
        ("text", [0], "hello"),
        ("text", [1], "good day"),
    ]


def test_a_call_that_never_came_up_says_so() -> None:
    failed = list(recording().library().conversations(status="failed"))
    for call in failed:
        assert document(call)["dialog"][0]["type"] == "incomplete"
    assert failed
