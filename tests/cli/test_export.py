"""`earwitness export` in a format."""

import csv
import io
import json
import zipfile
from pathlib import Path

from typed import Typist


def test_a_format_goes_to_standard_output_to_a_file_or_into_a_folder(
    typist: Typist, order: str, tmp_path: Path
) -> None:
    said = typist.type("export", order, "--format", "text").stdout
    assert "mushroom pizza" in said
    file = tmp_path / "new" / "call.txt"
    typist.type("export", order, "--format", "text", "-o", file)
    assert file.read_text("utf-8") == said
    assert typist.json("export", order, "--format", "text", "-o", tmp_path) == [
        str(tmp_path / f"{order}.txt")
    ]


def test_filters_choose_what_leaves(typist: Typist, tmp_path: Path) -> None:
    listed = typist.json("list", "--subject", "RID-order")
    lines = typist.type("export", "--subject", "RID-order", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [row["id"] for row in listed]
    files = typist.json("export", "--subject", "RID-order", "--format", "markdown", "-o", tmp_path / "md")
    assert [Path(file).stem for file in files] == [row["id"] for row in listed]
    typist.type("export", "--all", "--format", "vtt", "-o", tmp_path / "all.zip")
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == len(typist.json("list"))
    told = typist.type(
        "export", "--all", "--query", "mushroom", "--format", "csv", "--min-messages", "3"
    ).stdout
    assert any("mushroom" in row["text"] for row in csv.DictReader(io.StringIO(told)))


def test_what_makes_no_sense_together_is_a_usage_error(typist: Typist, order: str, tmp_path: Path) -> None:
    for words in (
        ["--format", "vcon"],
        [order, "--all", "--format", "vcon"],
        [order, "--label", "x", "--format", "vcon"],
        [order, "--format", "vcon", "--layout", "s3"],
        [order],
        ["--all", "--proof", "-o", tmp_path],
    ):
        typist.type("export", *words, exits=2)
    assert "no channels" in typist.refused("export", order, "--format", "csv", "--channel", "agent")


def test_an_export_that_fails_leaves_no_file_that_looks_whole(own_typist: Typist, tmp_path: Path) -> None:
    out = tmp_path / "out"
    file = out / "calls.jsonl"
    own_typist.type("export", "--all", "--format", "jsonl", "-o", file)
    whole = file.read_bytes()
    oldest = own_typist.json("list")[-1]["id"]
    [hurt] = (own_typist.folder / "objects").rglob(f"{oldest}/analytics.json")
    hurt.write_bytes(b"{")
    own_typist.refused("export", "--all", "--format", "jsonl", "-o", file)
    assert (list(out.iterdir()), file.read_bytes()) == ([file], whole)  # as it was before
    own_typist.refused("export", "--all", "--format", "jsonl", "-o", out / "new.jsonl")
    assert list(out.iterdir()) == [file]


def test_what_is_no_common_file_is_written_as_it_stands(typist: Typist, order: str, tmp_path: Path) -> None:
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "call.txt")
    typist.type("export", order, "--format", "text", "-o", link)
    assert link.is_symlink()
    assert "mushroom pizza" in (tmp_path / "call.txt").read_text("utf-8")
    null = tmp_path / "null.txt"
    null.symlink_to("/dev/null")
    typist.type("export", order, "--format", "text", "-o", null)
    assert null.resolve() == Path("/dev/null")
    assert not Path("/dev/null").is_file()
