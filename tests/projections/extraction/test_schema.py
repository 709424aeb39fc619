from typing import Any

import pydantic
import pytest

from earwitness.errors import InvalidInput
from earwitness.projections.extraction.schema import INSURANCE, plain, schema_of


class Booking(pydantic.BaseModel):
    appointment_date: str | None = None
    contactEmail: str = ""
    doctor: str
    party: int


def test_the_shipped_schema_has_the_fields_that_loggers_of_insurance_calls_keep() -> None:
    names = [field.name for field in INSURANCE.fields]
    assert names == ["vehicleYear", "vehicleMake", "vehicleModel", "zipCode", "phoneNumber", "email"]
    assert schema_of("insurance") is schema_of(INSURANCE) is INSURANCE


def test_kinds_are_guessed_from_names_formats_and_types() -> None:
    schema = schema_of(
        {
            "title": "Quote request",
            "type": "object",
            "properties": {
                "postal_code": {"type": "string"},
                "when": {"type": "string", "format": "date"},
                "monthlyPremium": {"type": "number"},
                "isSmoker": {"type": "boolean"},
                "plan": {"enum": ["basic", "full cover"]},
                "count": {"type": "integer"},
                "carModel": {"type": "string"},
                "handle": {"type": "string", "x-kind": "email", "x-aliases": ["nick"]},
            },
        }
    )
    assert schema.name == "quote_request"
    assert {field.name: field.kind for field in schema.fields} == {
        "postal_code": "zip",
        "when": "date",
        "monthlyPremium": "amount",
        "isSmoker": "flag",
        "plan": "choice",
        "count": "number",
        "carModel": "model",
        "handle": "email",
    }
    assert schema.fields[-1].aliases == ("nick",)


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("integer", "2", 2),
        ("integer", "-2", -2),
        ("integer", "2.5", "2.5"),
        ("number", "2.5", 2.5),
        ("number", "2", 2),
        ("number", "two", "two"),
        ("boolean", "true", True),
        ("boolean", "no", False),
        ("boolean", "perhaps", "perhaps"),
        ("string", "2", "2"),
    ],
)
def test_a_value_has_the_type_that_the_schema_names_where_it_can(type: str, text: str, value: Any) -> None:
    (field,) = schema_of({"properties": {"it": {"anyOf": [{"type": type}, {"type": "null"}]}}}).fields
    assert field.typed(text) == value
    assert isinstance(field.typed(text), bool) is isinstance(value, bool)


def test_a_pydantic_model_is_a_schema() -> None:
    schema = schema_of(Booking)
    assert schema.name == "booking"
    assert [(field.name, field.kind) for field in schema.fields] == [
        ("appointment_date", "date"),
        ("contactEmail", "email"),
        ("doctor", "text"),
        ("party", "number"),
    ]


@pytest.mark.parametrize(
    "wrong", ["nothing", {}, {"properties": []}, {"properties": {"a": {"x-kind": "colour"}}}, 7, None]
)
def test_what_is_no_schema_is_refused_with_a_hint(wrong: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        schema_of(wrong)
    assert refused.value.hint


def test_names_are_words_however_they_are_joined() -> None:
    assert [plain(name) for name in ("vehicleYear", "zip_code", "E-Mail")] == [
        "vehicle year",
        "zip code",
        "e mail",
    ]
