"""What is found in words, written or spoken, in one text or over several; and what is left alone."""

import pytest

from earwitness.redaction.detect import Detector
from earwitness.settings.redaction import LANGUAGES, Redaction

DETECTOR = Detector(Redaction())


def found(*texts, before="", **policy):
    """What is found, as (kind, the words)."""
    detector = Detector(Redaction(**policy)) if policy else DETECTOR
    return [(one.kind, texts[one.part][one.start : one.end]) for one in detector.find(texts, before)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("It is 4111 1111 1111 1111, thanks.", "card", "4111 1111 1111 1111"),
        ("4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
        ("amex 371449635398431 please", "card", "371449635398431"),
        (
            "four one double one, one one one one, one one one one, one one one one",
            "card",
            "four one double one, one one one one, one one one one, one one one one",
        ),
        ("55 fifty five, 5555, 5555, 4444 ok", "card", "55 fifty five, 5555, 5555, 4444"),
        ("The CVV is 123.", "cvv", "123"),
        ("security code nine oh seven", "cvv", "nine oh seven"),
        ("Call 555-123-4567 now", "phone", "555-123-4567"),
        ("from +44 20 7946 0958 on", "phone", "44 20 7946 0958"),
        ("My number is five five five, zero one two three.", "phone", "five five five, zero one two three"),
        ("mi movil es seis uno dos, treinta y dos, 56 78", "phone", "seis uno dos, treinta y dos, 56 78"),
        ("write to jane.doe+x@mail.example.org!", "email", "jane.doe+x@mail.example.org"),
        ("it's john dot smith at example dot com", "email", "john dot smith at example dot com"),
        ("j o e at gmail dot com", "email", "j o e at gmail dot com"),
        ("juan punto perez arroba ejemplo punto es", "email", "juan punto perez arroba ejemplo punto es"),
        ("IBAN ES91 2100 0418 4502 0005 1332.", "iban", "ES91 2100 0418 4502 0005 1332"),
        ("her social is 219 09 9999", "national_id", "219 09 9999"),
        ("DNI 12345678Z", "national_id", "12345678Z"),
        ("AB 12 34 56 C is my NI number", "national_id", "AB 12 34 56 C"),
        ("I was born on March 3rd, 1985 in Ohio", "birth_date", "March 3rd, 1985"),
        ("dob the third of May nineteen eighty five", "birth_date", "third of May nineteen eighty five"),
        ("naci el tres de marzo de mil novecientos ochenta y cinco", "birth_date",
         "tres de marzo de mil novecientos ochenta y cinco"),
    ],
)  # fmt: skip
def test_personal_data_is_found_as_it_is_written_and_as_it_is_spoken(text, kind, words):
    assert found(text) == [(kind, words)]


@pytest.mark.parametrize(
    "text",
    [
        "My order number is 4155550123.",
        "tracking 4111111111111112",
        "We have 1,500 people and $300,000 in 12 months.",
        "It is four seven one one.",
        "id 01938aa0-0000-7000-8000-000000000001",
        "Have a look at example dot com, or meet at noon.",
        "The meeting is on March 3rd at 10:30.",
        "A three digit code will be sent.",
        "See you in twenty minutes at gate 44.",
        "Version 10.0.0.1 of 2026-11-29T10:10:10Z",
    ],
)
def test_other_numbers_and_words_are_left_alone(text):
    assert found(text) == []


def test_a_number_that_is_read_in_blocks_is_found_over_all_of_them():
    blocks = ("My card is 4111", "one one one one", "and then 1111 1111 okay")
    assert found(*blocks) == [("card", "4111"), ("card", "one one one one"), ("card", "1111 1111")]


def test_several_numbers_in_one_breath_are_each_found():
    two = found("4111 1111 1111 1111 and 5555 5555 5555 4444, then")
    assert two == [("card", "4111 1111 1111 1111"), ("card", "5555 5555 5555 4444")]
    assert found("415-555-0123, 4111 1111 1111 1111, 12/26, 123") == [
        ("phone", "415-555-0123"),
        ("card", "4111 1111 1111 1111, 12/26, 123"),
    ]


def test_words_of_a_list_are_whole_words_of_any_alphabet_case_and_space():
    own = {"words": {"name": ("José", "Anna", "Ann", "Жанна")}}
    said = "JOSÉ, anna  Ann; Annabel жанна Joséphine"
    assert [words for _, words in found(said, **own)] == ["JOSÉ", "anna", "Ann", "жанна"]
    assert found("Jane\n Doe", words={"name": ("Jane Doe",)}) == [("name", "Jane\n Doe")]


def test_the_last_digits_of_an_id_are_an_id():
    assert found("the last four of my social are 1234") == [("national_id", "1234")]
    assert found("pan_4111111111111111x") == [("card", "4111111111111111")]


def test_what_was_asked_before_tells_what_is_answered():
    assert found("one two three", before="What is the security code on the back?") == [
        ("cvv", "one two three")
    ]
    assert found("one two three", before="How do you count?") == []


def test_only_what_is_asked_for_is_looked_for():
    text = "jane@example.com, 555-123-4567"
    assert found(text, kinds=("email",)) == [("email", "jane@example.com")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_each_number_below_a_hundred_in_its_own_words(language):
    table = Detector(Redaction(languages=(language,))).tokens
    from earwitness.redaction.languages import LANGUAGES as TABLES

    said = {digits for digits in TABLES[language].numbers.values() if len(digits) < 3}
    assert said == {str(number) for number in range(100)}
    for words, digits in TABLES[language].numbers.items():
        assert [token.text for token in table(words)] == [digits]


def test_ones_own_patterns_and_words_are_found_by_their_names():
    own = {"patterns": {"policy": r"\bPOL-\d{4}\b"}, "words": {"name": ("Jane Doe", "O'Neil")}}
    assert found("jane doe has POL-1234; Joneil not", **own) == [("name", "jane doe"), ("policy", "POL-1234")]


def test_what_looks_like_an_id_within_a_longer_word_is_none() -> None:
    assert found("my number is AB617422D") == [("national_id", "AB617422D")]
    assert found("A B 61 74 22 D") == [("national_id", "A B 61 74 22 D")]
    assert found("span_b575d27ab617422d91525c52") == []
