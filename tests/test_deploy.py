"""What is deployed names only what there is: commands, settings, files. No container runtime is needed."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from earwitness.cli import main
from earwitness.settings.reading import load

ROOT = Path(__file__).resolve().parents[1]
UNIT = ROOT / "deploy" / "systemd" / "earwitness.service"
DOCKERFILE = ROOT / "deploy" / "docker" / "Dockerfile"
COMPOSE = ROOT / "deploy" / "docker" / "compose.yaml"


def understood(words: list[str]) -> click.Context:
    """The command line with these arguments, parsed but not run."""
    context = main.make_context("earwitness", list(words))
    name, command, rest = main.resolve_command(context, context.args or context._protected_args)
    assert command
    return command.make_context(name, rest, parent=context)


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(UNIT.read_text("utf-8"))
    return parser


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile and what stands behind it, lines joined."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE))
    return [
        (word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line.strip())
    ]


def compose() -> Any:
    return yaml.safe_load(COMPOSE.read_text("utf-8"))


def accepted(environment: dict[str, str]) -> None:
    """Every variable is a setting, with a value it may have."""
    load(None, environ={name: value for name, value in environment.items() if name.startswith("EARWITNESS_")})


def test_the_unit_starts_a_command_that_there_is_and_keeps_to_its_folder() -> None:
    service = unit()["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert program.endswith("/bin/earwitness")
    context = understood(words)
    assert context.info_name == "serve"
    assert context.parent
    assert context.parent.params["data_dir"] == f"/var/lib/{service['StateDirectory']}"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_itself_has_nothing_to_say_against_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8").replace("/opt/earwitness/.venv/bin/earwitness", sys.executable)
    (tmp_path / UNIT.name).write_text(re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE), "utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / UNIT.name],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"},
    )
    assert UNIT.name not in done.stderr
    assert done.returncode == 0, done.stderr


def test_the_image_copies_what_is_in_a_checkout_and_starts_a_command_that_there_is() -> None:
    copied = [
        name
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    ]
    assert "src" in copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    [entry] = [json.loads(rest) for word, rest in instructions() if word == "ENTRYPOINT"]
    [words] = [json.loads(rest) for word, rest in instructions() if word == "CMD"]
    assert entry == ["earwitness"]
    assert understood(words).info_name == "serve"


def test_the_settings_of_the_image_are_settings_and_its_user_owns_its_folder() -> None:
    [environment] = [dict(re.findall(r"(\w+)=(\S+)", rest)) for word, rest in instructions() if word == "ENV"]
    accepted(environment)
    [user] = [rest for word, rest in instructions() if word == "USER"]
    assert user != "root"
    assert environment["EARWITNESS_DATA_DIR"] in [rest for word, rest in instructions() if word == "VOLUME"]


def test_the_extras_of_the_image_are_those_of_the_package() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    [install] = [rest for word, rest in instructions() if word == "RUN" and "tested.txt" in rest]
    for extra in ("postgres", "s3", "aws"):
        for requirement in extras[extra]:
            assert requirement.split(">")[0] in install


def test_what_compose_starts_is_configured_by_settings_that_there_are() -> None:
    services = compose()["services"]
    ours = services["earwitness"]
    accepted(ours["environment"])
    assert understood(ours["command"]).info_name == "serve"
    assert (COMPOSE.parent / ours["build"]["context"] / ours["build"]["dockerfile"]).resolve() == DOCKERFILE
    assert set(ours["depends_on"]) <= set(services)
    assert set(ours["secrets"]) == set(compose()["secrets"])
    named = {volume.split(":")[0] for service in services.values() for volume in service["volumes"]}
    assert named == set(compose()["volumes"])


def test_compose_opens_its_ports_to_this_machine_alone() -> None:
    ports = [port for service in compose()["services"].values() for port in service.get("ports", [])]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)
