"""The door out."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from earwitness.errors import InvalidInput, NotFound, SettingsError
from earwitness.exports.formats import FORMATS, Dataset, Documents, Stream, format_named
from earwitness.exports.recording import Options
from earwitness.library import Library
from exported import chat, text_of
from imported import library
from recorded import recording

__all__ = ["library"]

WITHOUT_WORDS = ("csv-conversations", "csv-turns", "csv-emotions", "otel")


@pytest.mark.parametrize("name", list(FORMATS))
def test_every_format_tells_one_call_and_a_selection(name: str) -> None:
    made = recording()
    order, calls = made.call("openai", "order"), made.library()
    form = format_named(name)
    many = b"".join(calls.export(form, Options(with_sound=False), provider="openai"))
    fitting = list(calls.conversations(provider="openai"))
    assert len(fitting) > 2
    if not isinstance(form, Dataset):
        assert "mushroom" in text_of(order, name) or name in WITHOUT_WORDS
    if isinstance(form, Stream):
        assert (
            all(each.id.encode() in many for each in fitting if each.tool_calls()) or name == "csv-emotions"
        )
        assert many.decode().count(form.head or "\r\n\r\n") == bool(form.head)
        return
    with zipfile.ZipFile(io.BytesIO(many)) as archive:
        assert archive.testzip() is None
        if isinstance(form, Documents):
            assert archive.namelist() == [f"{each.id}.{form.suffix}" for each in fitting]


def test_a_selection_is_given_while_it_is_read(library: Library, tmp_path: Path) -> None:
    """What has not been asked for yet has not been read: no selection has to fit into memory."""
    for number in range(3):
        chat(library, tmp_path, "x" * 70_000, name=str(number), second=number)
    read = []
    calls = (read.append(each.id) or each for each in library.conversations())  # type: ignore[func-returns-value]
    pieces = format_named("jsonl").of_many(calls, Options())
    assert b"xxx" in next(pieces)
    assert len(read) == 1
    assert sum(1 for _ in pieces) >= 2
    assert len(read) == 3


def test_one_channel_alone_is_told_where_a_format_has_channels() -> None:
    order = recording().call("openai", "order")
    both, caller, agent = (text_of(order, "srt", channel=name) for name in (None, "caller", "agent"))
    assert "Caller: I would like" in caller
    assert "Agent" not in caller
    assert "Caller" not in agent
    assert both.count("-->") == caller.count("-->") + agent.count("-->")
    with pytest.raises(InvalidInput, match="csv has no channels"):
        text_of(order, "csv", channel="caller")
    with pytest.raises(InvalidInput, match="no channel left"):
        text_of(order, "vtt", channel="left")


def test_a_format_that_is_none_is_named_with_those_that_are(library: Library) -> None:
    with pytest.raises(NotFound, match="no format is called mp4") as caught:
        format_named("mp4")
    assert "vcon" in caught.value.hint


def test_what_needs_packages_that_are_not_there_says_so_before_the_first_byte(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwitness.exports.formats.is_installed", lambda: False)
    with pytest.raises(SettingsError, match="needs the packages") as caught:
        library.export(format_named("parquet"), Options())
    assert "earwitness[lake]" in caught.value.hint


def test_bad_filters_are_refused_before_the_first_byte(library: Library) -> None:
    with pytest.raises(InvalidInput, match="unknown status"):
        library.export(format_named("jsonl"), Options(), status="odd")


def test_nothing_that_fits_is_an_empty_stream_or_archive(library: Library) -> None:
    assert b"".join(library.export(format_named("jsonl"), Options())) == b""
    assert b"".join(library.export(format_named("csv"), Options())).startswith(b"conversation_id,")
    empty = b"".join(library.export(format_named("vcon"), Options()))
    assert zipfile.ZipFile(io.BytesIO(empty)).namelist() == []


def test_each_conversation_that_leaves_is_in_the_trail(library: Library, tmp_path: Path) -> None:
    from earwitness.privacy.audit import AuditQuery

    call = chat(library, tmp_path, "hello")
    lines = b"".join(library.export(format_named("jsonl"), Options())).splitlines()
    assert [json.loads(line)["id"] for line in lines] == [call.id]
    found = library.audit.entries(AuditQuery(workspace="default", conversation=call.id, action="read"))
    before = len(found)
    b"".join(library.export(format_named("csv"), Options()))
    found = library.audit.entries(AuditQuery(workspace="default", conversation=call.id, action="read"))
    assert len(found) == before + 1
