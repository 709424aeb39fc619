"""Which answer text, sound and pieces belong to, whatever the server numbers: turns, every event, nothing."""

from collections.abc import Iterator
from typing import Any

from earwitness.decoders.elevenlabs_answers import REMEMBERED, Answers
from earwitness.model.events import Event, MessageOpened, Stamp

SEEN = Stamp("leg", 1, 1)


class Told:
    """The item to which each step belongs."""

    def __init__(self) -> None:
        self.answers = Answers()
        self.items: list[str] = []

    def _note(self, events: Iterator[Event], event_id: int | None) -> "Told":
        list(events)
        answer = self.answers.find(event_id) or self.answers.last
        self.items.append(answer.item.removeprefix("agent_") if answer else "")
        return self

    def text(self, words: str, event_id: int | None = None) -> "Told":
        return self._note(self.answers.say(SEEN, words, event_id), event_id)

    def sound(self, event_id: int | None = None) -> "Told":
        return self._note(self.answers.sound(SEEN, event_id), event_id)

    def user(self) -> "Told":
        list(self.answers.end(SEEN, self.answers.last))
        return self

    def interruption(self, event_id: int | None) -> "Told":
        list(self.answers.end(SEEN, self.answers.void(event_id)))
        return self

    @property
    def all(self) -> str:
        return " ".join(self.items)


def test_ids_that_number_turns() -> None:
    told = Told().text("One", 1).sound(1).sound(1).user().text("Two", 3).sound(3)
    assert told.sound(5).text("Three", 5).all == "1 1 1 2 2 3 3"


def test_ids_that_number_every_event() -> None:
    told = Told().text("One", 1).sound(2).sound(3).user().text("Two", 5).sound(6).sound(7)
    assert told.text("Three", 8).sound(9).all == "1 1 1 2 2 2 3 3"


def test_no_ids_at_all() -> None:
    told = Told().text("One").sound().sound().text("Two").sound().user().sound().text("Three")
    assert told.all == "1 1 1 2 2 3 3"


def test_only_sound_has_ids() -> None:
    assert Told().text("One").sound(1).sound(1).text("Two").sound(2).sound(3).text("Three").all == (
        "1 1 1 2 2 3 3"
    )


def test_sound_before_its_text() -> None:
    assert Told().sound(1).text("One", 2).sound(3).user().sound(6).text("Two", 7).all == "1 1 1 2 2"


def test_agent_that_speaks_twice_in_a_turn() -> None:
    assert Told().text("Let me look.", 1).sound(1).text("Found it.", 1).sound(1).all == "1 1 2 2"


def test_text_that_comes_again_longer_is_the_same_answer() -> None:
    assert Told().text("Let me", 1).text("Let me look.", 1).text("Let me look.", 1).all == "1 1 1"


def test_same_words_again_without_an_id_are_another_answer() -> None:
    assert Told().text("Hello?").text("Hello?").all == "1 2"


def test_sound_that_was_under_way_belongs_to_what_was_interrupted() -> None:
    told = Told().text("One", 1).sound(2).interruption(9).sound(8).sound(9)
    assert told.sound(10).text("Two", 11).all == "1 1 1 1 2 2"


def test_text_told_after_the_interruption_belongs_to_its_sound() -> None:
    assert Told().sound(1).interruption(1).text("One", 1).text("Two", 2).all == "1 1 2"


def test_answers_long_ago_are_forgotten() -> None:
    told = Told()
    for number in range(REMEMBERED + 1):
        told.text(f"Words {number}", number)
    assert told.answers.find(0) is None
    assert told.answers.find(1) is not None


def test_messages_in_writing_are_not_audible() -> None:
    answers = Answers()
    answers.is_audible = False
    opened: Any = next(iter(answers.say(SEEN, "Hi", None)))
    assert isinstance(opened, MessageOpened)
    assert not opened.is_audible
