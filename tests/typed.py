"""Typing commands in this process, about one data folder."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from earwitness.cli import main

AS_IT_WAS = {"EARWITNESS_REDACT__ENABLED": "false"}  # as the shared recording was made


@dataclass(frozen=True)
class Typist:
    folder: Path

    def type(self, *words: object, exits: int = 0) -> Result:
        """The command's result; it ended with this status, and nothing but its own words came out."""
        result = CliRunner().invoke(main, ["--data-dir", str(self.folder), *map(str, words)], env=AS_IT_WAS)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
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
