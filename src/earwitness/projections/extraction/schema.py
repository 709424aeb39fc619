"""Which fields to find: a JSON Schema, a Pydantic model, or one of those that come along."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from earwitness.errors import InvalidInput

KINDS = (
    "year",
    "make",
    "model",
    "zip",
    "phone",
    "email",
    "date",
    "amount",
    "number",
    "flag",
    "choice",
    "text",
)
PRIVATE = {"phone": "XXX-XXX-XXXX", "email": "user@example.com"}  # what stands for them in what is shown

_BY_FORMAT = {"email": "email", "idn-email": "email", "date": "date", "phone": "phone"}
_BY_TYPE = {"integer": "number", "number": "number", "boolean": "flag"}
_FLAGS = {"true": True, "yes": True, "false": False, "no": False}
_WHOLE, _DECIMAL = re.compile("-?[0-9]{1,15}"), re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_BY_NAME = (  # the first that fits the words of a field's name
    ("zip", r"zip|postal|postcode"),
    ("phone", r"phone|mobile|telephone"),
    ("email", r"e ?mail"),
    ("make", r"make|manufacturer|brand"),
    ("model", r"(vehicle|car) model|model(?! year)"),
    ("year", r"year"),
    ("date", r"date|day|birthday"),
    ("amount", r"amount|price|premium|cost|deductible|total"),
)


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to find."""

    name: str  # as it stands in the answer
    kind: str  # one of `KINDS`: by which rules it is found, and how it is masked
    aliases: tuple[str, ...] = ()  # other names of it, as tools call their arguments
    choices: tuple[str, ...] = ()  # of a choice: what it may be
    description: str = ""
    type: str = "string"  # of its value in the answer: string, integer, number, boolean

    def typed(self, text: str) -> str | float | bool:
        """A value as the schema wants it; a text that is none of that type stays one."""
        if self.type == "boolean" and text in _FLAGS:
            return _FLAGS[text]
        if self.type in ("integer", "number") and _WHOLE.fullmatch(text):
            return int(text)
        if self.type == "number" and _DECIMAL.fullmatch(text):
            return float(text)
        return text

    @property
    def words(self) -> str:
        """The name as words: `vehicleYear` is `vehicle year`."""
        return plain(self.name)


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """The fields to find, under a name that stands in files."""

    name: str
    fields: tuple[Field, ...]

    def json_schema(self) -> dict[str, Any]:
        """As JSON Schema: an object of texts, each of which may be missing."""
        fields = {
            each.name: {"type": ["string", "null"], "description": each.description} for each in self.fields
        }
        return {"type": "object", "properties": fields}


def plain(name: str) -> str:
    """A name as lower-case words, however it was put together."""
    return " ".join(
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").replace("-", " ").lower().split()
    )


def schema_of(given: Any, name: str = "") -> Schema:
    """A schema from one of ours by name, a `Schema`, a JSON Schema of an object, or a Pydantic model class.

    A property's `x-kind` chooses the rules by which it is found; otherwise format, name and type do. Its
    `x-aliases` are other names of it. Raises `InvalidInput`.
    """
    if isinstance(given, Schema):
        return given
    if isinstance(given, str):
        if given not in SCHEMAS:
            raise InvalidInput(f"no schema is called {given}", hint=f"Schemas: {', '.join(SCHEMAS)}.")
        return SCHEMAS[given]
    if hasattr(given, "model_json_schema"):
        given = given.model_json_schema()
    properties = given.get("properties") if isinstance(given, Mapping) else None
    if not isinstance(properties, Mapping) or not properties:
        raise InvalidInput(
            "no schema of an object with properties", hint='Give {"type": "object", "properties": {...}}.'
        )
    called = name or plain(str(given.get("title") or "data")).replace(" ", "_")
    return Schema(name=called, fields=tuple(_field(each, what) for each, what in properties.items()))


def _field(name: str, what: Any) -> Field:
    told = what if isinstance(what, Mapping) else {}
    options = [each for each in told.get("anyOf", ()) if isinstance(each, Mapping)] or [told]
    choices = next((tuple(map(str, each["enum"])) for each in options if each.get("enum")), ())
    kind = told.get("x-kind") or ("choice" if choices else _guess(name, options))
    if kind not in KINDS:
        raise InvalidInput(f"field {name}: no kind is called {kind}", hint=f"Kinds: {', '.join(KINDS)}.")
    description = str(told.get("description", ""))
    aliases = tuple(map(str, told.get("x-aliases", ())))
    type = next((t for each in options if (t := str(each.get("type"))) in _BY_TYPE), "string")
    return Field(name=name, kind=kind, choices=choices, aliases=aliases, description=description, type=type)


def _guess(name: str, options: list[Any]) -> str:
    formats = (_BY_FORMAT.get(str(each.get("format"))) for each in options)
    if found := next(filter(None, formats), None):
        return found
    words = plain(name)
    if found := next((kind for kind, pattern in _BY_NAME if re.search(rf"\b(?:{pattern})\b", words)), None):
        return found
    return next(
        (_BY_TYPE[str(each.get("type"))] for each in options if str(each.get("type")) in _BY_TYPE), "text"
    )


INSURANCE = Schema(
    name="insurance",
    fields=(
        Field(
            name="vehicleYear",
            kind="year",
            aliases=("year", "car year", "model year"),
            description="model year of the car to be insured, four digits",
        ),
        Field(
            name="vehicleMake",
            kind="make",
            aliases=("make", "car make", "manufacturer", "brand"),
            description="who makes it, e.g. Toyota",
        ),
        Field(
            name="vehicleModel",
            kind="model",
            aliases=("model", "car model"),
            description="its model, e.g. Camry",
        ),
        Field(
            name="zipCode",
            kind="zip",
            aliases=("zip", "postal code", "postcode"),
            description="US ZIP code where it is kept, five digits",
        ),
        Field(
            name="phoneNumber",
            kind="phone",
            aliases=("phone", "telephone", "mobile", "contact number", "callback number"),
            description="the caller's telephone number",
        ),
        Field(
            name="email",
            kind="email",
            aliases=("email address", "e mail", "mail"),
            description="the caller's mail address",
        ),
    ),
)
SCHEMAS = {INSURANCE.name: INSURANCE}
