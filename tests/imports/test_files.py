"""Foreign files are read with care."""

from pathlib import Path

import pytest

from earwitness.errors import InvalidInput
from earwitness.imports.files import Document, begins, beside, digest, files_below, read_bytes, time_ns


def test_only_a_name_in_the_folder_itself_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.wav").write_text("x")
    (folder / "a.wav").write_text("x")
    (folder / "link.wav").symlink_to(tmp_path / "secret.wav")
    assert beside(folder, "/etc/../somewhere/a.wav") == folder / "a.wav"
    assert beside(folder, "c:\\sounds\\a.wav") == folder / "a.wav"
    for name in ("../secret.wav", "link.wav", "..", "", "a\0.wav", "x" * 5000):
        assert beside(folder, name) is None


def test_links_and_hidden_files_are_not_walked(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name in ("b.json", "a/c.json", ".hidden.json"):
        (tmp_path / name).write_text("{}")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [path.name for path in files_below(tmp_path)] == ["c.json", "b.json"]


def test_a_file_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(bytes(11))
    with pytest.raises(InvalidInput, match="more than"):
        read_bytes(tmp_path / "big", most=10)
    with pytest.raises(InvalidInput, match="No such file"):
        read_bytes(tmp_path / "none")


def test_a_digest_is_of_names_and_bytes_wherever_they_lie(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "a", tmp_path / "two" / "a", tmp_path / "two" / "b"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"same")
    assert digest(paths[:1]) == digest(paths[1:2])
    assert digest(paths[1:2]) != digest(paths[2:])


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2024-12-01T14:30:22.123456Z", 1_733_063_422_123_456_000),
        ("2024-12-01T14:30:22.123456", 1_733_063_422_123_456_000),
        ("2024-12-01T15:30:22+01:00", 1_733_063_422_000_000_000),
    ],
)
def test_a_time_without_a_zone_is_utc(text: str, ns: int) -> None:
    assert time_ns(text) == ns


@pytest.mark.parametrize("text", ["", "soon", "1969-12-31T00:00:00Z", "9999-12-31T23:59:59-12:00"])
def test_no_time_is_believed_that_no_call_can_have(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        time_ns(text)


@pytest.mark.parametrize(
    ("body", "ask", "said"),
    [
        ({"a": 1}, "text", "f.json: x.a: not a text"),
        ({"a": "1"}, "number", "f.json: x.a: not a number"),
        ({"a": True}, "number", "f.json: x.a: not a number"),
        ({"a": {}}, "list", "f.json: x.a: not a list"),
        ({"a": [{}, 1]}, "list", r"f.json: x.a\[1\]: not an object"),
        ({"a": []}, "inner", "f.json: x.a: not an object"),
        ({"a": None}, "must_time", "f.json: x.a: is missing"),
    ],
)
def test_a_complaint_names_file_and_field(body: dict[str, object], ask: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        getattr(Document(Path("f.json"), body, "x"), ask)("a")


def test_bytes_that_are_no_json_object_are_refused(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_bytes(b"[" * 100_000)
    with pytest.raises(InvalidInput, match=r"f\.json"):
        Document.read(tmp_path / "f.json")
    assert begins(tmp_path / "f.json", b"[[")
    assert not begins(tmp_path / "none.json", b"")
