"""`earwitness users`: adding, changing and removing who logs in."""

from pathlib import Path

from click.testing import CliRunner

from earwitness.cli import main
from typed import Typist

SENTENCE, OTHER = "the heron eats at seven", "the stork is never late"


def spoken(folder: Path, words: str, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["--data-dir", str(folder), "users", *arguments], input=words)
    return result.exit_code, result.output


def test_a_user_is_added_listed_changed_and_removed(tmp_path: Path) -> None:
    typist = Typist(tmp_path)
    asked = spoken(tmp_path, f"{SENTENCE}\n{SENTENCE}\n", "add", "ana", "--role", "reviewer")
    assert asked[0] == 0, asked
    assert SENTENCE not in asked[1]
    assert spoken(tmp_path, f"{OTHER}\r\n", "add", "bob", "--password-stdin")[0] == 0
    assert [(user["name"], user["role"]) for user in typist.json("users", "list")] == [
        ("ana", "reviewer"),
        ("bob", "viewer"),
    ]
    assert "argon2" not in typist.type("users", "list", "--json").stdout
    typist.type("users", "role", "bob", "admin")
    assert "admin     bob" in typist.type("users", "list").stdout
    assert spoken(tmp_path, f"{SENTENCE}\n", "password", "bob", "--password-stdin")[0] == 0
    typist.type("users", "remove", "bob")
    typist.refused("users", "remove", "bob")


def test_a_weak_password_is_told_and_adds_nobody(tmp_path: Path) -> None:
    status, output = spoken(tmp_path, "password\n", "add", "ana", "--password-stdin")
    assert (status, "hint:" in output) == (1, True)
    assert Typist(tmp_path).json("users", "list") == []
