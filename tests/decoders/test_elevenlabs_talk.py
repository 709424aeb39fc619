"""Words over an ElevenLabs socket: heard, meant, corrected, typed."""

from typing import Any

from wirelogs import Playbook


def said(text: str, event_id: int | None = None) -> dict[str, Any]:
    return {
        "type": "agent_response",
        "agent_response_event": {"agent_response": text, "event_id": event_id},
    }


def tentative(text: str) -> dict[str, Any]:
    return {
        "type": "tentative_user_transcript",
        "tentative_user_transcription_event": {"user_transcript": text},
    }


def heard(text: Any) -> dict[str, Any]:
    return {"type": "user_transcript", "user_transcription_event": {"user_transcript": text}}


def corrected(original: Any, text: Any, event_id: int | None = None) -> dict[str, Any]:
    inner = {
        "original_agent_response": original,
        "corrected_agent_response": text,
        "event_id": event_id,
    }
    return {"type": "agent_response_correction", "agent_response_correction_event": inner}


def interruption(event_id: int | None) -> dict[str, Any]:
    return {"type": "interruption", "interruption_event": {"event_id": event_id}}


def test_caller_s_words_are_final_after_they_were_tentative() -> None:
    leg = Playbook("elevenlabs")
    assert leg.tell("server", tentative("I want")) == [
        "MessageOpened item=user_1 role=user",
        'TextArrived item=user_1 text="I want" is_whole=true',
    ]
    assert leg.tell("server", tentative("I want it")) == [
        'TextArrived item=user_1 text="I want it" is_whole=true'
    ]
    assert leg.tell("server", heard("I won it.")) == [
        'TextArrived item=user_1 text="I won it." is_whole=true',
        "MessageClosed item=user_1",
    ]
    assert leg.tell("server", heard("Again."))[0] == "MessageOpened item=user_2 role=user"


def test_transcript_that_is_missing_is_left_over_and_an_empty_guess_says_nothing() -> None:
    leg = Playbook("elevenlabs")
    assert leg.tell("server", heard(None)) == ['Undecoded reason="no transcript" name=user_transcript']
    assert leg.tell("server", tentative("")) == []


def test_agent_s_text_is_whole_at_once() -> None:
    assert Playbook("elevenlabs").tell("server", said("Hello.", 1)) == [
        "MessageOpened item=agent_1 role=assistant",
        "TextArrived item=agent_1 text=Hello. is_whole=true",
        "MessageClosed item=agent_1",
    ]
    assert Playbook("elevenlabs").server("agent_response") == [
        'Undecoded reason="no agent_response" name=agent_response'
    ]


def test_typed_words_were_never_spoken() -> None:
    leg = Playbook("elevenlabs")
    assert leg.client("user_message", text="Hi") == [
        "MessageOpened item=user_1 role=user is_audible=false",
        "TextArrived item=user_1 text=Hi is_whole=true",
        "MessageClosed item=user_1",
    ]
    assert leg.client("user_message", text=None) == []
    typed = leg.client(
        "multimodal_message", text={"type": "user_message", "text": "See"}, file={"file_id": "f"}
    )
    assert typed[1] == "TextArrived item=user_2 text=See is_whole=true"
    assert leg.client("multimodal_message", file={"file_id": "f"}) == []


def test_context_is_put_in_by_the_application() -> None:
    leg = Playbook("elevenlabs")
    assert leg.client("contextual_update", text="On the price page") == [
        "MessageOpened item=system_1 role=system is_inserted=true is_audible=false",
        'TextArrived item=system_1 text="On the price page" is_whole=true',
        "MessageClosed item=system_1",
    ]
    assert leg.client("contextual_update", text="") == []


def test_conversation_in_writing_is_not_heard() -> None:
    leg = Playbook("elevenlabs")
    override = {"conversation": {"text_only": True}}
    leg.client("conversation_initiation_client_data", conversation_config_override=override)
    assert leg.tell("server", said("Hello."))[0] == (
        "MessageOpened item=agent_1 role=assistant is_audible=false"
    )


def part(kind: str, text: str = "") -> dict[str, Any]:
    return {
        "type": "agent_chat_response_part",
        "text_response_part": {"type": kind, "text": text, "event_id": 1},
    }


