"""A file has at most 300 lines and a function at most 40; what is over stands in size_exceptions.toml.

An exception names `path` or `path::function`, where `*` stands for anything, and says why. One that is not
needed any more fails too.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXCEPTIONS = ROOT / "scripts" / "size_exceptions.toml"
FOLDERS = ("src", "bench", "scripts")
FILE_LINES = 300
FUNCTION_LINES = 40


def functions(node: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Every function below `node` with its dotted name and its number of lines, docstring included."""
    for child in ast.iter_child_nodes(node):
        name = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{prefix}{child.name}."
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield name[:-1], (child.end_lineno or child.lineno) - child.lineno + 1
        yield from functions(child, name)


def too_long(root: Path) -> dict[str, str]:
    """What is over its ceiling: its name, and by how much."""
    found = {}
    for path in sorted(file for folder in FOLDERS for file in (root / folder).rglob("*.py")):
        text = path.read_text("utf-8")
        name = path.relative_to(root).as_posix()
        if (lines := text.count("\n")) > FILE_LINES:
            found[name] = f"{lines} lines, ceiling {FILE_LINES}"
        for function, lines in functions(ast.parse(text)):
            if lines > FUNCTION_LINES:
                found[f"{name}::{function}"] = f"{lines} lines, ceiling {FUNCTION_LINES}"
    return found


def judge(found: dict[str, str], allowed: dict[str, str]) -> list[str]:
    """What is over and not excepted, and what is excepted and not over."""
    complaints = [
        f"{name}: {why}"
        for name, why in found.items()
        if not any(fnmatchcase(name, each) for each in allowed)
    ]
    complaints += [f"{each}: exception without a reason" for each, why in allowed.items() if not why.strip()]
    complaints += [
        f"{each}: no longer too long; take the exception out"
        for each in allowed
        if not any(fnmatchcase(name, each) for name in found)
    ]
    return complaints


def main() -> int:
    allowed = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    complaints = judge(too_long(ROOT), allowed)
    print("\n".join(complaints) or f"every file and function within its size, {len(allowed)} exceptions")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
