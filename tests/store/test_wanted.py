import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.errors import InvalidInput
from earwitness.store.wanted import MOST_LETTERS, MOST_TERMS, read


@pytest.mark.parametrize(
    ("typed", "sqlite", "postgresql"),
    [
        ("Quote", '("quote")', "(('quote'))"),
        ("car quote", '("car") AND ("quote")', "(('car')) & (('quote'))"),
        ('"car quote"', '("car quote")', "(('car' <-> 'quote'))"),
        ("insur*", '("insur"*)', "(('insur':*))"),
        ('"my insur"*', '("my insur"*)', "(('my' <-> 'insur':*))"),
        ("refund OR cancel", '("refund" OR "cancel")', "(('refund') | ('cancel'))"),
        ("a refund | cancel", '("a") AND ("refund" OR "cancel")', "(('a')) & (('refund') | ('cancel'))"),
        ("pizza -mushroom", '(("pizza")) NOT ("mushroom")', "(('pizza')) & !(('mushroom'))"),
        ("user@example.com", '("user example com")', "(('user' <-> 'example' <-> 'com'))"),
        ("世界", '("世 界")', "(('世' <-> '界'))"),
        ("x' OR '1'='1", '("x" OR "1 1")', "(('x') | ('1' <-> '1'))"),
        ('say "no end', '("say") AND ("no") AND ("end")', "(('say')) & (('no')) & (('end'))"),
        ("OR NEAR(a b) AND ^c:d", '("near a") AND ("b") AND ("and") AND ("c d")', None),
    ],
)
def test_what_is_typed_becomes_what_each_database_wants(
    typed: str, sqlite: str, postgresql: str | None
) -> None:
    wanted = read(typed)
    assert wanted.for_sqlite() == sqlite
    if postgresql is not None:
        assert wanted.for_postgresql() == postgresql


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "%", '"', "'\\", "-only -without", "OR", "x" * (MOST_LETTERS + 1), "a " * (MOST_TERMS + 1)],
)
def test_what_is_no_search_is_refused_with_a_hint(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(typed)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("cafe quo*", "The CAFÉ quoted a café", ["CAFÉ", "quoted", "café"]),
        ('"car insurance"', "car; Insurance, my car", ["car; Insurance"]),
        ("世界", "你好世界", ["世界"]),
        ('"a b" "b c"', "a b c d", ["a b c"]),
        ("one -two", "one two", ["one"]),
        ("absent", "nothing of it", []),
        ("ab*", "ab abc cab", ["ab", "abc"]),
    ],
)
def test_what_was_searched_for_is_marked_where_it_stands(typed: str, text: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in read(typed).marks(text)] == marked


@given(
    st.lists(st.text("ab1. _-", max_size=6), max_size=8).map("".join),
    st.lists(
        st.sampled_from(
            ["a", "ab*", '"a b"', '"b 1"*', "1", "a1 OR b", '"a a"', "x" * 200, f'"{"x" * 200} a"']
        ),
        min_size=1,
        max_size=3,
        unique=True,
    ),
)
def test_plain_text_is_marked_as_any_other_is(text: str, typed: list[str]) -> None:
    """Of ASCII not every word is looked at; a letter that is none at its end makes the same text another."""
    wanted = read(" ".join(typed))
    for plain in (text, f"{text} {'X' * 300} a"):
        assert wanted.marks(plain) == wanted.marks(f"{plain} é")
