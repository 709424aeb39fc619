"""R33, R34, R35, R46: bundles that strangers can check, holds, retention, and a trace of every access."""

import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from asked import Asker
from attacked import LIST
from earwitness.library import Library
from earwitness.server import live
from earwitness.settings import RetentionRule, Settings
from journal_legs import Legs
from recorded import copy_of, recording
from served import run


@pytest.fixture(autouse=True)
def no_endless_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.0)


def test_r33_a_stranger_proves_a_bundle_with_python_and_cryptography_alone(tmp_path: Path) -> None:
    with Legs(tmp_path / "data") as legs:
        leg = legs.open()
        leg.user(50, "u", "I agree")
        leg.end(900)
    library = Library(Settings(data_dir=str(tmp_path / "data")))
    library.catch_up()
    bundle = library.bundle("latest", tmp_path / "out")
    key = library.checkpoints.public_key.hex()
    library.catalog.close()
    only = "import sys, runpy\nsys.modules['earwitness'] = None\n"
    only += "sys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n"
    only += "extra = {n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)\n"

    def proven() -> int:
        command = [sys.executable, "-c", only, str(bundle / "verify.py"), "--key", key]
        return subprocess.run(command, capture_output=True, check=False, cwd=tmp_path).returncode

    imports = re.findall(r"^(?:from|import) (\w+)", (bundle / "verify.py").read_text("utf-8"), re.MULTILINE)
    assert set(imports) <= {*sys.stdlib_module_names, "cryptography"}
    assert proven() == 0
    files = [path for path in bundle.rglob("*") if path.is_file() and path.name != "verify.py"]
    for path in random.Random(33).sample(files, 3):
        whole = path.read_bytes()
        path.write_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
        assert proven() != 0, path
        path.write_bytes(whole)


def test_r34_while_it_is_held_no_way_there_is_deletes_it(tmp_path: Path) -> None:
    data = copy_of(recording(), tmp_path)
    rules = {"all": RetentionRule(at_most="1d")}
    library = Library(Settings(data_dir=str(data), retention=rules))
    call = library.conversation(recording().call("openai", "order").id)
    assert call.row.subject
    library.hold(call.id, reason="case 17")
    journals = {path: path.read_bytes() for leg in call.folders for path in leg.iterdir()}
    assert library.erase(call.id).state == "deferred"
    assert {e.conversation_id: e.state for e in library.erase_subject(call.row.subject)}[
        call.id
    ] == "deferred"
    library.keep_house()
    library.retention.run()
    library.reindex()
    library.sweep()
    assert {path: path.read_bytes() for path in journals} == journals
    assert library.conversation(call.id).transcript() == call.transcript()
    changes = [entry.action for entry in library.audit.every() if entry.conversation_id == call.id]
    assert changes.count("hold") == 1
    library.catalog.close()


def test_r35_the_dry_run_is_the_run_and_a_call_of_today_outlives_every_rule(tmp_path: Path) -> None:
    """A hundred thousand policies, zones and leap days: tests/privacy/test_retention.py."""
    with Legs(tmp_path) as legs, Legs(tmp_path, time.time() - 100) as now:
        for made, label in ((legs, "old"), (legs, "kept"), (now, "new")):
            leg = made.open(labels=(label,))
            leg.user(50, "u", label)
            leg.end(900)
    rules = {
        "law": RetentionRule(at_least="9999y", labels=("kept",)),
        "all": RetentionRule(at_most="1d"),
    }
    library = Library(Settings(data_dir=str(tmp_path), retention=rules))
    library.catch_up()
    planned = library.retention.plan()
    left = {label for call in library.conversations() for label in call.row.labels}
    assert left == {"old", "kept", "new"}, "a dry run changes nothing"
    done = library.retention.run()
    assert [(p.id, p.rule) for p in planned.due] == [(p.id, p.rule) for p in done.due]
    left = {label for call in library.conversations() for label in call.row.labels}
    assert left == {"kept", "new"}
    library.catalog.close()


def typed(desk: Asker, *words: str) -> None:
    done = run("--data-dir", desk.library.data_path, *words, folder=desk.library.data_path.parent)
    assert done.returncode == 0, done.stderr


def test_r46_every_kind_of_access_leaves_one_entry(two_houses: Asker, tmp_path: Path) -> None:
    desk = two_houses
    [row] = desk.ask(LIST).json()["conversations"]
    call = f"{LIST}/{row['id']}"
    made: list[tuple[str, Callable[[], object]]] = [
        ("read", lambda: desk.ask(call)),
        ("play", lambda: desk.ask(f"{call}/audio/stereo")),
        ("play", lambda: desk.ask(f"{call}/audio/stereo", headers={"Range": "bytes=0-9"})),
        ("play", lambda: desk.ask(f"{call}/waveform")),
        ("search", lambda: desk.ask("/api/v1/search?q=word")),
        ("follow", lambda: desk.ask(f"{call}/live")),
        ("export", lambda: desk.ask("/api/v1/subjects/RID-default", "admin")),
        ("play", lambda: desk.ask(f"{call}/audio/stereo", "other")),
        ("read", lambda: desk.ask(call, "capture")),
        ("export", lambda: typed(desk, "export", row["id"], "-o", str(tmp_path / "out"))),
    ]
    for action, do in made:
        before = desk.library.audit.size()
        do()
        assert [entry.action for entry in desk.library.audit.every(before)] == [action]
