"""One message from many repetitions."""

from typing import Any

import pytest

from wirelogs import Playbook

ADDED, DONE, CREATED = "conversation.item.added", "conversation.item.done", "conversation.item.created"
CREATE = "conversation.item.create"


def message(item: str | None, role: str | None, *content: dict[str, Any], **more: Any) -> dict[str, Any]:
    made = {"type": "message", "id": item, "role": role, "content": list(content), **more}
    return {name: value for name, value in made.items() if value is not None}


def typed(text: str, kind: str = "input_text") -> dict[str, Any]:
    return {"type": kind, "text": text}


def spoken(transcript: str | None, kind: str = "output_audio") -> dict[str, Any]:
    return {"type": kind, "transcript": transcript}


def test_answer_repeated_five_times_is_one_message() -> None:
    leg = Playbook("openai")
    begun = message("a1", "assistant", status="in_progress")
    done = message("a1", "assistant", spoken("Hello!"), status="completed")
    ids = {"response_id": "r1", "item_id": "a1", "content_index": 0}
    told = leg.all(
        ("server", {"type": "response.output_item.added", "response_id": "r1", "item": begun}),
        ("server", {"type": ADDED, "previous_item_id": None, "item": begun}),
        ("server", {"type": CREATED, "previous_item_id": None, "item": begun}),
        ("server", {"type": "response.output_audio_transcript.delta", "delta": "Hello!", **ids}),
        ("server", {"type": "response.output_audio_transcript.done", "transcript": "Hello!", **ids}),
        ("server", {"type": "response.content_part.done", "part": {"transcript": "Hello!"}, **ids}),
        ("server", {"type": "response.output_item.done", "response_id": "r1", "item": done}),
        ("server", {"type": DONE, "previous_item_id": None, "item": done}),
        (
            "server",
            {"type": "response.done", "response": {"id": "r1", "status": "completed", "output": [done]}},
        ),
    )
    assert told == [
        "MessageOpened item=a1 role=assistant response=r1",
        "MessageOpened item=a1 role=assistant is_first=true response=r1",
        "TextArrived item=a1 text=Hello!",
        "TextArrived item=a1 text=Hello! is_whole=true",
        "MessageClosed item=a1",
        "ResponseEnded response=r1 status=completed",
    ]


def test_item_with_several_parts_keeps_their_places() -> None:
    done = message("a1", "assistant", typed("Look:", "output_text"), {"type": "image"}, typed("7", "text"))
    assert Playbook("openai").server("response.output_item.done", response_id="r1", item=done) == [
        "MessageOpened item=a1 role=assistant response=r1",
        "TextArrived item=a1 text=Look: is_whole=true",
        "TextArrived item=a1 text=7 part=2 is_whole=true",
        "MessageClosed item=a1",
    ]


def test_client_s_text_without_an_id_shows_when_the_server_gives_it_one() -> None:
    leg = Playbook("openai")
    assert leg.client(CREATE, item=message(None, "user", typed("Hi"))) == []
    echo = message("u1", "user", typed("Hi"), status="completed")
    once = [
        "MessageOpened item=u1 role=user is_first=true is_inserted=true is_audible=false",
        "TextArrived item=u1 text=Hi is_whole=true",
        "MessageClosed item=u1",
    ]
    assert leg.server(ADDED, previous_item_id=None, item=echo) == once
    assert leg.server(DONE, previous_item_id=None, item=echo) == []


def test_client_s_text_with_an_id_shows_at_once() -> None:
    leg = Playbook("openai")
    told = leg.client(CREATE, previous_item_id="root", item=message("s1", "system", typed("Be kind.")))
    assert told == [
        "MessageOpened item=s1 role=system is_first=true is_inserted=true is_audible=false",
        'TextArrived item=s1 text="Be kind." is_whole=true',
    ]
    echo = message("s1", "system", typed("Be kind."), status="completed")
    assert leg.server(ADDED, previous_item_id=None, item=echo) == ["MessageClosed item=s1"]


def test_sound_that_a_client_puts_in_was_never_spoken_here() -> None:
    leg = Playbook("openai")
    sound = {"type": "input_audio", "audio": "<48 bytes>"}
    assert leg.client(CREATE, item=message(None, "user", sound)) == []
    echo = message("u1", "user", spoken(None, "input_audio"), status="completed")
    assert leg.server(ADDED, item=echo) == [
        "MessageOpened item=u1 role=user is_inserted=true is_audible=false",
        "MessageClosed item=u1",
    ]
    spoken_here = message("u2", "user", spoken(None, "input_audio"), status="completed")
    assert leg.server(ADDED, item=spoken_here)[0] == "MessageOpened item=u2 role=user"


def test_answer_that_a_client_puts_in_was_never_spoken_here() -> None:
    echo = message("a1", "assistant", typed("I said so.", "output_text"), status="completed")
    assert Playbook("openai").server(ADDED, item=echo)[0] == (
        "MessageOpened item=a1 role=assistant is_inserted=true is_audible=false"
    )


