"""Words that announce what comes."""

from earwitness.redaction.cues import Cues

CUES = Cues({"cvv": ["security code", "cvv"], "phone": ["reach me at"], "code": ["code"]}, {"at": "@"})


def test_each_kind_is_heard_where_its_words_end():
    words = ["a", "security", "code", "and", "cvvs", "or", "codes", "reach", "me", "@", "home"]
    assert CUES.heard(words) == {"cvv": [2, 4], "code": [2, 6], "phone": [9]}


def test_words_that_begin_a_phrase_and_end_otherwise_announce_nothing():
    assert CUES.heard(["security", "reach", "me"]) == {}
    assert CUES.heard([]) == {}
