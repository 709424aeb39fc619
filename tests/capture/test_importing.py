"""Legs that come from elsewhere: whole, once, or not at all."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from earwitness.capture.importing import STALE_S, Leg, Line, import_id, import_legs, is_imported
from earwitness.errors import StorageUnavailable
from earwitness.journal.reader import is_live, leg_folders, read_leg
from earwitness.journal.record import Kind, Opened, Origin
from earwitness.journal.recovery import verify

BEGAN_NS = 1_733_063_422_123_456_000  # 2024-12-01T14:30:22Z


def line(payload: bytes, ms: int = 0, kind: Kind = Kind.TEXT) -> Line:
    return Line(BEGAN_NS + ms * 1_000_000, Origin.CLIENT, kind, payload)


def leg(*lines: Line, content: bytes = b"x") -> Leg:
    id = import_id(BEGAN_NS, content)
    return Leg(BEGAN_NS, BEGAN_NS + 10_000_000_000, Opened(leg=id, conversation=id), lines)


def test_an_id_tells_the_content_and_the_moment_and_nothing_else() -> None:
    id = UUID(import_id(BEGAN_NS, b"call"))
    assert id.version == 7
    assert id.variant == UUID(int=0x8 << 60).variant
    assert id.int >> 80 == BEGAN_NS // 1_000_000
    assert import_id(BEGAN_NS, b"call") == str(id)
    assert import_id(BEGAN_NS, b"calls") != str(id)


def test_a_leg_lies_on_the_day_of_its_call_with_the_times_it_was_given(tmp_path: Path) -> None:
    made = leg(line(b'{"a":1}', 1500), line(b"\x00\xff", 900, Kind.BINARY))
    import_legs(tmp_path, [made])
    (folder,) = leg_folders(tmp_path)
    assert folder == tmp_path / "2024-12-01" / made.opened.leg
    assert is_imported(tmp_path, made.opened.leg)
    records = list(read_leg(folder))
    assert [record.kind for record in records] == [Kind.OPENED, Kind.TEXT, Kind.BINARY, Kind.ENDED]
    assert [(r.wall_ns - BEGAN_NS) // 1_000_000 for r in records] == [0, 1500, 900, 10_000]
    assert {r.wall_ns - r.monotonic_ns for r in records} == {records[0].wall_ns - records[0].monotonic_ns}
    assert b'"way":"import"' in records[0].payload
    assert verify(folder).ok
    assert not is_live(folder)


def test_credentials_are_struck_from_what_others_wrote(tmp_path: Path) -> None:
    import_legs(tmp_path, [leg(line(b'{"api_key":"sk-1234567890abcdef1234567890abcdef"}'))])
    (folder,) = leg_folders(tmp_path)
    assert b"sk-1234567890" not in b"".join(path.read_bytes() for path in folder.iterdir())


def test_more_than_memory_may_hold_is_written_without_a_gap(tmp_path: Path) -> None:
    pieces = (line(bytes([n % 251]) * 60_000, n, Kind.BINARY) for n in range(300))
    made = leg()._replace(lines=pieces)
    import_legs(tmp_path, [made])
    (folder,) = leg_folders(tmp_path)
    kinds = [record.kind for record in read_leg(folder)]
    assert kinds == [Kind.OPENED, *[Kind.BINARY] * 300, Kind.ENDED]


def test_what_breaks_off_leaves_nothing_of_the_whole_call(tmp_path: Path) -> None:
    def broken() -> Iterator[Line]:
        yield line(b"{}")
        raise ValueError("half a file")

    with pytest.raises(ValueError, match="half a file"):
        import_legs(tmp_path, [leg(line(b"{}")), leg(content=b"y")._replace(lines=broken())])
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_import_left_is_swept_away_once_it_is_old(tmp_path: Path) -> None:
    for name, age_s in ((".import-old", STALE_S * 2), (".import-young", 0)):
        (tmp_path / name).mkdir()
        then = (tmp_path / name).stat().st_mtime - age_s
        os.utime(tmp_path / name, (then, then))
    import_legs(tmp_path, [leg()])
    assert sorted(path.name for path in tmp_path.iterdir()) == [".import-young", "2024-12-01"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable):
        import_legs(tmp_path / "file" / "journal", [leg()])
