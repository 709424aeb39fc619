"""By what a saved message is recognised."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from earwitness.capture.talk import Kept, Talk, draft, numbered
from saving import message

words = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1)
ids = st.one_of(st.none(), st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=240))


@given(ids, words, words)
def test_the_same_words_have_the_same_mark_and_others_another(
    name: str | None, content: str, other: str
) -> None:
    one = draft(message(name, content))
    assert draft(message(name, content)) == one
    assert (draft(message(name, other)).mark == one.mark) == (_kept(content) == _kept(other))


@given(words, ids.filter(bool))
def test_a_message_as_the_catalog_gives_it_back_is_recognised(content: str, name: str) -> None:
    made, talk = draft(message(name, content)), Talk("c")
    body = msgspec.json.decode(numbered(10, made.body))
    talk.add_kept(Kept(10, body["provider_message_id"], body["role"], _kept(body["content"]), 0))
    assert talk.entries[made.name].mark == made.mark


@given(words)
def test_a_record_is_json_with_its_number(content: str) -> None:
    body = msgspec.json.decode(numbered(1795200000000010, draft(message("m1", content)).body))
    assert (body["message_id"], body["content"]) == (1795200000000010, content)


def _kept(content: str) -> str:
    return content.replace("\0", "\ufffd").strip()
