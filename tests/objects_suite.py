"""What every object store must do, written once: subclass it and give `objects` as a fixture."""

import hashlib
from collections.abc import Iterator

import pytest

from earwitness.errors import Conflict, InvalidInput, NotFound
from earwitness.store.objects import ObjectInfo, Objects

PATH = "conversations/2026-11-20/0190/stereo.flac"
BIG = bytes(range(256)) * 4096  # 1 MiB: more than one piece


class ObjectsSuite:
    def test_what_was_put_comes_back(self, objects: Objects) -> None:
        info = objects.put(PATH, iter([b"one ", b"", b"two"]))
        assert info == ObjectInfo(
            path=PATH,
            byte_count=7,
            sha256=hashlib.sha256(b"one two").hexdigest(),
        )
        assert b"".join(objects.open(PATH)) == b"one two"
        assert objects.info(PATH).byte_count == 7
        assert objects.exists(PATH)

    def test_where_it_lies_in_the_open_its_very_bytes_are(self, objects: Objects) -> None:
        objects.put(PATH, [b"words"])
        place = objects.place(PATH)
        assert place is None or place.read_bytes() == b"words"

    def test_an_empty_object_is_an_object(self, objects: Objects) -> None:
        assert objects.put(PATH, []).byte_count == 0
        assert list(objects.open(PATH)) == []
        assert objects.exists(PATH)

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, None), (0, 1), (1, 5), (300_000, 900_000), (1_048_575, None), (5, 5), (9, 3), (2_000_000, None)],
    )
    def test_a_range_is_that_part_of_the_bytes(self, objects: Objects, start: int, end: int | None) -> None:
        objects.put(PATH, [BIG])
        assert b"".join(objects.open(PATH, start, end)) == BIG[start:end]

    def test_nothing_is_overwritten_unless_that_is_said(self, objects: Objects) -> None:
        objects.put(PATH, [b"first"])
        with pytest.raises(Conflict):
            objects.put(PATH, [b"second"])
        assert b"".join(objects.open(PATH)) == b"first"
        objects.put(PATH, [b"third"], replace=True)
        assert b"".join(objects.open(PATH)) == b"third"

    def test_an_object_whose_source_fails_is_not_there_and_the_old_one_stays(self, objects: Objects) -> None:
        def broken() -> Iterator[bytes]:
            yield b"half"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            objects.put(PATH, broken())
        assert not objects.exists(PATH)
        assert list(objects.list()) == []
        objects.put(PATH, [b"whole"])
        with pytest.raises(ZeroDivisionError):
            objects.put(PATH, broken(), replace=True)
        assert b"".join(objects.open(PATH)) == b"whole"

    def test_a_list_holds_what_is_in_the_folder_and_no_neighbour(self, objects: Objects) -> None:
        for path in ("a/b/2", "a/b/1", "a/bc/3", "d"):
            objects.put(path, [b"x"])
        assert [info.path for info in objects.list("a/b")] == ["a/b/1", "a/b/2"]
        assert [info.path for info in objects.list()] == ["a/b/1", "a/b/2", "a/bc/3", "d"]
        assert list(objects.list("nowhere")) == []

    def test_what_was_deleted_is_gone_and_its_neighbour_stays(self, objects: Objects) -> None:
        objects.put("a/b/1", [b"x"])
        objects.put("a/2", [b"y"])
        assert objects.delete("a/b/1")
        assert not objects.delete("a/b/1")
        assert [info.path for info in objects.list()] == ["a/2"]
        objects.put("a/b/1", [b"again"])
        assert objects.exists("a/b/1")

    def test_what_is_not_there_is_not_found_at_once(self, objects: Objects) -> None:
        objects.put("a/b", [b"x"])
        for path in ("nothing", "a", "a/b/c"):
            assert not objects.exists(path)
            with pytest.raises(NotFound):
                objects.open(path)
            with pytest.raises(NotFound):
                objects.info(path)

    @pytest.mark.parametrize(
        "path",
        ["", "/", "/etc/passwd", "..", "a/../b", "a/./b", "a//b", "a/", ".hidden", "a\\b", "a\x00", "a\n"],
    )
    def test_a_path_that_could_lead_anywhere_else_is_refused(self, objects: Objects, path: str) -> None:
        for use in (objects.open, objects.info, objects.exists, objects.delete, objects.place):
            with pytest.raises(InvalidInput):
                use(path)
        with pytest.raises(InvalidInput):
            objects.put(path, [b"x"])
