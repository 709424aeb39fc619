"""What every command shares."""

import pytest

from earwitness.cli.desk import say


def test_what_was_said_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    say("red \x1b[31malarm\x07\r\n\tand \x9b2J on")
    assert capsys.readouterr().out == "red \ufffd[31malarm\ufffd\ufffd\n\tand \ufffd2J on\n"
