"""Annotations and labels over HTTP: who may say something of a conversation, and what is kept of it."""

import pytest

from asked import Asker


def of(order: str) -> str:
    return f"/api/v1/conversations/{order}"


def test_who_may_write_annotates_and_everybody_who_reads_sees_it(own_asker: Asker, order: str) -> None:
    new = {"kind": "span", "from_ms": 1500, "to_ms": 2500, "text": "cut her off", "rating": 2}
    made = own_asker.ask(of(order) + "/annotations", "write", "POST", json=new)
    assert made.status_code == 201, made.text
    (seen,) = own_asker.ask(of(order) + "/annotations").json()["annotations"]
    assert seen == made.json()
    assert new.items() <= seen.items()
    assert seen["author"].startswith("key:")
    assert own_asker.ask("/api/v1/search?q=%22cut+her+off%22").json()["hits"][0]["kind"] == "note"
    gone = own_asker.ask(f"{of(order)}/annotations/{seen['id']}", "write", "DELETE")
    assert gone.status_code == 204
    assert own_asker.ask(of(order) + "/annotations").json() == {"annotations": []}
    assert own_asker.ask(f"{of(order)}/annotations/{seen['id']}", "write", "DELETE").status_code == 404


def test_labels_are_set_and_taken_away_and_lists_know(own_asker: Asker, order: str) -> None:
    before = own_asker.ask(of(order)).json()["labels"]
    put = own_asker.ask(of(order) + "/labels/needs%20review", "write", "PUT")
    assert put.json() == {"labels": [*before, "needs review"]}
    listed = own_asker.ask("/api/v1/conversations?label=needs+review").json()["conversations"]
    assert [row["id"] for row in listed] == [order]
    assert own_asker.ask(of(order)).json()["labels"] == [*before, "needs review"]
    for label in [*before, "needs review"]:
        assert own_asker.ask(f"{of(order)}/labels/{label}", "write", "DELETE").status_code == 200
    assert own_asker.ask(of(order)).json()["labels"] == []
    assert before


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"kind": "rating"}', '{"kind": "rating", "rating": 6}', '{"kind": "note", "more": 1}'],
)
def test_what_says_nothing_is_refused_with_a_hint(own_asker: Asker, order: str, body: str) -> None:
    answer = own_asker.ask(of(order) + "/annotations", "write", "POST", content=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["hint"]


def test_who_only_reads_changes_nothing(own_asker: Asker, order: str) -> None:
    note = {"kind": "note", "text": "x"}
    assert own_asker.ask(of(order) + "/annotations", "read", "POST", json=note).status_code == 403
    assert own_asker.ask(of(order) + "/labels/x", "read", "PUT").status_code == 403
    assert own_asker.ask(of(order) + "/labels/x", "other", "PUT").status_code == 404
