import pytest

from earwitness.projections.extraction.rules import find
from earwitness.projections.extraction.schema import Field


def found(kind: str, text: str, asked: str = "", **more: object) -> list[str]:
    return [each.value for each in find(Field(name="x", kind=kind, **more), text, asked)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text", "asked", "values"),
    [
        ("year", "It's a 2020 Camry", "", ["2020"]),
        ("year", "a '09 Civic", "", ["2009"]),
        ("year", "twenty eighteen", "What is the year?", ["2018"]),
        ("year", "I have been licensed since 2001", "And your car?", []),
        ("year", "it cost 2000 dollars", "Which car?", []),
        ("make", "a chevy", "", ["Chevrolet"]),
        ("make", "my 2012 Jetta", "", ["Volkswagen"]),
        ("make", "I ram into things", "", []),
        ("model", "I need to focus", "Which model of Ford?", []),
        ("model", "A Ford Focus", "", ["Focus"]),
        ("model", "Focus.", "Which model is it?", ["Focus"]),
        ("zip", "my zip code is nine oh two one oh", "", ["90210"]),
        ("zip", "Los Angeles, CA 90210-1234", "", ["90210"]),
        ("zip", "90210", "What is your ZIP?", ["90210"]),
        ("zip", "It has 45000 miles on it", "What is your ZIP?", []),
        ("zip", "My policy number is 48213", "", []),
        ("phone", "call me at (310) 555-0199", "", ["3105550199"]),
        ("phone", "+49 30 1234567 is my number", "", ["+49301234567"]),
        ("phone", "my account is 3105550199", "", []),
        ("phone", "My number is XXX-XXX-XXXX.", "", ["XXX-XXX-XXXX"]),
        ("email", "bob at example dot com", "", ["bob@example.com"]),
        ("date", "on March 3rd, 2026 or 2026-04-05 or 5/6/2026 or 7 of May 2026", "",
         ["2026-03-03", "2026-04-05", "2026-05-06", "2026-05-07"]),
        ("date", "on 13/45/2026", "", []),
        ("amount", "$1,250.50 or twelve hundred dollars", "", ["1250.50", "1200"]),
        ("number", "about 4", "How many?", ["4"]),
        ("text", "anything at all", "", []),
    ],
)  # fmt: skip
def test_a_rule_finds_its_kind_and_nothing_else(kind: str, text: str, asked: str, values: list[str]) -> None:
    assert found(kind, text, asked) == values


def test_choices_are_named_and_flags_are_answered() -> None:
    assert found("choice", "I'd like the full-cover plan", choices=("basic", "full cover")) == ["full cover"]
    flag = Field(name="isSmoker", kind="flag")
    assert [each.value for each in find(flag, "No, never.", "Are you a smoker, is that so?")] == ["false"]
    assert find(flag, "No, never.", "Anything else?") == []
