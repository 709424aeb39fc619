"""Clocks of legs on different hosts: how far apart, how sure, and what is told of the call then."""

import time

import pytest

from earwitness.library import Library
from journal_legs import Legs
from recorded import as_it_was
from two_hosts import LAG_MS, telephone, voice_ai

OTHER = ("take_your_time", "hours", "price", "goodbye")


@pytest.fixture
def library(tmp_path):
    library = Library(as_it_was(tmp_path))
    yield library
    library.catalog.close()


@pytest.mark.parametrize("off_ms", [700, -3000])
def test_a_clock_that_is_off_is_found_and_set(tmp_path, library, off_ms):
    began_s = time.time() - 3600
    with Legs(tmp_path, began_s=began_s) as here, Legs(tmp_path, began_s=began_s + off_ms / 1000) as there:
        telephone(here, clock="here")
        late = voice_ai(there, clock="there")
    library.catch_up()
    [recorded] = library.conversations()
    legs = {leg["provider"]: leg for leg in recorded.document()["legs"]}
    found = legs["openai"]
    assert abs(found["clock_offset_ms"] - off_ms - LAG_MS) <= 10, found
    assert found["clock_certainty"] > 0.8
    assert (found["clock_against"], found["is_clock_set"]) == (legs["twilio"]["id"], True)
    assert legs["twilio"]["clock_offset_ms"] is None
    began_ns = recorded.conversation.began_at_ns
    opened_ms = (began_ns / 1e6 + found["opened_ms"]) - began_s * 1000
    assert abs(opened_ms - (50 - LAG_MS)) <= 15  # as if one clock had stamped both
    [row] = [row for row in recorded.legs() if row.id == late.leg]
    assert row.clock_offset_ms == found["clock_offset_ms"]
    assert f"clock {found['clock_offset_ms']:+d} ms" in recorded.summary()
    assert library.prove() == []
    before = library.catalog.dump()
    library.reindex()
    assert library.catalog.dump() == before


def test_where_nothing_is_shared_the_doubt_is_told_and_no_clock_is_set(tmp_path, library):
    began_s = time.time() - 3600
    with Legs(tmp_path, began_s=began_s) as here, Legs(tmp_path, began_s=began_s + 0.7) as there:
        telephone(here, clock="here")
        voice_ai(there, OTHER, clock="there")
    library.catch_up()
    [recorded] = library.conversations()
    found = recorded.document()["legs"][1]
    assert found["clock_certainty"] < 0.4
    assert found["is_clock_set"] is False
    assert found["opened_ms"] == 750
    assert "too unsure to set" in recorded.summary()


def test_legs_of_one_clock_are_taken_as_they_are(tmp_path, library):
    with Legs(tmp_path, began_s=time.time() - 3600) as legs:
        telephone(legs, clock="here")
        voice_ai(legs, clock="here")
    library.catch_up()
    [recorded] = library.conversations()
    assert [leg.clock_certainty for leg in recorded.legs()] == [None, None]
    assert recorded.document()["legs"][1]["opened_ms"] == 50
