"""`extract`: the fields of a schema, in lines or JSON."""

import json
from pathlib import Path

from typed import Typist

SCHEMA = {"properties": {"size": {"enum": ["small", "large"]}}}


def test_fields_have_a_line_each_with_where_they_are_from(typist: Typist, order: str, tmp_path: Path) -> None:
    file = tmp_path / "pizza.json"
    file.write_text(json.dumps(SCHEMA))
    (line,) = typist.type("extract", order, "--schema", file).stdout.splitlines()
    assert line.split()[:2] == ["size", "large"]
    assert "tool_argument" in line
    assert typist.json("extract", order, "--schema", file)["schema"] == "pizza"


def test_private_values_are_masked_and_nothing_found_is_said(
    typist: Typist, order: str, tmp_path: Path
) -> None:
    assert typist.type("extract", order).stdout.split()[:2] == ["phoneNumber", "XXX-XXX-XXXX"]
    file = tmp_path / "email.json"
    file.write_text('{"properties": {"email": {}}}')
    result = typist.type("extract", order, "--schema", file)
    assert (result.stdout, "email" in result.stderr) == ("", True)


def test_a_file_that_is_no_schema_is_refused(typist: Typist, order: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.json"
    file.write_text("{")
    assert "no JSON" in typist.type("extract", order, "--schema", file, exits=2).stderr
    file.write_text("{}")
    assert "properties" in typist.refused("extract", order, "--schema", file)
