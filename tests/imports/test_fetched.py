"""When a fetched recording began, and that it has one id, however often it is told of."""

import pytest

from earwitness.clock import NS_PER_S
from earwitness.imports.fetched import Recording, leg_of

TOLD = {"sid": "RE1", "call": "CA1", "url": "https://api.twilio.com/RE1", "told_ns": 1_800_000_100 * NS_PER_S}


@pytest.mark.parametrize(
    ("told", "began_s"),
    [
        ({"start": "Fri, 15 Jan 2027 08:00:00 +0000"}, 1_800_000_000),
        ({"start": "2027-01-15T08:00:00Z"}, 1_800_000_000),
        ({"seconds": "60"}, 1_800_000_040),
        ({"start": "Fri, 15 Jan 9999 08:00:00 +0000"}, 1_800_000_100),
        ({"start": "soon", "seconds": "-1"}, 1_800_000_100),
    ],
)
def test_it_began_when_twilio_says_or_as_long_ago_as_it_is_long(told, began_s):
    assert Recording(**TOLD, **told).began_ns == began_s * NS_PER_S


def test_its_id_is_that_of_the_recording_within_its_workspace():
    told = Recording(**TOLD, seconds="60")
    leg = leg_of(told, "default")
    assert leg.opened.leg == leg_of(told, "default", None, "HTTP 404").opened.leg
    assert leg.opened.leg != leg_of(told, "other").opened.leg
    assert leg.opened.links == ("call:CA1", "recording:RE1")
