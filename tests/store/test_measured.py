"""What is measured on the sound, in the row of its conversation."""

import pytest

from earwitness.errors import NotFound
from earwitness.projections.figures import Figures, Times
from earwitness.store.catalog import Catalog
from earwitness.store.measured import measured
from store_calls import a_call, an_id

FIGURES = Figures(
    response_ms=Times(count=2, p50=700, p95=1900, longest=1900),
    first_sound_ms=80,
    dead_air_ms=4000,
    overlap_ms=30,
    agent_share=0.6,
    interruptions_by_caller=2,
    interruptions_by_agent=1,
)


def test_figures_stand_in_the_row_until_their_sound_is_no_longer_true(catalog: Catalog) -> None:
    catalog.put(a_call(1))
    catalog.put_figures("default", an_id(1), FIGURES, health_score=77)
    row = catalog.get("default", an_id(1)).document()
    assert {name: row[name] for name in measured(FIGURES)} == measured(FIGURES)
    assert (row["response_p95_ms"], row["agent_share"], row["health_score"]) == (1900, 0.6, 77)
    catalog.remove_artifacts("default", an_id(1))
    row = catalog.get("default", an_id(1)).document()
    assert {row[name] for name in measured(FIGURES)} == {None}


def test_a_conversation_that_is_written_again_by_a_process_that_remembers_it_is_whole(url: str) -> None:
    one, other = Catalog.open(url), Catalog.open(url)
    one.put(a_call(1))
    other.put_figures("default", an_id(1), FIGURES, health_score=77)
    one.put(a_call(1, count=5))
    row = other.get("default", an_id(1))
    assert (row.message_count, row.dead_air_ms) == (5, 4000)
    one.close()
    other.close()


def test_a_conversation_that_is_not_there_has_no_figures(catalog: Catalog) -> None:
    with pytest.raises(NotFound):
        catalog.put_figures("default", an_id(9), FIGURES, health_score=77)
