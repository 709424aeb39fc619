import json
from dataclasses import replace
from typing import Any

from earwitness.model.conversation import Conversation, ToolCall
from earwitness.model.events import Party, Role
from earwitness.projections.extraction.extract import (
    Extraction,
    document,
    extract,
    named_document,
)
from earwitness.projections.extraction.schema import INSURANCE, schema_of
from store_calls import SECOND, a_call, a_message


def talk(*lines: tuple[str, str]) -> Conversation:
    """Lines of (`caller`, `agent` or `tool`, words or arguments), a second apart."""
    call = a_call(count=0)
    leg = call.legs[0]
    messages, tools = [], []
    for at, (who, words) in enumerate(lines):
        if who == "tool":
            tools.append(
                ToolCall(key=f"t{at}", leg=leg.id, call=f"t{at}", arguments=words, called_ns=at * SECOND)
            )
            continue
        role, party = (Role.USER, Party.CALLER) if who == "caller" else (Role.ASSISTANT, Party.AGENT)
        fields = {"role": role, "party": party, "text": words, "heard_text": words}
        messages.append(a_message(leg, at, **fields))
    ended = len(lines) * SECOND
    return replace(call, messages=tuple(messages), tool_calls=tuple(tools), ended_ns=ended)


def known(*lines: tuple[str, str]) -> dict[str, str]:
    return {name: value.value for name, value in extract(talk(*lines), INSURANCE).at().items()}


def test_every_value_names_its_message_its_method_and_how_sure_it_is() -> None:
    call = talk(
        ("caller", "It's a 2020 Toyota Camry"), ("tool", '{"zip_code": 90210, "vehicle": {"year": 2020}}')
    )
    found = extract(call, INSURANCE).at()
    assert {name: value.value for name, value in found.items()} == {
        "vehicleYear": "2020",
        "vehicleMake": "Toyota",
        "vehicleModel": "Camry",
        "zipCode": "90210",
    }
    model, code = found["vehicleModel"], found["zipCode"]
    assert (model.message, model.tool_call, model.method, model.at_ms) == (
        call.messages[0].key,
        None,
        "rule",
        0,
    )
    assert (code.message, code.tool_call, code.method, code.at_ms) == (None, "t1", "tool_argument", 1000)
    assert 0.5 < model.confidence < code.confidence < 1
    assert found["vehicleYear"].method == "tool_argument"


def test_a_later_word_overrules_an_earlier_one() -> None:
    first = ("caller", "It's a 2018 Honda Civic, zip 10001")
    assert known(first, ("caller", "Sorry, the car is a 2019"))["vehicleYear"] == "2019"
    assert known(first, ("caller", "No, zip code 90210, not 10001"))["zipCode"] == "90210"
    assert known(("caller", "We have a 2018, sorry, 2019 Civic"))["vehicleYear"] == "2019"
    assert known(first, ("caller", "Not the Civic, a Honda Accord"))["vehicleModel"] == "Accord"


def test_what_a_tool_was_asked_is_overruled_by_a_correction_and_by_nothing_less() -> None:
    asked = [("caller", "a 2018 Honda Civic"), ("tool", '{"model": "Civic", "year": "2018"}')]
    assert (
        known(*asked, ("caller", "That Toyota Camry of 2015 over there is nice"))["vehicleModel"] == "Civic"
    )
    assert known(*asked, ("caller", "Actually it is a Honda Accord"))["vehicleModel"] == "Accord"
    answered = [("agent", "What year is the car?"), ("caller", "2021")]
    assert known(*asked, *answered)["vehicleYear"] == "2021"


def test_what_is_somebody_elses_or_past_or_only_asked_counts_for_nothing() -> None:
    assert (
        known(("caller", "My wife drives a 2015 Nissan Altima"), ("caller", "I used to have a Honda Accord"))
        == {}
    )
    assert known(("agent", "Is it a Ford Focus or a Tesla Model S?"), ("caller", "Neither")) == {}
    mine = known(("caller", "I sold my old car, now I drive a 2020 Kia Sorento"))
    assert mine["vehicleModel"] == "Sorento"


def test_what_the_agent_repeats_counts_where_the_caller_said_nothing() -> None:
    repeated = ("agent", "So that is the 2016 Toyota RAV4, correct?")
    assert known(repeated, ("caller", "Yes"))["vehicleModel"] == "RAV4"
    assert known(("caller", "a 2017 Kia Sorento"), repeated)["vehicleModel"] == "Sorento"
    assert known(repeated, ("caller", "a 2017 Kia Sorento"))["vehicleModel"] == "Sorento"


def test_what_is_shown_is_masked_everywhere() -> None:
    call = talk(
        ("caller", "Call me at 310 555 0199 or mail bob@acme.org"), ("tool", '{"phone": "3105550199"}')
    )
    found = extract(call, INSURANCE)
    assert found.at()["phoneNumber"].value == "3105550199"
    for told in (document(call, found), named_document(call, found)):
        assert "0199" not in json.dumps(told)
        assert "acme" not in json.dumps(told)
    assert named_document(call, found) == {
        "conversationId": call.id,
        "sessionId": "sess_1",
        "phoneNumber": "XXX-XXX-XXXX",
        "email": "user@example.com",
        "extractedAt": "2025-11-20T14:14:22.123456Z",
    }


def test_a_moment_in_the_call_knows_what_was_said_by_then() -> None:
    found = extract(talk(("caller", "a Toyota Camry"), ("caller", "zip code 90210")), INSURANCE)
    assert [len(found.shown(at_ms)) for at_ms in (-1, 0, 999, 1000)] == [0, 2, 2, 3]


def test_broken_or_strange_arguments_are_no_values() -> None:
    nested: Any = {"year": 2020}
    for _ in range(40):
        nested = {"a": nested}
    strange = [
        '{"year": ',
        "[]",
        "7",
        '{"year": null, "make": {"x": []}}',
        json.dumps(nested),
        '{"zip": true}',
    ]
    assert known(*(("tool", each) for each in strange)) == {}


def test_any_schema_can_be_asked_for() -> None:
    schema = schema_of({"properties": {"date": {"format": "date"}, "guests": {"type": "integer"}}})
    call = talk(("agent", "How many guests?"), ("caller", "We are 4, on May 3rd 2026"))
    found: Extraction = extract(call, schema)
    assert found.shown() == {"date": "2026-05-03", "guests": 4}
