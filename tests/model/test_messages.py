"""Words that come many times, and the order of items."""

from earwitness.model.events import MessageOpened, Role, Stamp, TextArrived
from earwitness.model.messages import MessageState, PartText, Thread


def part(*texts: str | tuple[str]) -> str:
    """Pieces as strings, wholes as tuples of one."""
    words = PartText()
    for text in texts:
        words.take(text if isinstance(text, str) else text[0], is_whole=not isinstance(text, str))
    return str(words)


def placed(*steps: tuple[str, str | None] | str) -> list[str]:
    """Items with the one before them; a bare name stands first."""
    thread = Thread()
    for step in steps:
        if isinstance(step, str):
            thread.place(step, None, is_first=True)
        else:
            thread.place(*step)
    return thread.order()


def test_pieces_are_joined_until_the_whole_is_said() -> None:
    assert part("one ", "two ") == "one two "
    assert part("one ", "two ", ("one two three",)) == "one two three"
    assert part("one ", ("one two",), " two", ("one two three",)) == "one two three"


def test_an_empty_whole_takes_no_words_away() -> None:
    assert part("one ", ("",)) == "one "
    assert part(("one",), ("",)) == "one"
    assert part(("",), "one") == "one"


def test_parts_are_joined_in_their_order_and_trimmed() -> None:
    message = MessageState("leg", "a", 0)
    for number, text in ((1, "second\n"), (0, " first "), (2, "")):
        message.add_text(
            TextArrived(
                seen=Stamp("leg", 0, 0), item="a", text=text, part=number, is_whole=True, confidence=0.5
            )
        )
    assert message.text == "first second"
    assert message.confidence == 0.5


def test_a_message_that_is_opened_again_keeps_what_was_known() -> None:
    message = MessageState("leg", "a", 0)
    seen = Stamp("leg", 0, 0)
    message.open(MessageOpened(seen=seen, item="a", role=Role.ASSISTANT, response="r", phase="commentary"))
    message.open(MessageOpened(seen=seen, item="a", role=Role.ASSISTANT, is_audible=False))

    assert (message.response, message.phase, message.is_audible) == ("r", "commentary", False)


def test_a_message_ends_once_but_a_later_failure_is_believed() -> None:
    message = MessageState("leg", "a", 0)

    assert message.close("completed", 5)
    assert not message.close("incomplete", 6)
    assert not message.close("failed", 7)
    assert (message.status, message.closed_ns) == ("failed", 5)


def test_each_item_stands_after_the_one_it_names() -> None:
    assert placed("u1", ("a1", "u1"), ("u2", "a1"), ("a2", "u2")) == ["u1", "a1", "u2", "a2"]


def test_an_item_that_names_none_stands_at_the_end() -> None:
    assert placed(("u1", None), ("a1", None), ("u2", None)) == ["u1", "a1", "u2"]


def test_an_item_goes_in_between_and_at_the_head() -> None:
    assert placed("a", ("b", "a"), ("c", "a"), "x", ("d", "c")) == ["x", "a", "c", "d", "b"]


def test_an_item_moves_when_its_place_becomes_known_and_takes_along_what_follows_it() -> None:
    assert placed("a", ("b", "a"), ("x", None), ("y", "x"), ("x", "a")) == ["a", "x", "y", "b"]


def test_an_item_waits_at_the_end_for_the_one_it_names() -> None:
    assert placed("a", ("c", "b"), ("d", "c")) == ["a", "c", "d"]
    assert placed("a", ("c", "b"), ("d", "c"), ("b", "a")) == ["a", "b", "c", "d"]
    assert placed("a", ("c", "b"), ("d", "c"), ("b", None)) == ["a", "b", "c", "d"]


def test_items_that_name_each_other_are_all_kept() -> None:
    assert sorted(placed(("a", "b"), ("b", "c"), ("c", "a"), ("d", "d"))) == ["a", "b", "c", "d"]


def test_after_a_move_the_end_is_still_the_end() -> None:
    assert placed("a", ("b", None), ("b", "a"), ("c", None), ("c", "a"), ("d", None)) == ["a", "c", "b", "d"]


def test_a_long_conversation_has_an_order_too() -> None:
    steps: list[tuple[str, str | None]] = [(str(n), str(n - 1) if n else None) for n in range(20_000)]
    assert placed(*steps) == [str(n) for n in range(20_000)]


def test_an_item_that_names_the_same_one_again_stays_where_it_is() -> None:
    assert placed("a", ("b", "a"), ("c", "a"), ("b", "a")) == ["a", "c", "b"]
