"""Parquet of any selection."""

import io
import json
import zipfile
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from earwitness.exports import dataset, tables
from earwitness.exports.formats import format_named
from earwitness.exports.recording import Options
from earwitness.library import Library
from exported import chat
from imported import library
from recorded import recording

__all__ = ["library"]


def taken(library: Library, folder: Path, **filters: str) -> Path:
    archive = b"".join(library.export(format_named("parquet"), Options(), **filters))
    zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
    return folder


def test_every_table_of_a_selection_is_a_folder_of_parquet_that_other_programs_read(tmp_path: Path) -> None:
    made = recording().library()
    folder = taken(made, tmp_path, provider="openai", min_messages=2)
    assert {each.name for each in folder.iterdir()} == {table.name for table in tables.TABLES}
    calls = {each.id for each in made.conversations(provider="openai", min_messages=2)}
    found = duckdb.sql(
        f"SELECT c.conversation_id, count(*) FROM '{folder}/conversations/*.parquet' c "
        f"JOIN '{folder}/messages/*.parquet' m USING (conversation_id) GROUP BY 1"
    ).fetchall()
    assert dict(found) == {call: len(made.conversation(call).messages()) for call in calls}
    assert len(calls) > 2


def test_values_keep_their_types_and_words_are_what_they_were(library: Library, tmp_path: Path) -> None:
    call = chat(library, tmp_path, "=1+1 is no formula here", "and \ud800 is no letter")
    folder = taken(library, tmp_path / "out")
    [first, second] = pq.read_table(folder / "messages").to_pylist()
    assert first["text"] == "=1+1 is no formula here"
    assert second["text"] == call.messages()[1].text
    assert first["started_at"] == call.messages()[0].started_at
    [head] = pq.read_table(folder / "conversations").to_pylist()
    assert (head["providers"], head["health_score"]) == (call.row.providers, call.row.health_score)
    assert json.loads(head["metadata"]) == call.row.metadata


def test_a_table_without_rows_is_there_with_its_columns(library: Library, tmp_path: Path) -> None:
    folder = taken(library, tmp_path)
    for table in tables.TABLES:
        found = pq.read_table(folder / table.name)
        assert (found.num_rows, found.column_names) == (0, list(table.columns))


def test_what_is_held_in_memory_is_a_part_and_no_more(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        chat(library, tmp_path, "one", "two", name=str(number), second=number)
    monkeypatch.setattr(dataset, "PART_ROWS", 3)
    names = [name for name, _ in dataset.parts(library.conversations())]
    assert names[:2] == ["messages/part-00001.parquet", "turns/part-00001.parquet"]
    assert {"messages/part-00002.parquet", "conversations/part-00001.parquet"} < set(names)
    assert "conversations/part-00002.parquet" not in names
