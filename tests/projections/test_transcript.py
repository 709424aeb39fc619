"""What a reader of transcript.json is told of each message."""

from earwitness.model.events import EmotionScored, Role
from earwitness.projections import transcript
from scripted import Script


def test_an_entry_tells_how_it_was_said_and_who_says_so() -> None:
    call = Script()
    ai = call.leg(provider="hume")
    ai.message(100, "u1", Role.USER, "this is great")
    ai.message(200, "a1", Role.ASSISTANT, "is it", is_audible=False)
    ai(300, EmotionScored, item="u1", producer="hume_prosody", scores={"Joy": 0.75, "Anger": 0.125})
    said, answer = transcript.document(call.conversation())["entries"]

    assert said["emotions"] == {"hume_prosody": {"Joy": 0.75, "Anger": 0.125}}
    assert (said["sentiment"], said["sentiment_source"]) == ("positive", "derived:hume_prosody")
    assert (answer["emotions"], answer["sentiment"], answer["sentiment_source"]) == ({}, None, None)
