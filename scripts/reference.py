"""Writes docs/reference from the code, so that it cannot say anything else: scripts/reference.py [--check].

With `--check` nothing is written: a page that is not what the code says today is named, exit 1.
"""

import importlib
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from declarations import cell, classes_of, code, field_table, fields_of, own_doc, table

ROOT = Path(__file__).resolve().parents[1]
SHELF = ROOT / "docs" / "reference"
MADE = "<!-- Written by scripts/reference.py from the code. Do not edit; run `make docs`. -->\n"
SOURCE = "../../src/earwitness"


def settings_page() -> str:
    from earwitness import settings
    from earwitness.settings import reading

    rows: list[str] = []

    def walk(cls: type, prefix: str) -> None:
        for field in fields_of(cls):
            inner = getattr(sys.modules[cls.__module__], field.kind, None)
            if field.kind.startswith("dict[str, ") and not prefix:
                walk(getattr(settings, field.kind[len("dict[str, ") : -1]), f"{field.name}.<name>.")
            elif inspect.isclass(inner):
                walk(inner, f"{prefix}{field.name}.")
            else:
                kind = spelled(inner) or field.kind
                rows.append(row(f"{prefix}{field.name}", kind, field.default, field.comment))

    def row(key: str, kind: str, default: str, comment: str) -> str:
        variable = reading.PREFIX + key.upper().replace(".", "__")
        return f"| `{key}` | {code(kind)} | {code(default) or 'required'} | `{variable}` | {cell(comment)} |"

    walk(settings.Settings, "")
    routes = [
        f"| `{name}` | `{r.provider}` | `{r.upstream}` |" for name, r in settings.DEFAULT_ROUTES.items()
    ]
    return "\n".join(
        [
            f"# Settings\n\n{inspect.getdoc(settings)}\n",
            f"The file is `{reading.FILE_NAME}` in the working directory, or the one named by",
            "`--config`.",
            "A key that is not in this table is refused, and the nearest known one is named.\n",
            table("key", "type", "default", "environment", "meaning"),
            *rows,
            "\nRoutes that exist without being configured; change any key of theirs under the same name:\n",
            table("route", "provider", "upstream"),
            *routes,
            f"\n## A route's mapping\n\n{own_doc(settings.WireMapping)}\n",
            field_table(settings.WireMapping),
        ]
    )


def spelled(kind: Any) -> str:
    """A type that has a name of its own, written out: the words, or the range."""
    if get_origin(kind) is Annotated:
        bounds = get_args(kind)[1]
        return f"{get_args(kind)[0].__name__}, {bounds.ge} to {bounds.le}"
    return str(kind).removeprefix("typing.") if kind else ""


def events_page() -> str:
    from earwitness.model import events

    parts = [f"# Events\n\n{inspect.getdoc(events)}\n"]
    parts.append(
        f"Every event has `seen`, a `Stamp`: {own_doc(events.Stamp)}\n\n{field_table(events.Stamp)}\n"
    )
    for cls in classes_of(events, events.Event):
        parts += [f"## {cls.__name__}\n", f"{own_doc(cls)}\n" if own_doc(cls) else "", field_table(cls), ""]
    parts.append("## Words with a fixed meaning\n")
    for words in (events.Party, events.Role, events.Evidence):
        parts.append(
            f"`{words.__name__}`: {own_doc(words)} " + ", ".join(f"`{m.value}`" for m in words) + ".\n"
        )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts))


def errors_page() -> str:
    from earwitness import errors

    tree, _, rest = (inspect.getdoc(errors) or "").partition("\n\n")[2].partition("\n\n")
    leaves = [f"- `{cls.__name__}`: {own_doc(cls)}" for cls in classes_of(errors, errors.EarwitnessError)]
    return "\n".join(
        [
            "# Errors\n\nEvery error has a message, a `hint` that says what to do next,\n"
            "and `facts` for programs.",
            f"\n```text\n{tree}\n```\n\n{rest}\n",
            *leaves,
        ]
    )


