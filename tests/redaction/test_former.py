"""What was taken out before the original went is told of further on, in its place."""

from dataclasses import replace

from earwitness.model.conversation import Conversation, Message
from earwitness.model.events import Party, Role
from earwitness.model.redacted import Abridged, Redaction
from earwitness.redaction.former import with_former

PHONE = Redaction(kind="phone", key="l:m", field="text", start=8, end=20, from_ns=1, until_ns=9)
TEXT = "Call me XXX-XXX-XXXX, Jane"
BEFORE = Abridged(
    redactions=(PHONE,), silenced={"caller": ((10, 20),)}, heard={"l:m": "Call me"}, has_beeps=True
)
TOLD = Conversation(
    id="c",
    messages=(Message(key="l:m", leg="l", item="m", role=Role.USER, party=Party.CALLER, text=TEXT),),
    abridged=(BEFORE,),
)


def becoming(text: str, **more: object) -> Conversation:
    return with_former(TOLD, replace(TOLD, messages=(replace(TOLD.messages[0], text=text),), **more))


def test_it_is_listed_heard_and_silent_as_it_was() -> None:
    now = becoming(TEXT)
    assert (now.redactions, now.silenced, now.has_beeps) == ((PHONE,), {"caller": ((10, 20),)}, True)
    assert (now.messages[0].heard_text, now.redaction) == ("Call me", "redacted")


def test_what_is_found_once_more_in_the_same_place_is_listed_once() -> None:
    assert becoming(TEXT, redactions=(PHONE,)).redactions == (PHONE,)


def test_its_mask_moves_with_what_is_taken_out_before_it_and_stays_for_what_is_behind() -> None:
    assert becoming("Call me XXX-XXX-XXXX, [name]").redactions == (PHONE,)
    [moved] = becoming("[said] me XXX-XXX-XXXX, Jane").redactions
    assert (moved.start, moved.end) == (10, 22)
    [lost] = becoming("[said] me XXX-XXX-XXXX, [name]").redactions
    assert (lost.start, lost.end) == (None, None)


def test_silence_of_before_and_of_now_is_one() -> None:
    now = becoming("x", silenced={"caller": ((15, 30),), "agent": ((1, 2),)})
    assert now.silenced == {"caller": ((10, 30),), "agent": ((1, 2),)}


def test_of_a_call_that_is_whole_nothing_is_added() -> None:
    whole = replace(TOLD, abridged=())
    assert with_former(whole, whole) is whole
