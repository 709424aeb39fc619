"""Messages over a Hume EVI socket: utterances told many times, sentences, scores, turns, tool calls."""

from typing import Any

import pytest

from wirelogs import Playbook


def heard(
    text: Any, begin: Any = None, end: Any = None, *, interim: bool = False, **more: Any
) -> dict[str, Any]:
    time = {} if begin is None else {"time": {"begin": begin, "end": end}}
    message = {"role": "user", "content": text}
    return {"type": "user_message", "message": message, "interim": interim, **time, **more}


def answer(item: Any, text: Any, **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"type": "assistant_message", "id": item, "message": message, **more}


def scores(**told: Any) -> dict[str, Any]:
    return {"prosody": {"scores": told}}


def test_final_words_replace_those_told_before() -> None:
    leg = Playbook("hume")
    assert leg.tell("server", heard("I would", 10, 100, interim=True)) == [
        "SpeechStarted party=caller item=user_1 media_ms=10",
        "MessageOpened item=user_1 role=user",
        'TextArrived item=user_1 text="I would" is_whole=true',
    ]
    assert leg.tell("server", heard("I could", 10, 150, interim=True)) == [
        'TextArrived item=user_1 text="I could" is_whole=true'
    ]
    assert leg.tell("server", heard("I would test.", 10, 200)) == [
        'TextArrived item=user_1 text="I would test." is_whole=true',
        "SpeechStopped party=caller item=user_1 media_ms=200",
        "MessageClosed item=user_1",
    ]
    assert leg.tell("server", heard("I would test!", 10, 200)) == [
        'TextArrived item=user_1 text="I would test!" is_whole=true'
    ]
    assert "user_2" in leg.tell("server", heard("Again.", 150, 300))[0]


def test_beginning_of_an_utterance_may_move_while_it_goes_on() -> None:
    leg = Playbook("hume")
    leg.tell("server", heard("And", 700, 750, interim=True))
    assert leg.tell("server", heard("And then?", 710, 900))[0].startswith("TextArrived item=user_1")


def test_utterance_that_was_given_up_is_incomplete() -> None:
    leg = Playbook("hume")
    leg.tell("server", heard("Er", 10, 100, interim=True))
    assert leg.tell("server", heard("Hello.", 100, 200))[:2] == [
        "MessageClosed item=user_1 status=incomplete",
        "SpeechStarted party=caller item=user_2 media_ms=100",
    ]


def test_utterances_without_times_follow_each_other() -> None:
    leg = Playbook("hume")
    assert leg.tell("server", heard("Hel", interim=True))[0] == "MessageOpened item=user_1 role=user"
    assert leg.tell("server", heard("Hello.")) == [
        "TextArrived item=user_1 text=Hello. is_whole=true",
        "MessageClosed item=user_1",
    ]
    assert leg.tell("server", heard("Hello."))[0] == "MessageOpened item=user_2 role=user"


@pytest.mark.parametrize("name", ["from_text", "fromText"])
def test_typed_words_are_told_once_though_the_server_repeats_them(name: str) -> None:
    leg = Playbook("hume")
    typed = [
        "MessageOpened item=user_1 role=user is_audible=false",
        "TextArrived item=user_1 text=Hi is_whole=true",
        "MessageClosed item=user_1",
    ]
    assert leg.client("user_input", text="Hi") == typed
    assert len(leg.client("user_input", text="Hi")) == 3
    assert leg.tell("server", heard("Hi", 0, 0, **{name: True})) == []
    assert leg.tell("server", heard("Hi", 0, 0, **{name: True})) == []
    assert len(leg.tell("server", heard("Hi", 0, 0, **{name: True}))) == 3
    assert leg.client("user_input", text="") == []


def test_words_that_are_missing_are_left_over() -> None:
    leg = Playbook("hume")
    assert leg.server("user_message") == ['Undecoded reason="no content" name=user_message']
    assert leg.tell("server", answer("m1", None)) == ['Undecoded reason="no content" name=assistant_message']


def test_sentences_of_one_turn_belong_together_until_its_end() -> None:
    leg = Playbook("hume")
    assert leg.tell("server", answer("m1", "One.")) == [
        "MessageOpened item=m1 role=assistant response=turn_1",
        "TextArrived item=m1 text=One. is_whole=true",
        "MessageClosed item=m1",
    ]
    assert leg.tell("server", answer("m1", "One.")) == []
    assert (
        leg.tell("server", answer("m2", "Two."))[0] == "MessageOpened item=m2 role=assistant response=turn_1"
    )
    assert leg.server("assistant_end") == ["ResponseEnded response=turn_1 status=completed"]
    assert leg.server("assistant_end") == []
    quick = leg.tell("server", answer(None, "Well.", is_quick_response=True))
    assert quick[0] == "MessageOpened item=agent_1 role=assistant response=turn_2 phase=quick_response"


