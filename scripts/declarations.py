"""Declarations as their author wrote them: fields with the comment at the line's end, own docstrings."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple


class Field(NamedTuple):
    """One field of a declaration, as its author wrote it."""

    name: str
    kind: str
    default: str
    comment: str


def fields_of(cls: type) -> list[Field]:
    """The fields of a class in order, each with the comment at its line's end."""
    source = textwrap.dedent(inspect.getsource(cls))
    lines = source.splitlines()
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    found = []
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            end = (node.end_lineno or node.lineno) - 1
            _, _, comment = lines[end][node.end_col_offset or 0 :].partition("#")
            default = "" if node.value is None else ast.unparse(node.value)
            found.append(Field(node.target.id, ast.unparse(node.annotation), default, comment.strip()))
    return found


def classes_of(module: Any, base: type) -> Iterator[type]:
    """Classes of a module below `base`, in the order they are written."""
    mine = [
        cls
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, base) and cls is not base and cls.__module__ == module.__name__
    ]
    yield from sorted(mine, key=lambda cls: inspect.getsourcelines(cls)[1])


def table(*columns: str) -> str:
    """The head of a Markdown table."""
    return f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}"


def field_table(cls: type) -> str:
    rows = [
        f"| `{f.name}` | {code(f.kind)} | {code(f.default)} | {cell(f.comment)} |" for f in fields_of(cls)
    ]
    return "\n".join([table("field", "type", "default", "meaning"), *rows])


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()


def code(text: str) -> str:
    return f"`{cell(text)}`" if text else ""


def own_doc(cls: type) -> str:
    """The docstring a class was given, not the one its maker generates."""
    body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)
    return ast.get_docstring(body) or ""
