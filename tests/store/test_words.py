import pytest

from earwitness.store.words import LONGEST_WORD, MOST_LETTERS, MOST_WORDS, fold, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("I need a car-insurance QUOTE, now!", "i need a car insurance quote now"),
        ("Straße in Ångström, café crème", "strasse in angstrom cafe creme"),
        ("İstanbul ve IĞDIR", "istanbul ve igdir"),
        ("Ёлка и ёжик", "елка и ежик"),
        ("Ψαράκι ὁδός", "ψαρακι οδοσ"),
        ("हिन्दी में नमस्ते", "हिन्दी में नमस्ते"),
        ("안녕하세요 세계", "안녕하세요 세계"),
        ("你好世界 abc车", "你 好 世 界 abc 车"),
        ("がぎ", "が ぎ"),
        ("ｶﾞ", "ガ"),
        ("สวัสดี", "ส วั ส ดี"),
        ("שָׁלוֹם", "שלום"),
        ("مَرْحَبًا", "مرحبا"),
        ("٣٤ and ３４", "٣٤ and 34"),
        ("ﬁne x² co\u00adoperate", "fine x2 cooperate"),
        ("user@example.com +1 555-0100", "user example com 1 555 0100"),
        ("'; DROP TABLE x; --\x00\ud800", "drop table x"),
        ("👍 …", ""),
    ],
)
def test_case_accents_and_widths_do_not_matter_in_any_script(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_folded_text_folded_again_is_the_same() -> None:
    once = fold("Straße ÅNGSTRÖM 你好 हिन्दी ｶﾞ ﬁ İ")
    assert fold(once) == once


@pytest.mark.parametrize("text", ["Say CAFÉ twice: café", "plain ascii words", "你好 abc, ｶﾞｷ"])
def test_every_word_says_where_it_stands(text: str) -> None:
    found = list(words_of(text))
    assert found
    assert [fold(text[word.start : word.end]) for word in found] == [word.folded for word in found]


def test_what_is_too_much_for_a_database_is_cut() -> None:
    assert len(fold("x" * 10_000)) == LONGEST_WORD
    assert len(fold("a " * 50_000).split()) == MOST_WORDS
    assert len(fold("abcdefghij " * 50_000)) <= MOST_LETTERS