def test_more_words_under_the_same_id_are_another_part() -> None:
    leg = Playbook("hume")
    leg.tell("server", answer("m1", "One."))
    assert leg.tell("server", answer("m1", "Two.")) == ["TextArrived item=m1 text=Two. part=1 is_whole=true"]


def test_interruption_throws_away_the_whole_turn() -> None:
    leg = Playbook("hume")
    assert leg.server("user_interruption", time=1) == ["PlaybackCut evidence=modelled"]
    leg.tell("server", answer("m1", "One."))
    assert leg.server("user_interruption", time=2) == ["PlaybackCut evidence=modelled response=turn_1"]
    cancelled = "ResponseEnded response=turn_1 status=cancelled reason=user_interruption"
    assert leg.server("assistant_end") == [cancelled]
    assert (
        leg.tell("server", answer("m2", "Two."))[0] == "MessageOpened item=m2 role=assistant response=turn_2"
    )
    assert leg.server("assistant_end") == ["ResponseEnded response=turn_2 status=completed"]
    assert leg.server("user_interruption") == ["PlaybackCut evidence=modelled response=turn_2"]


def test_turn_that_was_cut_is_over_when_the_next_begins() -> None:
    leg = Playbook("hume")
    leg.tell("server", answer("m1", "One."))
    leg.server("user_interruption")
    assert leg.tell("server", answer("m1", "One.")) == []
    assert leg.tell("server", answer("m2", "Two."))[:2] == [
        "ResponseEnded response=turn_1 status=cancelled reason=user_interruption",
        "MessageOpened item=m2 role=assistant response=turn_2",
    ]


def test_scores_keep_their_names_and_values() -> None:
    leg = Playbook("hume")
    told = leg.tell(
        "server", heard("Hi", 1, 2, models=scores(**{"Empathic Pain": 0.25, "Joy": 1, "New One": 2}))
    )
    assert told[-1] == (
        "EmotionScored item=user_1 producer=hume_prosody"
        ' scores={"Empathic Pain": 0.25, "Joy": 1.0, "New One": 2.0}'
    )
    told = leg.tell(
        "server", answer("m1", "Hi", models=scores(surprisePositive=0.5, aestheticAppreciation=0))
    )
    assert told[-1] == (
        "EmotionScored item=m1 producer=hume_prosody"
        ' scores={"Surprise (positive)": 0.5, "Aesthetic Appreciation": 0.0}'
    )


def test_what_is_no_number_is_no_score() -> None:
    odd = scores(Joy="much", Awe=None, Fear=True, Pride=10**400)
    assert not any(
        "Emotion" in told for told in Playbook("hume").tell("server", answer("m1", "Hi", models=odd))
    )
    empty: list[Any] = [{}, {"prosody": None}, None, []]
    for nothing in empty:
        assert len(Playbook("hume").tell("server", answer("m1", "Hi", models=nothing))) == 3


def test_scores_of_an_answer_come_later_or_before() -> None:
    leg = Playbook("hume")
    assert leg.server("assistant_prosody", models=scores(Joy=1)) == [
        'Undecoded reason="scores of no message" name=assistant_prosody'
    ]
    scored = 'EmotionScored item=m1 producer=hume_prosody scores={"Joy": 1.0}'
    assert leg.server("assistant_prosody", id="m1", models=scores(Joy=1)) == [
        "MessageOpened item=m1 role=assistant response=turn_1",
        scored,
    ]
    assert leg.tell("server", answer("m1", "Hi"))[0] == "TextArrived item=m1 text=Hi is_whole=true"
    assert leg.server("assistant_prosody", id=None, models=scores(Joy=1)) == [scored]


@pytest.mark.parametrize("name", ["tool_call_id", "toolCallId"])
def test_tool_call_and_its_result(name: str) -> None:
    leg = Playbook("hume")
    ids: dict[str, Any] = {name: "t1"}
    assert leg.server("tool_call", name="find", parameters='{"a":1}', **ids) == [
        'ToolCalled call=t1 name=find arguments={"a":1}'
    ]
    assert leg.client("tool_response", content="ok", **ids) == ["ToolReturned call=t1 result=ok"]
    assert leg.server("tool_response", content="ok", **ids) == []


def test_tool_that_failed_says_why_and_what_to_say_instead() -> None:
    leg = Playbook("hume")
    assert leg.client("tool_error", tool_call_id="t1", error="boom", content="Sorry.") == [
        "ToolReturned call=t1 result=Sorry. error=boom"
    ]
    assert leg.server("tool_error", tool_call_id="t2", code="500") == ["ToolReturned call=t2 error=500"]
    assert leg.server("tool_error", tool_call_id="t3") == ["ToolReturned call=t3 error=failed"]


def test_call_without_an_id_is_left_over() -> None:
    for name in ("tool_call", "tool_response", "tool_error"):
        assert Playbook("hume").server(name) == [f'Undecoded reason="no tool_call_id" name={name}']