def formats_page() -> str:
    from earwitness.exports.formats import FORMATS
    from earwitness.exports.tables import TABLES
    from earwitness.journal import record
    from earwitness.projections.named import LAYOUTS

    parts = ["# Formats\n", f"The bytes on disk: [the journal's format]({SOURCE}/journal/FORMAT.md).\n"]
    parts.append(f"## What a record holds\n\n{inspect.getdoc(record)}\n")
    for enum in (record.Origin, record.Kind):
        parts += [f"### {enum.__name__}\n\n{own_doc(enum)}\n", table("number", "name")]
        parts += [f"| {member.value} | `{member.name}` |" for member in enum] + [""]
    for cls in (record.Opened, record.Answered, record.Note, record.Gap, record.Ended):
        parts += [f"### {cls.__name__}\n\n{own_doc(cls)}\n", field_table(cls), ""]
    parts.append("## Layouts of an export\n\nWhat `earwitness export --layout NAME` writes.\n")
    for layout in LAYOUTS.values() if isinstance(LAYOUTS, dict) else LAYOUTS:
        parts += [f"### {layout.name}\n", *(f"- `{file.path}`" for file in layout.files), ""]
    parts.append("## Formats of an export\n\nWhat `earwitness export --format NAME` writes.\n")
    parts.append(table("name", "media type", "is"))
    parts += [f"| `{each.name}` | `{each.media_type}` | {cell(each.about)} |" for each in FORMATS.values()]
    parts.append("\nColumns of the tables, in `csv`, `csv-...` and `parquet`:\n")
    parts += [f"- `{each.name}`: {', '.join(each.columns)}" for each in TABLES]
    return "\n".join(parts)


def decoders_page() -> str:
    from earwitness.decoders import (
        audiocodes,
        audiocodes_activities,
        elevenlabs_names,
        hume_names,
        openai_names,
        providers,
        twilio,
        twilio_relay,
    )

    parts = [
        "# Decoders\n\nWhich providers' words are understood. All else is kept in the journal as it came, "
    ]
    parts[0] += "and shown as a finding.\n"
    parts += [f"- `{name}`" for name in providers.PROVIDERS]
    parts += ["\n## openai: names the beta called otherwise\n", table("beta", "now")]
    parts += [f"| `{old}` | `{new}` |" for old, new in openai_names.ALIASES.items()]
    passed_over = {
        "audiocodes": audiocodes.PASSED_OVER,
        "audiocodes, events among the activities": audiocodes_activities.EVENTS_PASSED_OVER,
        "elevenlabs": elevenlabs_names.PASSED_OVER,
        "hume": hume_names.PASSED_OVER,
        "openai": openai_names.PASSED_OVER,
        "twilio, Media Streams": twilio.PASSED_OVER,
        "twilio, ConversationRelay": twilio_relay.PASSED_OVER,
    }
    for who, names in passed_over.items():
        parts += [f"\n## {who}: passed over, and why\n", table("name", "reason")]
        parts += [f"| `{name}` | {cell(why)} |" for name, why in names.items()]
    return "\n".join(parts)


def catalog_page() -> str:
    from earwitness.store import schema

    parts = [f"# Catalog\n\n{inspect.getdoc(schema)}\n"]
    for made in schema.metadata.sorted_tables:
        parts += [
            f"## {made.name}\n",
            f"{made.comment}\n" if made.comment else "",
            table("column", "type", "meaning"),
        ]
        parts += [f"| `{c.name}` | `{c.type!r}` | {cell(c.comment or '')} |" for c in made.columns] + [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts))


