"""Rows go into Parquet and come back; the same rows are the same bytes."""

import pytest

from earwitness.lake import arrow
from earwitness.lake.tables import TABLES
from lake_rows import identity, rows_of_call


@pytest.mark.parametrize("table", TABLES)
def test_the_same_rows_are_the_same_bytes_and_come_back_as_they_were(table):
    rows = rows_of_call(7)[table]
    content = arrow.to_parquet(arrow.to_arrow(table, rows))
    assert content == arrow.to_parquet(arrow.to_arrow(table, rows_of_call(7)[table]))
    found = arrow.from_parquet(table, content).to_pylist()
    assert [type(row)(**{**each, **lists(row)}) for row, each in zip(rows, found, strict=True)] == rows


def lists(row):
    return {name: getattr(row, name) for name in ("providers", "routes", "labels")}


def test_columns_are_never_null_unless_the_schema_says_so():
    schema = arrow.schema_of("turns")
    assert schema.field("response_ms").nullable
    assert not schema.field("conversation_id").nullable


def test_of_one_conversation_only_its_rows_are_read():
    tables = [arrow.to_arrow("messages", rows_of_call(number)["messages"]) for number in (1, 2)]
    content = arrow.to_parquet(arrow.joined("messages", tables))
    assert arrow.from_parquet("messages", content, identity(2)).equals(tables[1])


def test_rows_of_files_that_lack_a_newer_column_have_null_there_and_are_put_together_with_others():
    rows = [arrow.to_arrow("messages", rows_of_call(number)["messages"]) for number in (1, 2)]
    older = arrow.from_parquet("messages", arrow.to_parquet(rows[0].drop_columns(["is_estimated"])))
    assert older["is_estimated"].null_count == len(older) > 0
    content = arrow.to_parquet(arrow.joined("messages", [older, rows[1]]))
    assert arrow.from_parquet("messages", content, identity(2)).equals(rows[1])
    assert arrow.from_parquet("messages", content, identity(1)).equals(older)


def test_text_that_no_database_takes_is_replaced():
    import msgspec

    row = msgspec.structs.replace(rows_of_call(1)["conversations"][0], agent="broken \ud800 text")
    assert arrow.to_arrow("conversations", [row])["agent"].to_pylist() == ["broken ? text"]
