from dataclasses import replace
from typing import Any

import pytest

from earwitness.model.events import Party, Role
from earwitness.store.entries import with_entries
from earwitness.store.measured import measured
from earwitness.store.schema import metadata
from earwitness.store.tabulate import KEYS, tabulate
from store_calls import SECOND, a_full_call, a_leg, a_message


def test_every_row_has_every_column_of_its_table() -> None:
    sheets = with_entries(tabulate(a_full_call())).sheets
    given_later = {
        "conversations": {"revision", *measured(None), "derived_outcome", "files_version", "failed_saves"},
        "messages": {"id"},
    }
    assert sheets.keys() == KEYS.keys()
    for name, sheet in sheets.items():
        columns = set(metadata.tables[name].c.keys()) - given_later.get(name, set())
        assert sheet, name
        assert all(set(row) == columns for row in sheet.values()), name


def test_rows_of_messages_that_did_not_change_are_the_same_objects() -> None:
    call = a_full_call()
    before = tabulate(call)
    more = (*call.messages[:3], replace(call.messages[3], text="longer"), a_message(call.legs[0], 4))
    after = tabulate(replace(call, messages=more), before)
    assert after.sheets == tabulate(replace(call, messages=more)).sheets
    pairs = zip(before.sheets["messages"].values(), after.sheets["messages"].values(), strict=False)
    assert [one is other for one, other in pairs] == [True, True, True, False]


def test_rows_are_made_anew_when_what_they_stand_on_has_changed() -> None:
    call = a_full_call()
    before = tabulate(call)
    for changed in (
        replace(call, began_at_ns=call.began_at_ns + SECOND),
        replace(call, legs=(a_leg(provider="hume"), call.legs[1])),
        replace(call, messages=call.messages[::-1]),
        replace(call, messages=call.messages[1:]),
        replace(call, messages=(call.messages[0], *call.messages)),
    ):
        assert tabulate(changed, before).sheets == tabulate(changed).sheets


def test_messages_of_one_party_on_end_are_one_turn_and_what_nobody_said_is_none() -> None:
    call = a_full_call()
    leg = call.legs[0]
    of = {
        "user": {"role": Role.USER, "party": Party.CALLER},
        "agent": {"role": Role.ASSISTANT, "party": Party.AGENT},
    }
    said = [
        a_message(leg, place, **of[who])
        for place, who in enumerate(("user", "user", "agent", "agent", "user"))
    ]
    prompt = a_message(leg, 5, role=Role.SYSTEM, party=None)
    put_in = a_message(leg, 6, **of["agent"], is_inserted=True)
    [row] = tabulate(replace(call, messages=(*said, prompt, put_in))).sheets["conversations"].values()
    assert (row["turn_count"], row["message_count"]) == (3, 7)


def test_a_call_stands_with_the_routes_it_came_by_each_once() -> None:
    legs = (
        a_leg(route="phone"),
        a_leg(id="2", route="ai"),
        a_leg(id="3", route="phone"),
        a_leg(id="4", route=""),
    )
    [row] = tabulate(replace(a_full_call(), legs=legs)).sheets["conversations"].values()
    assert row["routes"] == ["phone", "ai"]


def test_two_messages_of_one_key_do_not_put_others_out_of_step() -> None:
    call = a_full_call()
    twice = replace(call, messages=(call.messages[0], *call.messages))
    again = replace(twice, messages=(*twice.messages[:4], replace(twice.messages[4], text="longer")))
    assert tabulate(again, tabulate(twice)).sheets == tabulate(again).sheets


@pytest.mark.parametrize(
    ("said", "columns"),
    [
        ({}, (None, None, None, None)),
        ({"confidence": 0.9}, (0.9, "provider", None, None)),
        (
            {"emotions": {"p": {"joy": 0.8, "fear": 0.1}}, "sentiment": "positive"},
            (0.8, "derived:p", "positive", {"joy": 0.8, "fear": 0.1}),
        ),
        ({"emotions": {"p": {"joy": 0.8}}, "confidence": 0.5}, (0.5, "provider", None, {"joy": 0.8})),
        (
            {
                "emotions": {"p": {"x": 0.8}, "q": {"joy": 0.3}},
                "sentiment": "positive",
                "sentiment_source": "derived:q",
            },
            (0.3, "derived:q", "positive", {"joy": 0.3}),
        ),
        (
            {
                "emotions": {"p": {"x": 0.8}, "q": {"joy": 0.3}},
                "sentiment": "neutral",
                "sentiment_source": "provider",
            },
            (0.8, "derived:p", "neutral", {"x": 0.8}),
        ),
    ],
)
def test_scores_and_sentiment_stand_in_columns_of_their_own(
    said: dict[str, Any], columns: tuple[Any, ...]
) -> None:
    call = a_full_call()
    (row,) = (
        tabulate(replace(call, messages=(replace(call.messages[0], **said),))).sheets["messages"].values()
    )
    named = ("confidence", "confidence_source", "sentiment", "emotion_scores")
    assert tuple(row[name] for name in named) == columns
    assert row["sentiment_source"] == said.get("sentiment_source")
