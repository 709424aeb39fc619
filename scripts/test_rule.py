"""Each source file has its test file: src/earwitness/a/b.py -> tests/a/test_b.py.

A file that is proven elsewhere stands in test_exceptions.toml with the test that proves it, one that has
nothing to prove with the reason; `*` stands for anything. An empty `__init__.py` needs neither.
An entry that is not needed any more, or names a test that is not there, fails too.
"""

import ast
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXCEPTIONS = ROOT / "scripts" / "test_exceptions.toml"
SOURCE = Path("src/earwitness")


def defines_something(path: Path) -> bool:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return any(isinstance(node, kinds) for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def test_of(source: Path) -> Path:
    """Where the test of a source file stands; for a room itself, `a/__init__.py`, tests/a/test_init.py."""
    inner = source.relative_to(SOURCE)
    return Path("tests") / inner.parent / f"test_{inner.stem.strip('_')}.py"


def untested(root: Path) -> set[str]:
    missing = set()
    for path in (root / SOURCE).rglob("*.py"):
        source = path.relative_to(root)
        if path.name == "__init__.py" and not defines_something(path):
            continue
        if "versions" in source.parts:  # migrations are one chain and are tested as one
            continue
        if not (root / test_of(source)).exists():
            missing.add(source.as_posix())
    return missing


def judge(missing: set[str], proven: dict[str, str], exempt: dict[str, str], root: Path) -> list[str]:
    """Files without a test that nothing accounts for, and entries that account for nothing."""
    entries = proven | exempt
    complaints = [
        f"{name}: no {test_of(Path(name))}"
        for name in sorted(missing)
        if not any(fnmatchcase(name, entry) for entry in entries)
    ]
    complaints += [
        f"{entry}: {test} is not there" for entry, test in proven.items() if not (root / test).is_file()
    ]
    complaints += [f"{entry}: no reason given" for entry, why in exempt.items() if not why.strip()]
    complaints += [
        f"{entry}: not needed any more"
        for entry in entries
        if not any(fnmatchcase(name, entry) for name in missing)
    ]
    return complaints


def main() -> int:
    listed = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    proven, exempt = listed.get("proven_by", {}), listed.get("nothing_to_prove", {})
    complaints = judge(untested(ROOT), proven, exempt, ROOT)
    print("\n".join(complaints) or f"every source file has its test, {len(proven)} proven by another file's")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
