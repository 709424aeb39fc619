"""The rules about the source are rules: each check finds what it is there to find."""

import importlib.util
import re
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"scripts_{name}", ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_the_size_rule_finds_long_files_and_long_functions_however_deep(tmp_path: Path) -> None:
    body = "        pass\n" * 40
    write(tmp_path / "src/a.py", f"class A:\n    def long(self):\n{body}")
    write(tmp_path / "src/b.py", "x = 1\n" * 301)
    write(tmp_path / "src/c.py", "x = 1\n" * 300 + "")
    write(tmp_path / "scripts/d.py", "def f():\n" + "    x = 1\n" * 39)
    found = script("size_rule").too_long(tmp_path)
    assert found == {
        "src/a.py::A.long": "41 lines, ceiling 40",
        "src/b.py": "301 lines, ceiling 300",
    }


def test_the_test_rule_finds_a_source_file_without_its_test(tmp_path: Path) -> None:
    write(tmp_path / "src/earwitness/a/b.py", "def f(): ...\n")
    write(tmp_path / "src/earwitness/a/c.py", "X = 1\n")
    write(tmp_path / "src/earwitness/a/__init__.py", '"""A room."""\nfrom os import path\n')
    write(tmp_path / "src/earwitness/d/__init__.py", "def door(): ...\n")
    write(tmp_path / "tests/a/test_c.py", "")
    rule = script("test_rule")
    assert rule.untested(tmp_path) == {"src/earwitness/a/b.py", "src/earwitness/d/__init__.py"}
    write(tmp_path / "tests/a/test_b.py", "")
    write(tmp_path / "tests/d/test_init.py", "")
    assert rule.untested(tmp_path) == set()


def test_an_exception_covers_what_it_names_and_fails_once_it_is_stale(tmp_path: Path) -> None:
    judge = script("size_rule").judge
    over = {"src/m/1.py::upgrade": "50 lines", "src/a.py": "400 lines"}
    assert judge(over, {"src/m/*::*grade": "one list", "src/a.py": "a table"}) == []
    assert judge(over, {"src/m/*": "one list"}) == ["src/a.py: 400 lines"]
    (stale,) = judge({}, {"src/gone.py": "it was long"})
    assert "take the exception out" in stale
    assert judge(over, {"src/*": " "}) == ["src/*: exception without a reason"]


def test_a_file_proven_elsewhere_must_name_a_test_that_is_there(tmp_path: Path) -> None:
    judge = script("test_rule").judge
    write(tmp_path / "tests/a/test_door.py", "")
    missing = {"src/earwitness/a/x.py", "src/earwitness/a/y.py"}
    assert judge(missing, {"src/earwitness/a/*.py": "tests/a/test_door.py"}, {}, tmp_path) == []
    assert judge(missing, {"src/earwitness/a/x.py": "tests/a/test_door.py"}, {}, tmp_path) == [
        "src/earwitness/a/y.py: no tests/a/test_y.py"
    ]
    (gone,) = judge(missing, {"src/earwitness/a/*.py": "tests/a/test_gone.py"}, {}, tmp_path)
    assert gone.endswith("tests/a/test_gone.py is not there")
    (stale,) = judge(set(), {}, {"src/earwitness/a/x.py": "nothing in it"}, tmp_path)
    assert stale.endswith("not needed any more")


