"""What callers say, or paste, cannot hold up the work after the call."""

import time

import pytest

from earwitness.projections.extraction import rules
from earwitness.projections.extraction.schema import Field
from earwitness.understanding import sentiment

MEBIBYTE = 1 << 20
UNITS = [
    "x",
    "y ",
    "1",
    "1 ",
    "one ",
    "and ",
    "a at ",
    "a@",
    ".",
    "'20 ",
    "2020 ",
    "90210 ",
    "a b ",
    "$1",
    "CA, ",
]
KINDS = ("year", "make", "model", "zip", "phone", "email", "amount", "date", "number", "choice", "flag")


@pytest.mark.parametrize("unit", UNITS)
def test_a_mebibyte_that_says_nothing_is_looked_through_at_once(unit: str) -> None:
    text = (unit * MEBIBYTE)[:MEBIBYTE]
    fields = [Field(name="f", kind=kind, choices=("a", "b")) for kind in KINDS]
    began = time.process_time()
    for field in fields:
        rules.find(field, text, asked=text)
    sentiment.sentiment_of(text)
    assert time.process_time() - began < 30  # a rule that costs the square of a text takes a day
