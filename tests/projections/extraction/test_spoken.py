import pytest

from earwitness.projections.extraction.spoken import written, written_email


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("my zip is nine oh two one oh", "my zip is 90210"),
        ("a twenty twenty Camry", "a 2020 Camry"),
        ("from nineteen ninety eight.", "from 1998."),
        ("two thousand nineteen, I think", "2019, I think"),
        ("two thousand and five", "2005"),
        ("five five five, oh one two, double three double four", "5550123344"),
        ("one thousand two hundred dollars", "1200 dollars"),
        ("9 0 2 1 0", "90210"),
        ("ninety two one oh one", "92101"),
        ("I have one car and two kids", "I have one car and two kids"),
        ("the one in two weeks", "the one in two weeks"),
        ("call 1 800", "call 1 800"),
        ("and and", "and and"),
        ("", ""),
    ],
)
def test_spoken_numbers_become_digits_and_words_stay_words(said: str, typed: str) -> None:
    assert written(said) == typed


@pytest.mark.parametrize(
    ("said", "addresses"),
    [
        ("it's ana dot maria at example dot com thanks", ["ana.maria@example.com"]),
        ("Write to Bob@X.org or j_smith @ mail.co.uk", ["bob@x.org", "j_smith@mail.co.uk"]),
        ("j o h n at example dot com", ["john@example.com"]),
        ("ana plus quotes at example dot com", ["ana+quotes@example.com"]),
        ("meet me at noon", []),
        ("dot com stuff is not for me", []),
    ],
)
def test_mail_addresses_are_read_typed_and_spoken(said: str, addresses: list[str]) -> None:
    assert [address for address, _ in written_email(said)] == addresses


def test_a_long_text_of_letters_takes_no_time_to_speak_of() -> None:
    assert list(written_email("a" * 20_000 + " " + "one " * 5_000)) == []
    assert written("one two " * 5_000).startswith("1212")
