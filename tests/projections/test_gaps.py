"""What is missing is said in words a reader understands."""

from dataclasses import replace

from earwitness.projections import gaps
from told import CALL, GAP


def test_what_is_not_known_of_a_gap_is_not_made_up_and_one_is_no_plural():
    unknown = replace(GAP, record_count=None, until_ns=None)
    assert gaps.sentence(CALL, unknown) == (
        "an unknown number of records are missing from 1.000 s on: more came at once than could be held"
    )
    one = replace(GAP, record_count=1, reason="torn")
    assert gaps.sentence(CALL, one) == (
        "1 record is missing from 1.000 s on over 2.000 s: it broke off in the middle"
    )


def test_of_several_legs_a_gap_names_the_one_it_is_on():
    legs = (CALL.legs[0], replace(CALL.legs[0], id="leg-2", provider="twilio"))
    found = (replace(GAP, reason="crash"), replace(GAP, reason="crash", leg="leg-2"))
    call = replace(CALL, legs=legs)
    died = "the recorder died, or could write no more, at 1.000 s: what followed on the leg of {} is not kept"
    assert [gaps.sentence(call, gap) for gap in found] == [died.format(leg.provider) for leg in legs]
