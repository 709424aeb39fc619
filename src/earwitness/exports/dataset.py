"""Parquet: a selection as a data set, a folder for each table with parts that are read as one.

It has the words, as whoever asks may see them; the lake, whose tables go by the same names, has none.
"""

from collections.abc import Iterable, Iterator

from earwitness.exports.recording import Recording
from earwitness.exports.tables import TABLES, Cells, Table

PART_ROWS = 20_000  # are held in memory before they become a part


def parts(recordings: Iterable[Recording]) -> Iterator[tuple[str, bytes]]:
    """`<table>/part-<number>.parquet` and what is in it. A table without a row has one part, without one."""
    held: dict[str, list[Cells]] = {table.name: [] for table in TABLES}
    written = dict.fromkeys(held, 0)

    def part(table: Table) -> tuple[str, bytes]:
        from earwitness.lake import arrow

        rows, held[table.name] = held[table.name], []
        written[table.name] += 1
        content = arrow.to_parquet(arrow.filled(arrow.columns(table.columns), rows))
        return f"{table.name}/part-{written[table.name]:05}.parquet", content

    for recording in recordings:
        for table in TABLES:
            held[table.name] += table.rows(recording)
            if len(held[table.name]) >= PART_ROWS:
                yield part(table)
    yield from (part(table) for table in TABLES if held[table.name] or not written[table.name])
