"""Hume's names: of events, of scores, and those of the JavaScript client."""

import json

import pytest

from earwitness.decoders.hume_names import OTHER_SOCKETS, SCORES, score_name, snake
from shared import SHARED
from wirelogs import Playbook


def test_there_are_forty_eight_scores() -> None:
    assert len(set(SCORES)) == len(SCORES) == 48
    assert {"Surprise (negative)", "Surprise (positive)", "Empathic Pain"} < set(SCORES)


@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/specs/hume")
def test_scores_are_those_of_the_vendor_s_schema() -> None:
    assert SHARED
    schema = SHARED / "protocols" / "specs" / "hume" / "sdk_SubscribeEvent.schema.json"
    told = json.loads(schema.read_text("utf-8"))["$defs"]["EmotionScores"]["properties"]
    assert sorted(told) == sorted(SCORES)


def test_every_score_is_found_by_the_name_the_javascript_client_gives_it() -> None:
    for name in SCORES:
        first, *rest = name.replace("(", "").replace(")", "").split()
        assert score_name(first.lower() + "".join(word.capitalize() for word in rest)) == name
    assert score_name("newScore") == "newScore"


def test_names_in_camel_case_are_those_of_the_wire() -> None:
    assert snake("chatGroupId") == "chat_group_id"
    assert snake("assistant_message") == "assistant_message"
    assert snake("A") == "A"
    assert snake("") == ""


@pytest.mark.parametrize("part", OTHER_SOCKETS)
def test_other_sockets_are_told_once(part: str) -> None:
    leg = Playbook("hume", path=f"/v0{part}x?api_key=a")
    assert leg.server("error") == [f'Undecoded reason="no decoder for {OTHER_SOCKETS[part]}"']
    assert leg.server("error") == []
