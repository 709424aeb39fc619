"""`search`: the same hits as over HTTP, in lines or JSON."""

from typed import Typist


def test_a_line_says_where_when_who_and_what(typist: Typist) -> None:
    found = typist.json("search", "mushroom*", "--role", "user")
    lines = typist.type("search", "mushroom*", "--role", "user").stdout.splitlines()
    assert len(lines) == len(found) > 0
    for line, hit in zip(lines, found, strict=True):
        assert line.startswith(hit["conversation_id"])
        assert "user" in line
        assert "mushroom" in line.lower()


def test_words_may_be_given_one_by_one_and_filters_keep_what_fits(typist: Typist) -> None:
    both = typist.json("search", "mushroom", "pizza", "--limit", 200)
    assert both == typist.json("search", "mushroom pizza", "--limit", 200)
    calls = {row["id"] for row in typist.json("list", "--provider", "openai", "--label", "order")}
    fitting = [hit for hit in both if hit["conversation_id"] in calls]
    assert typist.json("search", "mushroom pizza", "--provider", "openai", "--label", "order") == fitting
    assert 0 < len(fitting) < len(both)
    assert typist.json("search", "mushroom", "--min-messages", 1000) == []
    assert len(typist.json("search", "a*", "--limit", 3)) == 3


def test_nothing_found_is_said_and_is_no_failure(typist: Typist) -> None:
    result = typist.type("search", "xylophone")
    assert (result.stdout, result.stderr) == ("", "nothing like that was said\n")


def test_a_search_without_a_word_is_refused(typist: Typist) -> None:
    assert "no word" in typist.refused("search", "%")
