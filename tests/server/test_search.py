"""`/api/v1/search`: hits with what stands around them, for those who may read them."""

from typing import Any

import pytest

from asked import Asker

BASE = "/api/v1/search"


def hits(asker: Asker, query: str, key: str = "read") -> list[dict[str, Any]]:
    answer = asker.ask(f"{BASE}?{query}", key)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["hits"]
    return found


def test_a_hit_shows_what_was_said_and_leads_to_its_message(asker: Asker) -> None:
    found = hits(asker, "q=mushroom*&kind=message&role=user&provider=openai")
    assert found
    for hit in found:
        assert {"mushrooms"} == {part["text"].lower() for part in hit["snippet"] if part["is_match"]}
        rows = asker.ask(f"/api/v1/conversations/{hit['conversation_id']}/messages").json()["messages"]
        (row,) = [row for row in rows if row["id"] == hit["message_id"]]
        assert "".join(part["text"] for part in hit["snippet"]) in row["text"]
        assert (row["started_ns"], row["role"]) == (hit["at_ns"], "user")


def test_pages_follow_one_another_to_the_end(asker: Asker) -> None:
    whole = [(hit["conversation_id"], hit["key"]) for hit in hits(asker, "q=a*&limit=200")]
    seen: list[tuple[str, str]] = []
    cursor = ""
    while True:
        page = asker.ask(f"{BASE}?q=a*&limit=7{cursor}").json()
        seen += [(hit["conversation_id"], hit["key"]) for hit in page["hits"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == whole
    assert len(whole) > 7


def test_tool_calls_and_labels_are_found(asker: Asker) -> None:
    assert {hit["kind"] for hit in hits(asker, "q=order&limit=200")} >= {"tool_call", "label"}


def test_nothing_is_found_in_another_workspace_or_by_another_person(own_asker: Asker) -> None:
    own_asker.library.subjects.add("default", ["RID-order", "RID-stranger"])
    theirs = own_asker.ask("/api/v1/conversations", "other").json()["conversations"]
    found = {hit["conversation_id"] for hit in hits(own_asker, "q=mushroom", "other")}
    assert found == {row["id"] for row in theirs}
    assert not found & {hit["conversation_id"] for hit in hits(own_asker, "q=mushroom&limit=200")}
    for subject in ("RID-order", "RID-stranger"):
        login = own_asker.ask("/api/v1/auth/login", None, "POST", json={"research_id": subject})
        own_asker.keys[subject] = login.json()["access_token"]
    own = hits(own_asker, "q=mushroom", "RID-order")
    assert {hit["subject"] for hit in own} == {"RID-order"}
    assert hits(own_asker, "q=mushroom", "RID-stranger") == []
    assert hits(own_asker, "q=mushroom&subject=RID-order", "RID-stranger") == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=",
        "q=%25",
        "q=x&sort=best",
        "q=x&kind=thing",
        "q=x&limit=201",
        "q=x&cursor=no",
        "q=" + "x" * 501,
    ],
)
def test_what_cannot_be_searched_is_a_problem_with_a_hint(asker: Asker, query: str) -> None:
    answer = asker.ask(f"{BASE}?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json()["hint"]
