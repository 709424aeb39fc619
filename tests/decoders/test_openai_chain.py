"""The order of an OpenAI conversation's items."""

from hypothesis import given
from hypothesis import strategies as st

from earwitness.decoders.openai_chain import Chain


def chain(**before: str | None) -> Chain:
    made = Chain()
    for item, previous in before.items():
        made.link(item, {"previous_item_id": previous})
    return made


def test_item_stands_after_the_one_it_names() -> None:
    made = chain(a=None, b="a")
    assert [made.place(item) for item in "ab"] == [(None, True), ("a", False)]


def test_place_that_was_not_told_is_not_known() -> None:
    made = Chain()
    made.link("a", {})
    assert made.place("a") == (None, False)


def test_hidden_items_are_stepped_over() -> None:
    made = chain(a=None, tools="a", output="tools", b="output")
    made.hide("tools")
    made.hide("output")
    assert made.place("b") == ("a", False)


def test_item_after_a_hidden_head_is_the_first() -> None:
    made = chain(tools=None, a="tools")
    made.hide("tools")
    assert made.place("a") == (None, True)


def test_item_after_a_hidden_one_of_unknown_place_has_none_itself() -> None:
    made = chain(a="output")
    made.hide("output")
    assert made.place("a") == (None, False)


def test_server_that_always_says_null_tells_no_order() -> None:
    made = chain(a=None, b=None)
    assert [made.place(item) for item in "ab"] == [(None, True), (None, False)]


def test_head_may_be_taken_again_by_who_asked_for_it() -> None:
    made = chain(a=None, b="root")
    made.ask_for_head()
    made.link("c", {"previous_item_id": None})
    assert [made.place(item) for item in "abc"] == [(None, True)] * 3


def test_head_is_free_once_its_item_is_gone() -> None:
    made = chain(a=None)
    made.unlink("a")
    made.link("b", {"previous_item_id": None})
    assert made.place("b") == (None, True)


@given(st.dictionaries(st.sampled_from("abcde"), st.sampled_from("abcde")), st.sets(st.sampled_from("abcde")))
def test_a_chain_that_bites_its_tail_still_ends(before: dict[str, str], hidden: set[str]) -> None:
    made = chain(**before)
    for item in hidden:
        made.hide(item)
    for item in before:
        made.place(item)
