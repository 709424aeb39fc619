"""Moments spelled out."""

import pytest

from earwitness.projections import moments
from told import CALL, SECOND


def test_an_instant_is_on_the_calendar_with_and_without_its_zone():
    assert moments.instant(CALL, 1_500_000_999) == "2024-12-01T14:30:23.623457Z"
    assert moments.naive(CALL, 1_500_000_999) == "2024-12-01T14:30:23.623457"
    assert (moments.instant(CALL, None), moments.naive(CALL, None)) == (None, None)


def test_the_compact_start_is_what_file_names_use():
    assert moments.compact(CALL) == "20241201_143022"


@pytest.mark.parametrize(
    ("at_ns", "face"),
    [
        (0, "00:00:00.000"),
        (1_999_999, "00:00:00.001"),
        (61 * SECOND, "00:01:01.000"),
        (100 * 3600 * SECOND, "100:00:00.000"),
        (-5, "00:00:00.000"),
    ],
)
def test_a_clock_face_counts_from_the_start(at_ns, face):
    assert moments.clock_face(at_ns) == face
    assert moments.clock_face(at_ns, ",") == face.replace(".", ",")


def test_milliseconds_are_whole_and_seconds_have_three_places():
    assert moments.milliseconds(1_999_999) == 1
    assert moments.milliseconds(None) is None
    assert moments.seconds(1_234_567_890) == 1.235
