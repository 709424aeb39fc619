"""What a conversation comes to in rows: numbers and names of kinds, and never a word that was said."""

import msgspec
import numpy as np
import pytest

from earwitness.lake.tables import TABLES, rows_of
from earwitness.library import Library
from earwitness.model.events import Party
from earwitness.projections.figures import Figures, Side, Stretch
from earwitness.projections.understood import understand
from earwitness.settings import Settings
from earwitness.settings.understanding import Price
from journal_legs import Legs

WORDS = "Are you open on Sunday?"


@pytest.fixture
def told(tmp_path):
    """A call of two turns, with a subject, metadata and labels."""
    with Legs(tmp_path) as legs:
        leg = legs.open(
            subject="RID-SECRET",
            labels=["vip"],
            metadata={"agent": "reception", "note": "METASECRET"},
            route="line",
        )
        leg.user(100, "item_1", WORDS)
        leg.assistant(1500, "item_2", "Until ten.", np.full(24_000, 900, "<i2").tobytes())
        leg.end(4000)
    library = Library(Settings(data_dir=str(tmp_path)))
    library.follower().tick()
    yield library.conversation(leg.conversation).conversation
    library.catalog.close()


def rows(told, figures=None, prices=None):
    return rows_of(told, figures or Figures(), understand(told), prices or {})


def test_a_call_has_a_row_of_its_own_and_one_for_each_message_and_turn(told):
    made = rows(told)
    assert made.keys() == TABLES.keys()
    [head] = made["conversations"]
    assert (head.providers, head.routes, head.labels, head.agent) == (
        ("openai",),
        ("line",),
        ("vip",),
        "reception",
    )
    assert (head.day.isoformat(), head.hour, head.messages) == ("2025-11-20", 14, 2)
    assert [row.role for row in made["messages"]] == ["user", "assistant"]
    assert made["messages"][0].letters == len(WORDS)


def test_no_word_that_was_said_and_nobodys_name_is_in_any_row(told):
    text = msgspec.json.encode(rows(told)).decode()
    for secret in ("Sunday", "Until ten", "RID-SECRET", "METASECRET"):
        assert secret not in text


def test_turns_are_taken_from_the_sound_where_there_is_some(told):
    figures = Figures(
        caller=Side(speech=((0, 900), (5_000, 6_000))),
        agent=Side(speech=((1_500, 2_000), (2_300, 3_000), (6_800, 9_000))),
        responses=(Stretch(at_ms=900, ms=600), Stretch(at_ms=6_000, ms=800)),
    )
    turns = rows(told, figures)["turns"]
    assert [(turn.party, turn.started_ms, turn.ended_ms, turn.response_ms) for turn in turns] == [
        ("caller", 0, 900, None),
        ("agent", 1_500, 3_000, 600),
        ("caller", 5_000, 6_000, None),
        ("agent", 6_800, 9_000, 800),
    ]
    assert {turn.source for turn in turns} == {"sound"}


def test_no_measured_answer_is_lost_where_both_speak_at_once(told):
    figures = Figures(
        caller=Side(speech=((0, 4_000),)),
        agent=Side(speech=((1_000, 2_000), (4_500, 5_000))),
        responses=(Stretch(at_ms=4_000, ms=500),),
    )
    assert [turn.response_ms for turn in rows(told, figures)["turns"]] == [None, None, 500]


def test_without_sound_turns_are_those_of_the_events_and_say_so(told):
    turns = rows(told)["turns"]
    assert [turn.source for turn in turns] == ["events", "events"]
    assert [turn.party for turn in turns] == [Party.CALLER.value, Party.AGENT.value]


def test_what_it_cost_stands_there_where_prices_are_set(told):
    assert rows(told)["conversations"][0].cost is None
    assert rows(told, prices={"openai": Price(per_call=2.0)})["conversations"][0].cost == 2.0
