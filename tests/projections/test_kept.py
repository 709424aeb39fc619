"""What another recorder said goes out again only in its own layout."""

from dataclasses import replace

import pytest

from earwitness.model.conversation import Conversation, Leg
from earwitness.projections.kept import kept

LEG = Leg(id="l", provider="imported", way="import", route="", opened_ns=0)
IMPORTED = {"imported": {"layout": "s3", "_summary": {"a": 1}}}
CALL = Conversation(id="c", legs=(LEG,), metadata=IMPORTED)


def test_what_was_said_in_that_document_is_kept() -> None:
    assert kept(CALL, "s3", "_summary") == {"a": 1}


@pytest.mark.parametrize(
    "call",
    [
        replace(CALL, legs=(LEG, LEG)),
        replace(CALL, legs=(replace(LEG, way="tap"),)),
        replace(CALL, metadata={"imported": "yes"}),
        replace(CALL, metadata={"imported": {"layout": "s3", "_summary": 1}}),
        replace(CALL, metadata={"imported": {"layout": "opusagent", "_summary": {"a": 1}}}),
    ],
)
def test_a_call_that_is_more_or_other_tells_of_itself(call: Conversation) -> None:
    assert kept(call, "s3", "_summary") == {}
