"""Each source file has its test file: src/earwitness/a/b.py -> tests/a/test_b.py.

A file that is better proven elsewhere stands in test_exceptions.toml with the reason. An `__init__.py` that
defines nothing needs none. A listed file that has its test, or is gone, fails too.
"""

import ast
import sys
import tomllib
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


def main() -> int:
    missing = untested(ROOT)
    allowed = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    complaints = [f"{name}: no {test_of(Path(name))}" for name in sorted(missing - allowed.keys())]
    complaints += [
        f"{name}: exception without a reason" for name, why in allowed.items() if not str(why).strip()
    ]
    complaints += [f"{name}: exception not needed any more" for name in sorted(allowed.keys() - missing)]
    print("\n".join(complaints) or f"every source file has its test file, {len(allowed)} exceptions")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