def test_text_in_pieces_is_told_again_only_where_the_whole_differs() -> None:
    leg = Playbook("elevenlabs")
    pieces = [part("start"), part("delta", "Hello"), part("delta", " you"), part("stop")]
    assert leg.all(*(("server", piece) for piece in pieces)) == [
        "MessageOpened item=agent_1 role=assistant",
        "TextArrived item=agent_1 text=Hello",
        'TextArrived item=agent_1 text=" you"',
        "MessageClosed item=agent_1",
    ]
    assert leg.tell("server", said("Hello you", 1)) == []
    other = Playbook("elevenlabs")
    other.all(*(("server", piece) for piece in pieces))
    assert other.tell("server", said("Hello you!", 1)) == [
        'TextArrived item=agent_1 text="Hello you!" is_whole=true'
    ]


def test_stop_without_a_beginning_says_nothing() -> None:
    assert Playbook("elevenlabs").tell("server", part("stop")) == []


def test_interruption_throws_away_what_is_queued() -> None:
    leg = Playbook("elevenlabs")
    assert leg.tell("server", interruption(0)) == ["PlaybackCut evidence=modelled"]
    leg.tell("server", said("Hello.", 1))
    assert leg.tell("server", interruption(1)) == ["PlaybackCut evidence=modelled item=agent_1"]


def test_answer_without_text_is_incomplete_once_it_is_interrupted() -> None:
    leg = Playbook("elevenlabs")
    leg.server("audio", audio_event={"audio_base_64": "<4 bytes>", "event_id": 1})
    assert leg.tell("server", interruption(1)) == [
        "PlaybackCut evidence=modelled item=agent_1",
        "MessageClosed item=agent_1 status=incomplete",
    ]


def test_correction_tells_what_was_heard_and_leaves_what_was_meant() -> None:
    leg = Playbook("elevenlabs")
    leg.tell("server", said("One. Two. Three.", 1))
    assert leg.tell("server", corrected("One. Two. Three.", "One. Two...", 1)) == [
        'PlaybackCut evidence=server item=agent_1 heard_text="One. Two"'
    ]
    assert leg.tell("server", corrected("One. Two. Three.", "One… ", 1)) == [
        "PlaybackCut evidence=server item=agent_1 heard_text=One"
    ]
    assert leg.tell("server", corrected("One. Two. Three.", "...", 1)) == [
        'PlaybackCut evidence=server item=agent_1 heard_text=""'
    ]


def test_dots_that_were_said_stay() -> None:
    leg = Playbook("elevenlabs")
    leg.tell("server", said("Well... let me see."))
    told = leg.tell("server", corrected("Well... let me see.", "Well..."))
    assert told == ["PlaybackCut evidence=server item=agent_1 heard_text=Well..."]


def test_correction_in_other_words_is_taken_as_it_is() -> None:
    leg = Playbook("elevenlabs")
    leg.tell("server", said("Hello ther!"))
    told = leg.tell("server", corrected("Hello ther!", "Hello there..."))
    assert told == ['PlaybackCut evidence=server item=agent_1 heard_text="Hello there..."']


def test_correction_finds_its_answer_by_id_by_text_or_takes_the_last() -> None:
    leg = Playbook("elevenlabs")
    for number, words in enumerate(["One.", "Two.", "Three."], start=1):
        leg.tell("server", said(words, number))
    assert "item=agent_2" in leg.tell("server", corrected("?", "T", 2))[0]
    assert "item=agent_1" in leg.tell("server", corrected("One.", "O"))[0]
    assert "item=agent_3" in leg.tell("server", corrected("?", "T"))[0]


def test_correction_brings_the_text_that_nothing_else_told() -> None:
    leg = Playbook("elevenlabs")
    leg.server("audio", audio_event={"audio_base_64": "<4 bytes>", "event_id": 1})
    assert leg.tell("server", corrected("Hello you.", "Hello...", 1)) == [
        'TextArrived item=agent_1 text="Hello you." is_whole=true',
        "MessageClosed item=agent_1",
        "PlaybackCut evidence=server item=agent_1 heard_text=Hello",
    ]


def test_correction_of_nothing_is_left_over() -> None:
    leg = Playbook("elevenlabs")
    name = "agent_response_correction"
    assert leg.tell("server", corrected(None, "Hello")) == [
        f'Undecoded reason="correction of no answer" name={name}'
    ]
    assert leg.tell("server", corrected("Hello", None)) == [
        f'Undecoded reason="no corrected_agent_response" name={name}'
    ]
