"""The docs say what is so: nothing undocumented, no dead link, no command that is not there; examples run."""

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

import earwitness
from earwitness import errors, settings
from earwitness.cli import main as cli
from earwitness.decoders.providers import PROVIDERS
from earwitness.model import conversation, events
from earwitness.server.app import create_app
from earwitness.server.figures import HELP
from earwitness.server.links import Links
from earwitness.settings import reading

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))
import reference  # noqa: E402

REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*/*.md")])
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for found, _, text in BLOCK.findall(page.read_text("utf-8")):
            if found == language:
                yield name_of(page), text


def console_lines() -> list[tuple[str, str]]:
    """Every line a reader is told to type, with the page it stands on."""
    lines = [(page, line) for page, text in blocks("console") for line in text.splitlines()]
    return [(page, line[2:].split("  #")[0].strip()) for page, line in lines if line.startswith("$ ")]


# -- reference is what the code says -----------------------------------------------------------------


@pytest.mark.parametrize("name", list(reference.PAGES))
def test_a_reference_page_is_what_the_code_says_today(name: str) -> None:
    assert reference.is_current(name), f"docs/reference/{name}: make docs"


def keys(cls: type, prefix: str = "") -> Iterator[str]:
    for field in msgspec.structs.fields(cls):
        inner = [t for t in getattr(field.type, "__args__", [field.type]) if hasattr(t, "__struct_fields__")]
        if inner and type(None) not in getattr(field.type, "__args__", []):
            is_named = getattr(field.type, "__origin__", None) is dict
            yield from keys(inner[0], f"{prefix}{field.name}." + ("<name>." if is_named else ""))
        else:
            yield f"{prefix}{field.name}"


@pytest.mark.parametrize("key", list(keys(settings.Settings)))
def test_every_setting_is_documented_with_its_variable_and_meaning(key: str) -> None:
    page = (REFERENCE / "settings.md").read_text("utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{key}` |")]
    cells = [cell.strip() for cell in row.replace("\\|", "").strip("|").split("|")]
    assert cells[3].strip("`") == "EARWITNESS_" + key.upper().replace(".", "__")
    assert cells[4], f"{key} has no meaning: say it at the end of its line in settings/"


def commands(group: click.Command, path: str = "earwitness") -> Iterator[str]:
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            inner = group.get_command(context, name)
            assert inner is not None
            if not inner.hidden:
                yield from commands(inner, f"{path} {name}")


@pytest.mark.parametrize("command", list(commands(cli)))
def test_every_command_is_documented(command: str) -> None:
    assert f"## {command}\n" in (REFERENCE / "cli.md").read_text("utf-8")


def test_every_event_error_metric_decoder_and_path_is_documented() -> None:
    nobody: Any = None
    paths = create_app(nobody, Links(b"")).openapi()["paths"]
    kinds = [cls for cls in vars(events).values() if is_dataclass(cls) and cls is not events.Event]
    leaves = [cls for cls in vars(errors).values() if isinstance(cls, type)]
    must = {
        "events.md": [f"## {cls.__name__}\n" for cls in kinds],
        "errors.md": [cls.__name__ for cls in leaves],
        "metrics.md": [f"`{name}`" for name in HELP],
        "decoders.md": [f"- `{name}`" for name in PROVIDERS],
        "rest.md": [f"| `{path}` |" for path in paths],
    }
    missing = [
        f"{page}: {word}" for page, words in must.items() for word in words if word not in text_of(page)
    ]
    assert all(must.values())
    assert missing == []


def text_of(page: str) -> str:
    return (REFERENCE / page).read_text("utf-8")


# -- what the pages say is so ------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            dead.append(target)
    assert dead == []


def test_every_page_of_the_shelves_is_reached_from_the_readme() -> None:
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        targets = re.findall(r"\]\(([^)\s#]+\.md)", page.read_text("utf-8"))
        ahead += [file for t in targets if (file := (page.parent / t).resolve()).exists()]
    assert [name_of(page) for page in PAGES if page not in reached] == []


def test_every_make_command_that_is_printed_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    printed = {(page, line.split()[1]) for page, line in console_lines() if line.startswith("make ")}
    printed |= {
        (name_of(page), word)
        for page in PAGES
        for word in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))
    }
    assert {"demo", "test"} <= {word for page, word in printed if page == "README.md"}
    assert [(page, word) for page, word in printed if word not in targets] == []


def told_to_type() -> list[tuple[str, str]]:
    return [(page, line) for page, line in console_lines() if line.startswith("earwitness ")]


@pytest.mark.parametrize(("page", "line"), told_to_type())
def test_every_earwitness_command_that_is_printed_is_understood(page: str, line: str) -> None:
    words = shlex.split(line.rstrip("& "))[1:]
    command: click.Command = cli
    context = click.Context(command)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words.pop(0))
        assert inner is not None, f"{page}: {line}"
        command = inner
        context = click.Context(command)
    options = {name for parameter in command.get_params(context) for name in parameter.opts}
    unknown = [word for word in words if word.startswith("-") and word.split("=")[0] not in options]
    assert unknown == [], f"{page}: {line}"


@pytest.mark.parametrize(("page", "text"), list(blocks("toml")))
def test_every_printed_configuration_is_accepted(page: str, text: str, tmp_path: Path) -> None:
    tomllib.loads(text)
    file = tmp_path / "earwitness.toml"
    file.write_text(text, "utf-8")
    kept_apart = re.findall(r"EARWITNESS_\w+__SECRET", (ROOT / page).read_text("utf-8"))
    reading.load(file, environ=dict.fromkeys(kept_apart, "whsec_bWFkZSB1cCBmb3IgdGhpcyB0ZXN0"))


@pytest.mark.parametrize(("page", "text"), list(blocks("python")))
def test_every_printed_program_compiles(page: str, text: str) -> None:
    import ast

    compile(text, page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_every_public_name_that_is_printed_exists() -> None:
    used = {
        (page, name) for page, text in blocks("python") for name in re.findall(r"\bearwitness\.(\w+)\(", text)
    }
    assert ("README.md", "record") in used
    assert [(page, name) for page, name in used if not hasattr(earwitness, name)] == []


def test_the_glossary_has_every_noun_of_the_model() -> None:
    glossary = (ROOT / "docs/understand/glossary.md").read_text("utf-8")
    defined = set(re.findall(r"^\| \*\*([\w ]+)\*\* \|", glossary, re.MULTILINE))
    said_by_other_words = {"Status", "AudioFormat", "Digit", "GapSpan", "Stamp"}
    nouns = {
        name
        for module in (conversation, events)
        for name, cls in vars(module).items()
        if isinstance(cls, type) and cls.__module__ == module.__name__ and name not in said_by_other_words
        if module is conversation or not issubclass(cls, events.Event)
    } | {"Gap", "Event", "Record", "Journal"}
    spoken = {re.sub(r"(?<=[a-z])(?=[A-Z])", " ", noun).lower() for noun in nouns}
    assert sorted(spoken - defined) == []


def test_every_guarantee_names_a_test_that_exists() -> None:
    text = (ROOT / "docs/understand/guarantees.md").read_text("utf-8")
    proofs = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert proofs
    for file, function in proofs:
        assert (ROOT / file).exists(), file
        if function:
            assert f"def {function}(" in (ROOT / file).read_text("utf-8"), f"{file}::{function}"
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert [row for row in rows if "`tests/" not in row and not row.startswith("| promise")] == []
