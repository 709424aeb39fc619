"""Shells complete commands, options and their values; asked the way each shell asks."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from typed import Typist

PROGRAM = Path(sys.executable).with_name("earwitness")
ASKS = {  # the words of the line as each shell hands them over
    "bash": lambda line, n: {"COMP_WORDS": line, "COMP_CWORD": str(n)},
    "zsh": lambda line, n: {"COMP_WORDS": line, "COMP_CWORD": str(n)},
    "fish": lambda line, _: {"COMP_WORDS": line, "COMP_CWORD": line.rpartition(" ")[2]},
}


def completed(shell: str, line: str, folder: Path) -> str:
    ask = {"_EARWITNESS_COMPLETE": f"{shell}_complete", **ASKS[shell](line, line.count(" "))}
    return subprocess.run(
        [PROGRAM], cwd=folder, env={**os.environ, **ask}, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.parametrize("shell", ASKS)
def test_commands_options_and_values_are_completed(shell: str, tmp_path: Path) -> None:
    commands = completed(shell, "earwitness tr", tmp_path)
    assert "transcript" in commands
    assert "list" not in commands.split()
    assert "--format" in completed(shell, "earwitness transcript --fo", tmp_path)
    assert {"srt", "vtt"} <= set(
        completed(shell, "earwitness transcript --format ", tmp_path).replace(",", " ").split()
    )
    assert "revoke" in completed(shell, "earwitness keys re", tmp_path)


@pytest.mark.parametrize("shell", ASKS)
def test_what_is_printed_is_understood_by_the_shell_itself(
    typist: Typist, shell: str, tmp_path: Path
) -> None:
    script = tmp_path / "script"
    script.write_text(typist.type("completion", shell).stdout, "utf-8")
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    subprocess.run([shell, "-n", str(script)], check=True)


def test_bash_itself_completes_a_command(typist: Typist, tmp_path: Path) -> None:
    script = typist.type("completion", "bash").stdout
    line = "COMP_WORDS=(earwitness transc); COMP_CWORD=1; _earwitness_completion earwitness"
    asked = f"{script}\n{line}\necho ${{COMPREPLY[@]}}"
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", asked], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "transcript"


def test_completing_a_command_loads_none_of_them(tmp_path: Path) -> None:
    program = (
        "import os, sys\nfrom earwitness.cli import main\n"
        "try: main(prog_name='earwitness')\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m.startswith('earwitness.cli.')], file=sys.stderr)"
    )
    environment = {
        **os.environ,
        "_EARWITNESS_COMPLETE": "bash_complete",
        "COMP_WORDS": "earwitness s",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "plain,serve" in done.stdout
    assert done.stderr.strip() == "['earwitness.cli.group']"