@pytest.mark.parametrize(
    ("licence", "is_fine"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("BSD License", True),
        ("Apache Software License", True),
        ("LGPL-2.1-or-later", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("MIT AND GPL-3.0-only", False),
        ("Mozilla Public License 2.0 (MPL 2.0)", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_only_permissive_licences_pass(licence: str, is_fine: bool) -> None:
    assert script("licences").is_permissive(licence) is is_fine


def test_a_package_that_is_not_permissive_is_named_unless_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stern(Distribution):
        def read_text(self, filename: str) -> str | None:
            return (
                "Metadata-Version: 2.4\nName: stern\nLicense-Expression: GPL-3.0-only\n"
                if filename == "METADATA"
                else None
            )

        def locate_file(self, path: object) -> Path:
            return Path(str(path))

    rule = script("licences")
    monkeypatch.setattr(rule, "distribution", lambda name: Stern())
    complaints, seen = rule.judge(["stern"], {})
    assert seen == 1
    assert complaints == ["stern: licence 'GPL-3.0-only' is not permissive"]
    assert rule.judge(["stern"], {"stern": "a reason"})[0] == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("pip install --index" + "-url https://x/y", "address of a package index"),
        ("see /ho" + "me/somebody/notes", "path of one machine"),
        ("x = 1  # TO" + "DO later", "unfinished work"),
    ],
)
def test_tidiness_names_file_line_and_fault(line: str, what: str) -> None:
    tidiness = script("tidiness")
    assert tidiness.complaints_in("a.py", f"fine\n{line}\n", "/nowhere") == [f"a.py:2: {what}"]
    assert tidiness.complaints_in("a.py", "https://example.com/home/page\nfine\n", "/nowhere") == []


@pytest.mark.parametrize(
    ("name", "is_wrong"),
    [
        ("README.md", False),
        ("docs/start/first-call.md", False),
        ("src/earwitness/journal/FORMAT.md", False),
        ("NOTES.md", True),
        ("docs/loose.md", True),
        ("tests/plan.md", True),
    ],
)
def test_markdown_has_its_places(name: str, is_wrong: bool) -> None:
    assert script("tidiness").is_misplaced(name) is is_wrong


@pytest.mark.parametrize("name", ["requirements/runtime.txt", "requirements/dev.txt"])
def test_every_pin_has_one_version_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pins = re.split(r"\n(?=\w)", text.strip())
    assert len(pins) > 10
    for pin in pins:
        assert re.match(r"[\w.-]+==[\w.]+[^=]", pin), pin
        assert "--hash=sha256:" in pin, pin
    assert "://" not in text


def test_every_declared_dependency_is_pinned() -> None:
    import tomllib

    from packaging.requirements import Requirement

    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = (ROOT / "requirements/dev.txt").read_text("utf-8").lower()
    extras = [line for extra in declared["optional-dependencies"].values() for line in extra]
    for line in declared["dependencies"] + extras:
        need = Requirement(line)
        version = re.search(rf"^{re.escape(need.name.lower())}==([\w.]+)", pinned, re.MULTILINE)
        assert version, f"{need.name} is not pinned: make pin"
        assert version[1] in need.specifier, f"{need} is pinned at {version[1]}: make pin"


def test_setup_says_so_where_no_python_is_new_enough(tmp_path: Path) -> None:
    for name in ("bash", "dirname"):
        found = subprocess.run(["which", name], check=True, capture_output=True, text=True).stdout.strip()
        (tmp_path / name).symlink_to(found)
    write(tmp_path / "python3", "#!/bin/sh\nexit 1\n").chmod(0o755)
    run = subprocess.run(
        [tmp_path / "bash", ROOT / "scripts/setup", tmp_path / "venv"],
        check=False,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1
    assert "no Python 3.11 or newer" in run.stderr
    assert not (tmp_path / "venv").exists()


def test_a_failing_check_fails_the_whole_and_the_others_still_run(tmp_path: Path) -> None:
    """The real scripts/check in a copy whose tools are puppets: one of them says no."""
    write(tmp_path / "scripts/check", (ROOT / "scripts/check").read_text("utf-8")).chmod(0o755)
    for name in ("ruff", "mypy", "lint-imports", "python"):
        answer = "exit 1" if name == "mypy" else "exit 0"
        write(tmp_path / ".venv/bin" / name, f"#!/bin/sh\necho {name} $1\n{answer}\n").chmod(0o755)
    run = subprocess.run([tmp_path / "scripts/check"], check=False, capture_output=True, text=True)
    assert run.returncode == 1
    assert "FAIL  types" in run.stdout
    assert "ok    tidiness" in run.stdout
    assert run.stdout.strip().endswith("check: failed: types")


def test_skipped_tests_are_named_at_the_end_of_a_run(tmp_path: Path) -> None:
    write(tmp_path / "conftest.py", (ROOT / "tests/conftest.py").read_text("utf-8"))
    write(
        tmp_path / "test_a.py", "import pytest\n@pytest.mark.skip(reason='needs a moon')\ndef test_a(): ...\n"
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        check=False,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0
    assert "NOT TESTED ON THIS MACHINE" in run.stdout
    assert re.search(r"1 x needs a moon", run.stdout)