def test_speech_waits_for_its_transcript_where_one_will_come() -> None:
    leg = Playbook("openai")
    leg.server("session.updated", session={"audio": {"input": {"transcription": {"model": "whisper-1"}}}})
    leg.server("input_audio_buffer.committed", previous_item_id=None, item_id="u1")
    item = message("u1", "user", spoken(None, "input_audio"), status="completed")
    assert leg.server(DONE, previous_item_id=None, item=item) == []
    completed = "conversation.item.input_audio_transcription.completed"
    assert leg.server(completed, item_id="u1", transcript="Hi\n")[-1] == "MessageClosed item=u1"


def test_speech_whose_transcript_is_there_waits_for_nothing() -> None:
    leg = Playbook("openai")
    leg.server("session.updated", session={"input_audio_transcription": {"model": "whisper-1"}})
    item = message("u1", "user", spoken("Hi", "input_audio"), status="completed")
    assert leg.server(CREATED, previous_item_id=None, item=item)[-1] == "MessageClosed item=u1"


def test_speech_that_gets_no_transcript_ends_with_its_item() -> None:
    leg = Playbook("openai")
    leg.server("input_audio_buffer.committed", previous_item_id=None, item_id="u1")
    item = message("u1", "user", spoken(None, "input_audio"), status="completed")
    assert leg.server(DONE, previous_item_id=None, item=item) == ["MessageClosed item=u1"]


def test_retrieved_item_tells_only_what_was_not_known() -> None:
    leg = Playbook("openai")
    retrieved = "conversation.item.retrieved"
    known = message("a1", "assistant", spoken("Hello!"), status="completed")
    assert len(leg.server(retrieved, item=known)) == 3
    shortened = message("a1", "assistant", spoken("Hel"), status="incomplete")
    assert leg.server(retrieved, item=shortened) == []


def test_retrieved_sound_is_no_new_sound() -> None:
    part = {**spoken("Hi"), "audio": "<48 bytes>"}
    told = Playbook("openai").server("conversation.item.retrieved", item=message("a1", "assistant", part))
    assert [line.split()[0] for line in told] == ["MessageOpened", "TextArrived"]


def test_removed_item_is_told_once_it_was_known() -> None:
    leg = Playbook("openai")
    assert leg.server("conversation.item.deleted", item_id="a1") == []
    leg.server(ADDED, item=message("a1", "assistant"))
    assert leg.client("conversation.item.delete", item_id="a1") == []
    assert leg.server("conversation.item.deleted", item_id="a1") == ["MessageRemoved item=a1"]


def test_head_is_free_again_once_the_first_item_is_removed() -> None:
    leg = Playbook("openai")
    leg.server(ADDED, previous_item_id=None, item=message("a1", "assistant"))
    leg.server("conversation.item.deleted", item_id="a1")
    assert leg.server(ADDED, previous_item_id=None, item=message("a2", "assistant")) == [
        "MessageOpened item=a2 role=assistant is_first=true"
    ]


def test_transcript_in_an_item_is_the_same_as_that_in_its_own_event() -> None:
    leg = Playbook("openai")
    leg.server("conversation.item.input_audio_transcription.completed", item_id="u1", transcript="Hi\n")
    item = message("u1", "user", spoken("Hi\n", "input_audio"), status="completed")
    assert leg.server(DONE, item=item) == []


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("completed", "completed"),
        ("incomplete", "incomplete"),
        ("cancelled", "incomplete"),
        (None, "completed"),
    ],
)
def test_item_ends_as_it_says(status: str | None, told: str) -> None:
    item = message("a1", "assistant", spoken("Hel"), status=status)
    closed = Playbook("openai").server("response.output_item.done", response_id="r1", item=item)[-1]
    assert closed == "MessageClosed item=a1" + ("" if told == "completed" else f" status={told}")


def test_role_that_is_missing_is_read_from_the_content() -> None:
    leg = Playbook("openai")
    assert "role=user" in leg.server(ADDED, item=message("u1", None, typed("Hi")))[0]
    assert "role=assistant" in leg.server(ADDED, item=message("a1", None))[0]


def test_items_that_say_nothing_hold_their_place_only() -> None:
    leg = Playbook("openai")
    tools = {"id": "l1", "type": "mcp_list_tools", "server_label": "s", "tools": []}
    assert leg.server(ADDED, previous_item_id=None, item=tools) == []
    assert leg.server(ADDED, previous_item_id="l1", item=message("u1", "user")) == [
        "MessageOpened item=u1 role=user is_first=true"
    ]


def test_item_without_id_or_of_unknown_type_is_left_over() -> None:
    leg = Playbook("openai")
    assert leg.server(ADDED, item={}) == [f'Undecoded reason="item without id" name={ADDED}']
    assert leg.server(ADDED, item={"id": "x", "type": "dream"}) == [
        f'Undecoded reason="unknown type of item: dream" name={ADDED}'
    ]
