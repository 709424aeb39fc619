"""What is typed into the filter, as a question to the desk."""

from earwitness.tui.listing import MOST, query_of


def test_names_with_a_colon_filter_and_all_other_words_are_searched():
    query = query_of("provider:hume large label:vip pizza")
    assert (query.provider, query.label, query.q, query.limit) == ("hume", "vip", "large pizza", MOST)


def test_what_only_looks_like_a_filter_is_searched():
    query = query_of("10:30 status:")
    assert (query.status, query.q) == (None, "10:30 status:")
