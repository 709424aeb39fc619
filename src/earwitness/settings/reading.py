"""Reading the settings from where a user wrote them, and saying what is wrong with them."""

import difflib
import os
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from earwitness.errors import SettingsError
from earwitness.settings import DEFAULT_ROUTES, Settings

PREFIX = "EARWITNESS_"
FILE_NAME = "earwitness.toml"
BUCKET = "CONVERSATIONS_BUCKET"  # of the environment: short for object_store_url = "s3://<bucket>"


def load(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Read all sources and check them together.

    `file` must exist when given; without it `earwitness.toml` of the working directory is read if it
    is there. Raises `SettingsError` naming the key, where it stands and the nearest known key.
    """
    tree: dict[str, Any] = {"routes": msgspec.to_builtins(DEFAULT_ROUTES)}
    _merge(tree, _read_file(file))
    environ = os.environ if environ is None else environ
    if bucket := environ.get(BUCKET):
        tree["object_store_url"] = f"s3://{bucket}"
    _merge(tree, _from_environment(environ))
    _merge(tree, flags or {})
    _refuse(tree, Settings, "")
    _inherit_recording(tree)
    url = tree.get("object_store_url")
    if isinstance(url, str) and url and not url.startswith("s3://"):
        raise SettingsError(
            "object_store_url: neither empty nor s3://bucket/prefix",
            hint="Leave it empty for a folder in data_dir.",
        )
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise SettingsError(
            f"{where.rstrip('`') or 'configuration'}: {what}",
            hint="See docs/reference/settings.md for every key and its type.",
        ) from error


def _inherit_recording(tree: dict[str, Any]) -> None:
    """What a route does not say of its recording is as for all: it must not widen by being silent."""
    common = tree.get("record")
    for route in tree["routes"].values():
        if isinstance(route, dict) and isinstance(route.get("record"), dict) and isinstance(common, dict):
            route["record"] = {**common, **route["record"]}


def _read_file(file: Path | None) -> dict[str, Any]:
    path = file or Path(FILE_NAME)
    if file is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}", hint="Check the path given to --config.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}", hint="The file must be TOML in UTF-8.") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        *parents, leaf = name.removeprefix(PREFIX).lower().split("__")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
            if not isinstance(branch, dict):
                raise SettingsError(
                    f"{name} is below {parent}, which the environment also sets to a value",
                    hint="Unset one of the two.",
                )
        branch[leaf] = value
    return tree


def _merge(tree: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Lay `more` over `tree`, key by key; a value of None means: not given."""
    for key, value in more.items():
        if isinstance(value, Mapping):
            if not isinstance(tree.get(key), dict):
                tree[key] = {}
            _merge(tree[key], value)
        elif value is not None:
            tree[key] = value


def _refuse(value: Any, shape: Any, where: str) -> None:
    """Raise for the first key that no struct has, or word that is no choice, with the nearest there is."""
    for option in typing.get_args(shape) if isinstance(shape, types.UnionType) else (shape,):
        if typing.get_origin(option) is dict and isinstance(value, dict):
            for name, inner in value.items():
                _refuse(inner, typing.get_args(option)[1], f"{where}.{name}")
        elif isinstance(option, type) and issubclass(option, msgspec.Struct) and isinstance(value, dict):
            fields = {field.name: field.type for field in msgspec.structs.fields(option)}
            for name, inner in value.items():
                key = f"{where}.{name}".lstrip(".")
                if name not in fields:
                    near = f"{where}.{_nearest(name, fields)}".lstrip(".")
                    raise SettingsError(
                        f"unknown setting {key}",
                        hint=f"Did you mean {near}? Known here: {', '.join(fields)}.",
                        key=key,
                        nearest=near,
                    )
                _refuse(inner, fields[name], key)
        elif typing.get_origin(option) is Literal and value not in (words := typing.get_args(option)):
            near = _nearest(str(value), words)
            raise SettingsError(
                f"{where} cannot be {value!r}",
                hint=f"Did you mean {near}? Possible are: {', '.join(words)}.",
                key=where,
                nearest=near,
            )


def _nearest(word: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(word, known, n=1, cutoff=0.0)[0]
