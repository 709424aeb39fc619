"""What all commands have in common: errors, statuses, and starting at once; help is in test_help.py."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from earwitness.cli import main
from served import EARWITNESS, run
from typed import Typist, commands

PRINTS_NO_DATA = {  # they serve, show, play or ask, or say that they did what they were told
    "serve", "demo", "view", "play", "completion", "keys revoke", "subjects add", "hold add", "hold remove",
    "users add", "users role", "users password", "users remove",
    "replay", "lake rebuild", "alerts set", "alerts remove", "outbox replay",
    "encryption key", "encryption rotate", "db upgrade", "db downgrade",
}  # fmt: skip


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_every_command_that_prints_data_prints_it_as_json_too(path: tuple[str, ...]) -> None:
    command: click.Command = main
    context = click.Context(main)
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(context, name)
        assert found
        command = found
    if isinstance(command, click.Group):
        return
    options = {option for parameter in command.params for option in parameter.opts}
    assert ("--json" in options) is (" ".join(path) not in PRINTS_NO_DATA)


def test_all_commands_promised_are_there() -> None:
    promised = "serve simulate list show transcript events play export check recover reindex verify db keys"
    names = {path[0] for path in commands() if path}
    assert set(promised.split()) <= names


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom earwitness.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print([m for m in ('numpy', 'sqlalchemy', 'fastapi', 'uvicorn', 'soundfile', 'alembic')"
        " if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Commands:" in done.stdout
    assert done.stderr.strip() == "[]"


def test_showing_a_call_loads_no_server(typist: Typist, order: str) -> None:
    program = (
        "import sys\nfrom earwitness.cli import main\n"
        f"try: main(['--data-dir', {str(typist.folder)!r}, 'show', {order!r}])\nexcept SystemExit: pass\n"
        "print([m for m in ('fastapi', 'uvicorn', 'pydantic', 'alembic') if m in sys.modules],"
        " file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "mushroom pizza" in done.stdout
    assert done.stderr.strip() == "[]"


def test_an_unknown_command_or_option_is_a_usage_error(typist: Typist) -> None:
    assert "no such command" in typist.type("transmogrify", exits=2).stderr.lower()
    assert "Did you mean transcript?" in typist.type("trancsript", exits=2).stderr
    assert "--nonsense" in typist.type("list", "--nonsense", exits=2).stderr


def test_an_unknown_setting_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "earwitness.toml").write_text('data_dri = "x"\n')
    for words in (["list"], ["serve"], ["db", "current"]):
        done = run(*words, folder=tmp_path)
        assert done.returncode == 2
        assert "unknown setting data_dri" in done.stderr
        assert "data_dir" in done.stderr.partition("hint: ")[2]
        assert "Traceback" not in done.stderr
    done = run("list", folder=tmp_path, env={"EARWITNESS_TAPP__PORT": "1"})
    assert done.returncode == 2
    done = run("--config", "nowhere.toml", "list", folder=tmp_path)
    assert (done.returncode, "nowhere.toml" in done.stderr) == (2, True)


@pytest.mark.parametrize("name", ["show", "transcript", "events", "play", "verify"])
def test_a_call_that_is_not_there_is_told_with_a_hint(typist: Typist, name: str) -> None:
    assert "no conversation 0000" in typist.refused(name, "0000")


def test_a_reader_who_has_seen_enough_is_no_error(typist: Typist, order: str) -> None:
    command = [*EARWITNESS, "--data-dir", str(typist.folder), "events", order, "--wire", "--raw", "a test"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stderr
    assert process.stdout.readline().startswith("{")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(30) in (0, 1)


def test_a_file_that_cannot_be_written_is_named(typist: Typist, order: str, tmp_path: Path) -> None:
    for words in (["transcript", order, "-o"], ["play", order, "-o"]):
        assert "nowhere" in typist.refused(*words, tmp_path / "nowhere" / "x.wav")


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for words in (["list"], ["check"], ["keys", "list"], ["db", "current"], ["recover"]):
        done = run("--data-dir", "file/data", *words, folder=tmp_path)
        assert done.returncode in (1, 2)
        assert done.stderr.startswith("earwitness: ")
        assert "Traceback" not in done.stderr
