"""Texts of a mebibyte, made to cost time: work grows with their length alone, and nothing gets through."""

import json
import sys

import pytest

from earwitness.redaction.conversation import Redactor
from earwitness.redaction.detect import LONGEST_READ, Detector
from earwitness.settings.redaction import KINDS, Redaction

DETECTOR = Detector(Redaction())
HOSTILE = [
    *("a1 ", "4111 a ", "1@", "a@b ", "a@a.", "1-", "1/1/", "1.", "+1 ", "+1234567", "ES91 "),
    *("es 9 1 2 1 0 0 ", "born 1 ", "1 born ", "cvv 1 ", "x 1 2 3 ", "1 um ", "of 1 ", "á1 ", "12345678Z "),
    *("A B 1 2 3 4 5 6 C ", "GB82 WEST 1234 5698 7654 32 ", "iban es 9 1 1 ", "one at a dot "),
    *("double seven ", "hundred one ", "a' ", "00000000-", "1:22 ", "$1,", "https://a ", "_1"),
    *("6 0 " * 31 + "x ", "4 1 1 " * 20 + "x ", "1 2 3 4 5 6 7 8 9 0 " * 6 + "x "),
    *("12 34 56 7 89 " * 6 + "x ", "612345678 " * 7 + "x ", "phone 5551234 order 5551234 "),
]  # fmt: skip


def long(piece, length):
    return (piece * (length // len(piece) + 1))[:length]


def calls(work):
    """How many functions are called, of Python and of C."""
    count = 0

    def counts(_frame, event, _arg):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counts)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("piece", HOSTILE)
def test_twice_the_text_is_twice_the_work_and_not_more(piece):
    one = calls(lambda: DETECTOR.find([long(piece, 8_000)]))
    two = calls(lambda: DETECTOR.find([long(piece, 16_000)]))
    assert two < 2.3 * one + 2_000
    assert one < 8_000 * 30


@pytest.mark.parametrize("piece", ["a1 ", "4111 a ", "1@", "one two three x ", "a@a."])
def test_the_work_for_a_mebibyte_is_bounded(piece):
    assert calls(lambda: DETECTOR.find([long(piece, 1 << 20)])) < 4_000_000


@pytest.mark.parametrize(
    "secret",
    [
        *("4111 1111 1111 1111", "four one one one 1111 1111 1111", "vier... 555-123-4567", "cvv: 907"),
        *("uno dos tres cuatro cinco seis siete", "dieciséis dieciséis dieciséis", "٤١١١ ١١١١ ١١١١ ١١١١"),
        *("jane@example.com", "juan arroba ejemplo punto es", "born 1985-03-04"),
    ],
)
def test_far_behind_in_a_long_text_a_secret_is_taken_out_too(secret):
    filler = "words and words " * (LONGEST_READ // 16 + 100)
    shown = Redactor(Redaction()).value(f"{filler}{secret} the end")
    digits = [word for word in secret.replace("...", "").split() if word not in ("vier", "cvv:", "born")]
    assert not [word for word in digits if word in shown.removeprefix(filler)]
    assert shown.startswith(filler[:-20])
    assert shown.endswith("the end")


def test_a_number_over_the_place_where_close_reading_ends_is_taken_out_whole():
    card = "4111 1111 1111 1111"
    for shift in range(len(card) + 2):
        text = f"{'x' * (LONGEST_READ - shift - 1)} {card} yes"
        assert "111" not in Redactor(Redaction()).value(text)


def test_only_what_is_asked_for_is_taken_out_of_the_rest():
    rest = "x " * LONGEST_READ + "4111 1111 1111 1111 jane@example.com"
    for kind, gone in (("email", "jane@example.com"), ("card", "4111 1111 1111 1111")):
        shown = Redactor(Redaction(kinds=(kind,))).value(rest)
        assert gone not in shown
        assert [word for word in ("jane@example.com", "4111 1111 1111 1111") if word in shown]
    assert Redactor(Redaction(kinds=())).value(rest) == rest
    assert set(KINDS) > {"email", "card"}


def test_many_small_strings_are_one_long_text():
    cards = json.dumps([{"n": "4111 1111 1111 1111"} for _ in range(20_000)])
    shown = Redactor(Redaction()).json(cards)
    assert "1111" not in shown
    assert calls(lambda: Redactor(Redaction()).json(cards)) < 4_000_000
