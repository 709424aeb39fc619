"""What is measured on the sound, in the row of its conversation."""

from dataclasses import replace

import pytest

from earwitness.errors import NotFound
from earwitness.projections.doubts import Reason
from earwitness.projections.figures import Figures, Times
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
from earwitness.store.measured import measured
from store_calls import a_call, an_id
from told import GAP

FIGURES = Figures(
    response_ms=Times(count=2, p50=700, p95=1900, longest=1900),
    first_sound_ms=80,
    dead_air_ms=4000,
    overlap_ms=30,
    agent_share=0.6,
    interruptions_by_caller=2,
    interruptions_by_agent=1,
)
REASONS = [
    Reason(code="silent_agent", message="the agent's track is there, and silent", cost=15),
    Reason(code="clipping_caller", message="12 ms have lost their tops", cost=4),
    Reason(code="clipping_caller", message="30 ms have lost their tops", cost=4),
]


def test_figures_stand_in_the_row_until_their_sound_is_no_longer_true(catalog: Catalog) -> None:
    catalog.put(a_call(1))
    catalog.put_figures("default", an_id(1), FIGURES, reasons=REASONS)
    row = catalog.get("default", an_id(1)).document()
    assert {name: row[name] for name in measured(FIGURES)} == measured(FIGURES)
    assert (row["response_p95_ms"], row["agent_share"], row["health_score"]) == (1900, 0.6, 77)
    assert row["health_reasons"] == ["silent_agent", "clipping_caller"]
    catalog.remove_artifacts("default", an_id(1))
    row = catalog.get("default", an_id(1)).document()
    assert {row[name] for name in measured(FIGURES)} == {None}


def test_a_conversation_that_is_written_again_by_a_process_that_remembers_it_is_whole(url: str) -> None:
    one, other = Catalog.open(url), Catalog.open(url)
    one.put(a_call(1))
    other.put_figures("default", an_id(1), FIGURES, reasons=[])
    one.put(a_call(1, count=5))
    row = other.get("default", an_id(1))
    assert (row.message_count, row.dead_air_ms) == (5, 4000)
    one.close()
    other.close()


def test_a_conversation_that_is_not_there_has_no_figures(catalog: Catalog) -> None:
    with pytest.raises(NotFound):
        catalog.put_figures("default", an_id(9), FIGURES, reasons=[])


def test_a_record_is_found_by_what_stands_against_it_before_and_after_its_sound_was_measured(
    catalog: Catalog,
) -> None:
    def found(code: str) -> list[str]:
        return [row.id for row in catalog.find(ConversationQuery(health_reason=code)).items]

    spoilt = a_call(1)
    catalog.put(replace(spoilt, gaps=(replace(GAP, leg=spoilt.legs[0].id),)))
    catalog.put(a_call(2))
    assert catalog.get("default", an_id(1)).health_reasons == ["gap_overrun"]
    assert found("gap_overrun") == [an_id(1)]
    catalog.put_figures("default", an_id(2), FIGURES, reasons=REASONS)
    assert (found("silent_agent"), found("clipping_caller")) == ([an_id(2)], [an_id(2)])
    catalog.put_figures("default", an_id(2), FIGURES, reasons=REASONS[1:])
    assert (found("silent_agent"), found("clipping_caller")) == ([], [an_id(2)])
    assert catalog.overview("default").health == {"gap_overrun": 1, "clipping_caller": 1}
