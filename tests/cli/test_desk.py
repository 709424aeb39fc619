"""What every command shares."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from earwitness.cli.desk import progress, say
from earwitness.library import Library
from earwitness.privacy.access import os_user
from earwitness.privacy.audit import AuditQuery
from earwitness.store.lock import FolderLock
from played import OTHER_WORKSPACE
from recorded import as_it_was
from served import EARWITNESS, run
from typed import Typist


def on_a_terminal(*words: str, stream: str) -> tuple[str, str]:
    """What a command writes to its stream when that is a terminal, and what to the other one."""
    ours, theirs = pty.openpty()
    other = {"stdout": "stderr", "stderr": "stdout"}[stream]
    process = subprocess.Popen([*EARWITNESS, *words], **{stream: theirs, other: subprocess.PIPE}, text=True)  # type: ignore[call-overload]
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # the last one that had it open is gone
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    rest = getattr(process, other).read()
    getattr(process, other).close()
    assert process.wait(60) == 0
    return seen.decode(), rest


def test_what_was_said_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("red \x1b[31malarm\x07\r\n\tand \x9b2J on")
    assert capsys.readouterr().out == "red \ufffd[31malarm\ufffd\ufffd\n\tand \ufffd2J on\n"


def test_what_is_amiss_is_coloured_on_a_terminal_and_nowhere_else(typist: Typist) -> None:
    words = ("--data-dir", str(typist.folder), "list", "--workspace", OTHER_WORKSPACE)
    shown, _ = on_a_terminal(*words, stream="stdout")
    plain = run(*words, folder=typist.folder).stdout
    assert "\x1b" not in plain
    assert "  partial  " in plain
    assert shown.replace("\r\n", "\n") == f"\x1b[33m{plain.rstrip()}\x1b[0m\n"


def test_long_work_shows_a_bar_on_a_terminal_while_standard_output_stays_clean(own_typist: Typist) -> None:
    words = ("--data-dir", str(own_typist.folder), "recover", "--json")
    shown, out = on_a_terminal(*words, stream="stderr")
    assert "journals" in shown
    assert "100%" in shown
    assert out.startswith("[")
    assert run(*words, folder=own_typist.folder).stderr == ""


def test_an_export_into_a_file_shows_a_bar_and_one_to_the_terminal_none(
    typist: Typist, tmp_path: Path
) -> None:
    words = ("--data-dir", str(typist.folder), "export", "--all", "--format", "csv")
    shown, out = on_a_terminal(*words, "-o", str(tmp_path / "messages.csv"), stream="stderr")
    assert "conversations" in shown
    assert out.strip() == str(tmp_path / "messages.csv")
    assert on_a_terminal(*words, stream="stderr")[0] == ""


def test_what_is_counted_comes_through_as_it_is() -> None:
    assert list(progress(iter([3, 1, 2]), "things")) == [3, 1, 2]


def test_one_look_is_noted_once_whether_or_not_the_files_are_made(own_typist: Typist) -> None:
    library = Library(as_it_was(own_typist.folder))

    def looks() -> int:
        return len(library.audit.entries(AuditQuery(action="read", actor=os_user("cli"))))

    before = looks()
    words = own_typist.type("show", "latest").stdout
    assert looks() == before + 1
    call = library.conversation("latest")
    with FolderLock(own_typist.folder):  # somebody is at work: nothing is made again
        library.unmake(call.row.workspace_id, call.id)
        told = own_typist.type("show", "latest").stdout
    assert looks() == before + 2
    assert told.splitlines()[0] == words.splitlines()[0]
