"""How a verb reaches a running leg: over real sockets, between real processes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.capture.control import Control, send
from earwitness.capture.verbs import Command
from earwitness.errors import Conflict, StorageUnavailable

PAUSE = Command(verb="pause", workspace="default", ids=("leg",), data={"reason": "card"})


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[list[Command]]:
    """Commands that a process recording into `tmp_path` was given."""
    commands: list[Command] = []

    def obey(command: Command) -> dict[str, dict[str, object]]:
        commands.append(command)
        if command.verb == "snapshot":
            raise Conflict("nothing may be written yet", hint="Say consent.")
        return {"leg": {"state": "paused"}} if "leg" in command.ids else {}

    control = Control(tmp_path, obey)
    control.start()
    yield commands
    control.stop()
    assert not list((tmp_path / "control").iterdir())


def test_a_command_arrives_as_it_was_said_and_the_answer_is_the_state(
    tmp_path: Path, heard: list[Command]
) -> None:
    assert send(tmp_path, PAUSE) == {"leg": {"state": "paused"}}
    assert heard == [PAUSE]


def test_a_leg_that_runs_nowhere_obeys_nowhere(tmp_path: Path, heard: list[Command]) -> None:
    assert send(tmp_path, Command(verb="pause", workspace="default", ids=("another",))) == {}
    assert send(tmp_path / "nothing", PAUSE) == {}


def test_what_the_recorder_raises_is_raised_here(tmp_path: Path, heard: list[Command]) -> None:
    with pytest.raises(Conflict, match="nothing may be written") as error:
        send(tmp_path, Command(verb="snapshot", workspace="default"))
    assert error.value.hint == "Say consent."


@pytest.mark.parametrize("line", [b"\n", b"{}\n", b'{"verb": 1}\n', b"\xff\n", b"", b"[" * 5000 + b"\n"])
def test_nonsense_is_answered_and_the_next_command_is_obeyed(
    tmp_path: Path, heard: list[Command], line: bytes
) -> None:
    (path,) = (tmp_path / "control").glob("*.sock")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        assert b"did not obey" in connection.recv(10_000)
    assert send(tmp_path, PAUSE)


def test_only_the_owner_may_speak(tmp_path: Path, heard: list[Command]) -> None:
    (path,) = (tmp_path / "control").glob("*.sock")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_it_works_however_deep_the_folder_lies(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    control = Control(deep, lambda command: {"leg": {}})
    control.start()
    assert send(deep, PAUSE) == {"leg": {}}
    control.stop()


PROGRAM = """
import sys, earwitness
leg = earwitness.record(provider="openai", data_dir=sys.argv[1])
print(leg.leg, flush=True)
sys.stdin.read()
"""


def test_a_program_that_records_obeys_and_one_that_was_killed_is_forgotten(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout
        leg = program.stdout.readline().strip()
        named = Command(verb="pause", workspace="default", ids=(leg,))
        assert send(tmp_path, named)[leg]["state"] == "paused"
        os.kill(program.pid, signal.SIGSTOP)
        os.waitpid(program.pid, os.WUNTRACED)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("earwitness.capture.control.ANSWER_S", 0.2)
                with pytest.raises(StorageUnavailable, match="nobody can say"):
                    send(tmp_path, named)
        finally:
            os.kill(program.pid, signal.SIGKILL)
        program.wait()
        assert send(tmp_path, named) == {}
        assert not list((tmp_path / "control").glob("*.sock"))
