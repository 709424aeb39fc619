"""A conversation as everybody may see it: words, calls, data, keys; whole, in pieces, and while it runs."""

from dataclasses import replace

import pytest

from earwitness.model.conversation import Digit, Finding, ToolCall
from earwitness.model.events import Party
from earwitness.redaction.conversation import Memory, Redactor
from earwitness.settings.redaction import Redaction
from lines import RUNNING, call, texts

REDACTOR = Redactor(Redaction())


def redacted(*lines, **fields):
    return REDACTOR.redact(call(*lines, **fields))


def test_masks_stand_where_telephone_and_address_were_and_are_listed():
    shown = redacted("u: I am at (415) 555-0123 or jane@doe.org, ok?")
    assert texts(shown) == ["I am at XXX-XXX-XXXX or user@example.com, ok?"]
    masks = [(r.kind, shown.messages[0].text[r.start : r.end]) for r in shown.redactions]
    assert masks == [("phone", "XXX-XXX-XXXX"), ("email", "user@example.com")]


def test_redacting_again_changes_nothing():
    once = redacted("u: 415-555-0123, jane@doe.org, 4111 1111 1111 1111, born 1985-03-04")
    assert texts(REDACTOR.redact(once)) == texts(once)


def test_names_within_data_are_looked_at_as_its_values_are():
    assert REDACTOR.value({"jane@doe.org": {"4111 1111 1111 1111": 1}}) == {
        "user@example.com": {"XXXX-XXXX-XXXX-XXXX": 1}
    }


def test_masks_can_be_ones_own():
    own = Redactor(Redaction(masks={"phone": "<phone>"}, patterns={"policy": "POL-[0-9]+"}))
    assert texts(own.redact(call("u: 415-555-0123 for POL-77"))) == ["<phone> for [policy]"]


def test_a_card_that_is_read_over_several_messages_is_masked_in_all_of_them():
    shown = redacted(
        "a: Your card?", "u: 4111 1111", "a: Go on.", "u: one one one one", "a: Yes?", "u: 1111 thanks"
    )
    card = "XXXX-XXXX-XXXX-XXXX"
    assert texts(shown) == ["Your card?", card, "Go on.", card, "Yes?", f"{card} thanks"]


def test_digits_of_different_speakers_are_not_one_number():
    assert texts(redacted("u: 4111 1111", "a: 1111 1111")) == ["4111 1111", "1111 1111"]


def test_an_answer_is_understood_by_its_question():
    shown = redacted(
        "a: And the three digits on the back of the card?", "u: Sure.", "u: It is nine oh seven."
    )
    assert texts(shown)[2] == "It is XXX."


def test_what_was_heard_of_a_message_is_masked_as_the_whole_is():
    whole = call("a: I have 415-555-0123 as your number.")
    cut = replace(whole.messages[0], heard_text="I have 415-555", status="interrupted")
    shown = REDACTOR.redact(replace(whole, messages=(cut,))).messages[0]
    assert shown.heard_text == "I have XXX-XXX-XXXX"
    assert shown.text.startswith(shown.heard_text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ('{"phone": "415 555 0123", "size": "large"}', '{"phone": "XXX-XXX-XXXX", "size": "large"}'),
        ('{"cardNumber": 4111111111111111}', '{"cardNumber": "XXXX-XXXX-XXXX-XXXX"}'),
        ('{"card": {"cvv": "123"}, "n": [1, 2]}', '{"card": {"cvv": "XXX"}, "n": [1, 2]}'),
        ('{"order_id": 4155550123}', '{"order_id": 4155550123}'),
        ('{"media_ns": 400000000, "sizeBytes": [4155550123]}',) * 2,
        ('{"media_ns": "4155550123"}', '{"media_ns": "XXX-XXX-XXXX"}'),  # a text is no measure
        ('{"date_of_birth": "1985-03-04"}', '{"date_of_birth": "XXXX-XX-XX"}'),
        ("call 415-555-0123", "call XXX-XXX-XXXX"),
        ("[" * 90 + '"jane@doe.org"' + "]" * 90, None),
    ],
)  # fmt: skip
def test_arguments_and_results_of_tools_are_masked_value_by_value(text, seen):
    tool = ToolCall(key="k", leg="leg-1", call="c", name="book", arguments=text, result=text, error=text)
    [shown] = redacted("u: Hello.", tool_calls=(tool,)).tool_calls
    assert "jane" not in shown.arguments
    if seen is not None:
        assert (shown.arguments, shown.result, shown.error) == (seen, seen, seen)


def test_data_that_applications_and_providers_gave_is_masked_too():
    found = Finding(code="provider_error", message="no such user jane@doe.org", at_ns=0)
    shown = redacted(
        "u: Hello.",
        metadata={"caller": "+14155550123", "n": 3},
        outcome="sent to jane@doe.org",
        findings=(found,),
    )
    assert shown.metadata == {"caller": "XXX-XXX-XXXX", "n": 3}
    assert shown.outcome == "sent to user@example.com"
    assert shown.findings[0].message == "no such user user@example.com"


def test_keys_that_make_up_a_number_are_masked_and_a_choice_is_not():
    seconds = [1, 2, 3, 4, 40]
    keys = tuple(
        Digit(digit=str(n), party=Party.CALLER, at_ns=at * 1_000_000_000) for n, at in enumerate(seconds)
    )
    assert [digit.digit for digit in redacted("u: Hello.", digits=keys).digits] == ["X", "X", "X", "X", "4"]


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (("u: My card is 4111 11",), "My card is XXX"),
        (("u: It is 4111 1111",), "It is XXX"),
        (("u: Room 12",), "Room 12"),
        (("u: 4111 1111 is not all of it",), "4111 1111 is not all of it"),
    ],
)
def test_of_a_running_call_a_number_that_is_not_finished_is_held_back(lines, last):
    assert texts(redacted(*lines, **RUNNING))[-1] == last


def test_a_number_that_came_to_nothing_is_shown_once_that_is_known():
    lines = ("u: I counted to 123456", "a: Good.", "u: Yes.")
    assert texts(redacted(*lines, **RUNNING)) == [line[3:] for line in lines]


def test_with_a_memory_only_what_is_new_is_looked_at_and_the_result_is_the_same(monkeypatch):
    memory, looked = Memory(), []
    find = REDACTOR.detector.find
    monkeypatch.setattr(REDACTOR.detector, "find", lambda t, *rest: looked.append(tuple(t)) or find(t, *rest))
    lines = [f"u: I am number {n}, call 415-555-01{n:02}" for n in range(20)]
    for count in range(1, 21):
        shown = REDACTOR.redact(call(*lines[:count]), memory)
        assert texts(shown) == texts(REDACTOR.redact(call(*lines[:count])))
    looked.clear()
    REDACTOR.redact(call(*lines, "u: Bye."), memory)
    assert looked.count(("Bye.",)) == 1
    assert not [one for one in looked if "number" in one[0]]
