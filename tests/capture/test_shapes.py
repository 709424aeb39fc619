"""The quick look for needles must never miss what a pattern would find."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.capture.shapes import FIELDS, HEADERS_OBJECT, NEEDLES, SHAPES


@pytest.mark.parametrize("pattern", [*FIELDS, *SHAPES, *HEADERS_OBJECT], ids=lambda p: p.pattern[:30])
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_a_pattern_finds_has_a_needle_even_without_its_digits(pattern, data):
    found = data.draw(st.from_regex(pattern))
    match = pattern.search(found)
    lower = re.sub(rb"[0-9]", b"", match[0]).lower()
    assert any(needle in lower for needle in NEEDLES)
    assert any(needle in match[0].lower() for needle in NEEDLES)


def test_no_needle_holds_a_digit():
    assert not [needle for needle in NEEDLES if re.search(rb"[0-9A-Z]", needle)]