def metrics_page() -> str:
    from earwitness.lake import asking, metrics
    from earwitness.server.figures import HELP

    parts = [f"# Metrics\n\n## Over all conversations\n\n{inspect.getdoc(metrics)}\n"]
    parts.append(
        "Ask with `earwitness stats --metric NAME` or `GET /api/v1/metrics?metric=NAME`, by one or more of "
    )
    parts[-1] += ", ".join(f"`{name}`" for name in metrics.DIMENSIONS) + ".\n"
    parts.append(table("metric", "`value`", "unit", "`count` is of", "table", "beside them"))
    for each in metrics.METRICS.values():
        beside = "; ".join(f"`{name}`: {meaning}" for name, meaning in each.told.items())
        words = (f"`{each.name}`", each.meaning, each.unit, each.counts, f"`{each.table}`", beside)
        parts.append("| " + " | ".join(cell(word) for word in words) + " |")
    parts += [f"\n### The answer\n\n{own_doc(asking.Answer)}\n", field_table(asking.Answer)]
    parts += ["\n## Of the running system\n\nAt `/metrics`, in the text format of Prometheus.\n"]
    parts += [table("name", "meaning")]
    return "\n".join(parts + [f"| `{name}` | {cell(meaning)} |" for name, meaning in HELP.items()])


def lake_page() -> str:
    from earwitness.lake import files, tables

    parts = [f"# Lake\n\n{inspect.getdoc(files)}\n\n{inspect.getdoc(tables)}\n"]
    parts += [f"## Every table\n\n{own_doc(tables.Row)}\n", field_table(tables.Row), ""]
    for name, cls in tables.TABLES.items():
        parts += [f"## {name}\n\n{own_doc(cls)}\n", field_table(cls), ""]
    return "\n".join(parts)


def rest_page() -> str:
    from earwitness.server.app import create_app
    from earwitness.server.guard import Links

    nobody: Any = None  # the description asks nothing of the recordings
    described = create_app(nobody, Links(b"")).openapi()
    parts = [
        "# REST\n",
        "The full description is at `/openapi.json`, and readable at `/docs`. Errors are problem documents",
        "(RFC 9457) with a `hint`. Send `Authorization: Bearer <key>`; `earwitness keys create` makes one.\n",
    ]
    parts.append(table("method", "path", "gives", "parameters"))
    for path, methods in described["paths"].items():
        operation = min(methods.items())[1]
        given = " ".join(f"`{p['name']}`" for p in operation.get("parameters", []) if p["in"] == "query")
        verbs = " ".join(f"`{method.upper()}`" for method in sorted(methods))
        parts.append(f"| {verbs} | `{path}` | {cell(operation.get('summary', ''))} | {given} |")
    return "\n".join(parts)


def cli_page() -> str:
    import click

    main = importlib.import_module("earwitness.cli").main
    parts = ["# Command line\n"]

    def walk(command: click.Command, name: str, parent: click.Context | None) -> None:
        context = click.Context(
            command, info_name=name, parent=parent, terminal_width=100, **command.context_settings
        )
        parts.append(f"## {context.command_path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
        if isinstance(command, click.Group):
            for below in command.list_commands(context):
                inner = command.get_command(context, below)
                if inner is not None and not inner.hidden:
                    walk(inner, below, context)

    walk(main, "earwitness", None)
    return "\n".join(parts)


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "cli.md": cli_page,
    "rest.md": rest_page,
    "events.md": events_page,
    "errors.md": errors_page,
    "metrics.md": metrics_page,
    "lake.md": lake_page,
    "decoders.md": decoders_page,
    "catalog.md": catalog_page,
    "formats.md": formats_page,
}


def page(name: str) -> str:
    """A page of the shelf as it must read today."""
    return f"{MADE}\n{PAGES[name]().strip()}\n"


def is_current(name: str) -> bool:
    path = SHELF / name
    return path.exists() and path.read_text("utf-8") == page(name)


def main(arguments: list[str]) -> int:
    SHELF.mkdir(parents=True, exist_ok=True)
    stale = [name for name in PAGES if not is_current(name)]
    unknown = sorted({path.name for path in SHELF.glob("*.md")} - PAGES.keys())
    if "--check" in arguments:
        complaints = [f"docs/reference/{name} is not what the code says: make docs" for name in stale]
        complaints += [f"docs/reference/{name} is written by nobody" for name in unknown]
        print("\n".join(complaints) or f"{len(PAGES)} pages of docs/reference say what the code says")
        return bool(complaints)
    for name in stale:
        (SHELF / name).write_text(page(name), "utf-8")
    print(f"docs/reference: {len(stale)} of {len(PAGES)} pages written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
