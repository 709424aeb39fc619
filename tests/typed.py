"""Typing commands in this process, about one data folder."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner, Result

from earwitness.cli import main

AS_IT_WAS = {"EARWITNESS_REDACT__ENABLED": "false"}  # as the shared recording was made


def commands(group: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command by the words that name it, groups too; `()` is the program."""
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            inner = group.get_command(context, name)
            assert inner
            yield from commands(inner, (*path, name))


def example(path: tuple[str, ...]) -> list[str]:
    """The one example in the help of a command: its words after `earwitness`."""
    _, mark, rest = CliRunner().invoke(main, [*path, "--help"]).stdout.partition("\n  Example: ")
    printed, _, more = rest.partition("\n\n")
    assert mark, f"{path} has no example"
    assert "\n  Example: " not in more
    words = shlex.split(printed)
    assert words[0] == "earwitness"
    return words[1:]


@dataclass(frozen=True)
class Typist:
    folder: Path

    def tried(self, *words: object, said: str | None = None) -> Result:
        """The command's result, whatever its status; nothing but its own words came out.

        `said`: what somebody types while it runs.
        """
        line = ["--data-dir", str(self.folder), *map(str, words)]
        result = CliRunner().invoke(main, line, env=AS_IT_WAS, input=said)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def type(self, *words: object, exits: int = 0, said: str | None = None) -> Result:
        """As `tried`; it ended with this status."""
        result = self.tried(*words, said=said)
        assert result.exit_code == exits, (result.exit_code, result.output)
        return result

    def refused(self, *words: object, exits: int = 1) -> str:
        """What the command said on standard error, which is a reason and a hint."""
        result = self.type(*words, exits=exits)
        assert result.stderr.startswith("earwitness: ")
        assert "\nhint: " in result.stderr
        return result.stderr

    def json(self, *words: object, exits: int = 0) -> Any:
        return json.loads(self.type(*words, "--json", exits=exits).stdout)
