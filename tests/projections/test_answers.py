"""How long answers took, by the events."""

from dataclasses import replace

from earwitness.model.events import Role
from earwitness.projections.answers import response_times, response_times_ms
from told import CALL, SECOND, message


def test_an_answer_took_from_the_end_of_what_was_asked_to_its_beginning():
    asked = message(1, Role.USER, "a")  # ends half a second later
    answers = message(3, Role.ASSISTANT, "b"), message(4, Role.ASSISTANT, "and more")
    overlapping = message(5, Role.USER, "c", ended_ns=7 * SECOND), message(6, Role.ASSISTANT, "d")
    conversation = replace(CALL, messages=(asked, *answers, *overlapping))
    assert response_times_ms(conversation) == [1500]
    assert list(response_times(conversation)) == [(3000, 1500)]


def test_what_the_application_put_in_answers_nobody():
    inserted = message(3, Role.ASSISTANT, "b", is_inserted=True)
    conversation = replace(CALL, messages=(message(1, Role.USER, "a"), inserted))
    assert response_times_ms(conversation) == []
