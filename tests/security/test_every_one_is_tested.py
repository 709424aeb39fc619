"""Every attack and every promise of protection has a test in this folder that is called after it."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "understand" / "security.md"
ATTACKS = [f"s{number:02}" for number in range(1, 43)]
PROMISES = [f"r{number:02}" for number in (*range(12, 17), *range(27, 51))]
_NAMES = re.compile(r"test_((?:[rs]\d\d_)+)")


def names_with_tests() -> dict[str, set[str]]:
    """The names that tests of this folder begin with, each with the files: `test_s32_s33_...` is of two."""
    names: dict[str, set[str]] = {}
    for file in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
                found := _NAMES.match(node.name)
            ):
                for name in found[1].strip("_").split("_"):
                    names.setdefault(name, set()).add(file.name)
    return names


@pytest.mark.parametrize("kind", ["attacks", "promises"])
def test_every_attack_and_every_promise_has_a_test_of_its_name(kind: str) -> None:
    wanted = ATTACKS if kind == "attacks" else PROMISES
    assert [name for name in wanted if name not in names_with_tests()] == []


def test_the_docs_name_every_one_with_the_files_that_try_it() -> None:
    page = PAGE.read_text("utf-8")
    rows = re.findall(r"^\| ([SR]\d\d) \|.*\|([^|]*)\|$", page, re.MULTILINE)
    told = {name.lower(): set(re.findall(r"`(\w+\.py)`", files)) for name, files in rows}
    assert told == names_with_tests()
    assert [
        path for path in re.findall(r"`(tests/[\w/]+\.py)`", page) if not (HERE.parents[1] / path).exists()
    ] == []
