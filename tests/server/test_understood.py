"""Summary, extraction and what snapshots knew, over HTTP."""

import pytest

from asked import Asker


def of(call: str) -> str:
    return f"/api/v1/conversations/{call}"


def test_the_summary_is_there_as_text_and_as_json_and_says_who_wrote_it(asker: Asker, order: str) -> None:
    text = asker.ask(of(order) + "/summary")
    assert text.headers["Content-Type"].startswith("text/plain")
    told = asker.ask(of(order) + "/summary?format=json").json()
    assert told["written_by"] == "rules"
    assert "pizza" in told["text"]
    assert "order" in told["topics"]
    assert told["text"] in text.text
    assert told["statistics"]["messages"] > 0


def test_the_extraction_is_there_by_the_schema_that_is_set_and_by_any_other(asker: Asker, order: str) -> None:
    told = asker.ask(of(order) + "/extraction").json()
    assert told["schema"] == "insurance"
    fields = {"size": {"enum": ["small", "large"]}, "quantity": {"type": "integer"}}
    schema = {"title": "Order", "properties": fields}
    told = asker.ask(of(order) + "/extraction", "write", method="POST", json=schema).json()
    assert (told["schema"], told["data"]) == ("order", {"size": "large", "quantity": 1})
    (size,) = [value for value in told["values"] if value["field"] == "size" and value["holds"]]
    assert size["method"] == "tool_argument"


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"properties": {}}', "x"])
def test_what_is_no_schema_is_refused_with_a_hint(asker: Asker, order: str, body: str) -> None:
    answer = asker.ask(of(order) + "/extraction", "write", method="POST", content=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["hint"]


def test_snapshots_carry_what_was_known_by_then(asker: Asker, order: str) -> None:
    shots = asker.ask(of(order) + "/snapshots").json()["snapshots"]
    known = [shot["extracted"] for shot in shots]
    assert known[0] == {}
    assert known[-1] == {"phoneNumber": "XXX-XXX-XXXX"} == asker.ask(of(order) + "/extraction").json()["data"]
