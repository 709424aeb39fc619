"""What every command shares: the settings, the library, and how things are printed."""

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from earwitness.configuration import load
from earwitness.settings import Settings

if TYPE_CHECKING:
    from earwitness.library import Library
    from earwitness.recorded import Recorded

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # control characters, but for tab and newline
VERBS = {name: name for name in ("play", "export", "search", "delete", "import", "audit", "hold", "erase")}
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
ref_argument = click.argument("ref", metavar="ID")
raw_option = click.option(
    "--raw", "reason", metavar="REASON", help="With what redaction takes out; why goes into the audit log."
)
workspace_option = click.option("--workspace", default="default", show_default=True, help="Whose recordings.")


def settings_of(context: click.Context, **flags: Any) -> Settings:
    """The settings, with the flags of this command on top."""
    file, common = context.find_root().obj
    return load(file, flags={**common, **flags})


def library_of(context: click.Context, workspace: str = "default") -> "Library":
    """The library, in step with the journals; this command and its user go into the audit log."""
    from earwitness.library import open_library
    from earwitness.privacy.access import Access, os_user

    library = open_library(settings_of(context), workspace=workspace)
    library.access = Access(
        library.audit,
        VERBS.get(context.info_name or "", "read"),
        workspace=workspace,
        actor=os_user("cli"),
        facts={"route": context.command_path},
    )
    return library


def conversation_of(context: click.Context, workspace: str, ref: str, reason: str | None) -> "Recorded":
    """One conversation as everybody may see it; with a reason, as it was said."""
    library = library_of(context, workspace)
    return (library if reason is None else library.unredacted(reason)).conversation(ref)


def say(words: str, *, bold: bool = False, **options: Any) -> None:
    """Print what callers and programs said, without what a terminal would obey instead of showing."""
    shown = _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", words)
    click.echo(click.style(shown, bold=True) if bold else shown, **options)


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_json_list(documents: Iterable[Any]) -> None:
    """One JSON list, an element a line, printed as the elements come."""
    mark = "["
    for document in documents:
        click.echo(mark + json.dumps(document, ensure_ascii=False, default=str), nl=False)
        mark = ",\n"
    click.echo("[]" if mark == "[" else "]")
