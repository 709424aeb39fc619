"""What every command shares: the settings, the library, and how things are printed."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from earwitness.settings import Settings
from earwitness.settings.reading import load

if TYPE_CHECKING:
    from earwitness.desk.finding import Finding
    from earwitness.desk.kept import Kept
    from earwitness.desk.recorded import Recorded
    from earwitness.library import Library
    from earwitness.privacy.access import Access

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # control characters, but for tab and newline
VERBS = {name: name for name in ("play", "export", "search", "delete", "import", "audit", "hold", "erase")}
_T = TypeVar("_T")
STATUS_COLOURS = {"active": "cyan", "partial": "yellow", "failed": "red"}  # what wants to be seen
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


def finding_of(context: click.Context, workspace: str = "default") -> "Finding":
    """What is kept, in step with the journals: the whole library only where those hold more than is kept."""
    from earwitness.desk.finding import Finding

    finding = Finding(settings_of(context), workspace=workspace)
    if finding.is_behind():
        return library_of(context, workspace)
    finding.access = _access(context, finding)
    return finding


def library_of(context: click.Context, workspace: str = "default") -> "Library":
    """The library, in step with the journals; this command and its user go into the audit log."""
    from earwitness.library import open_library

    library = open_library(settings_of(context), workspace=workspace)
    library.access = _access(context, library)
    library.progress = progress
    return library


def _access(context: click.Context, desk: "Finding") -> "Access":
    from earwitness.privacy.access import Access, os_user

    return Access(
        desk.audit,
        VERBS.get(context.info_name or "", "read"),
        workspace=desk.workspace,
        actor=os_user("cli"),
        facts={"route": context.command_path},
    )


def whole_library(context: click.Context) -> "Library":
    """The library of all workspaces, for work on the installation itself, which may take long."""
    from earwitness.library import Library

    library = Library(settings_of(context))
    library.progress = progress
    return library


def progress(items: Iterable[_T], what: str) -> Iterator[_T]:
    """The same items, while a bar on standard error counts them; on no terminal there is none."""
    with click.progressbar(items, label=what, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield from bar


def unseen(items: Iterable[_T], what: str) -> Iterable[_T]:
    """The same items, and no bar."""
    return items


def kept_of(context: click.Context, workspace: str, ref: str, reason: str | None = None) -> "Kept":
    """One conversation as its files show it; as `conversation_of` where they do not, or not to this eye."""
    if reason is not None:
        return conversation_of(context, workspace, ref, reason)
    finding = finding_of(context, workspace)
    kept = finding.conversation(ref)
    if kept.has_files:
        return kept
    library = library_of(context, workspace)
    library.access = finding.access  # it is one asking
    return library.conversation(ref)


def conversation_of(context: click.Context, workspace: str, ref: str, reason: str | None) -> "Recorded":
    """One conversation as everybody may see it; with a reason, as it was said."""
    library = library_of(context, workspace)
    return (library if reason is None else library.unredacted(reason)).conversation(ref)


def say(words: str, *, bold: bool = False, colour: str | None = None, **options: Any) -> None:
    """Print what callers and programs said, without what a terminal would obey instead of showing.

    Bold and colour are for terminals: nothing else is sent them.
    """
    shown = _COMMANDS.sub("\N{REPLACEMENT CHARACTER}", words)
    click.echo(click.style(shown, bold=True if bold else None, fg=colour), **options)


def print_json(document: Any) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_json_list(documents: Iterable[Any]) -> None:
    """One JSON list, an element a line, printed as the elements come."""
    mark = "["
    for document in documents:
        click.echo(mark + json.dumps(document, ensure_ascii=False, default=str), nl=False)
        mark = ",\n"
    click.echo("[]" if mark == "[" else "]")
