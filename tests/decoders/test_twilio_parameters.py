"""What an application tells in Twilio's customParameters."""

from earwitness.decoders.twilio_parameters import labelled, told_by
from earwitness.model.events import NoteTaken, Stamp

SEEN = Stamp("leg", 1, 5)


def test_ours_join_and_describe_the_conversation_and_the_rest_is_metadata() -> None:
    told = told_by(
        {"ew_conversation": "c-7", "ew_subject": "RID001", "ew_meta_city": "Bern", "shop": "north"}
    )
    assert (told.links, told.subject) == (("conversation:c-7",), "RID001")
    assert told.metadata == {"city": "Bern", "shop": "north"}
    assert told.says_anything


def test_credentials_and_what_is_no_text_are_left_out() -> None:
    told = told_by({"ew_key": "secret", "odd": {"a": 1}})
    assert told == ((), None, {})
    assert not told.says_anything


def test_label_is_a_note() -> None:
    assert list(labelled(SEEN, {"ew_label": "vip"})) == [
        NoteTaken(seen=SEEN, verb="label", data={"labels": ["vip"]})
    ]
    assert list(labelled(SEEN, {})) == []
