"""Twilio ConversationRelay. Twilio is the client of the leg, the bot its server."""

from typing import Any

from wirelogs import Playbook

SETUP = {
    "type": "setup",
    "sessionId": "VX1",
    "callSid": "CA1",
    "parentCallSid": "",
    "from": "+15555550101",
    "to": "+15555550102",
    "direction": "inbound",
    "accountSid": "AC1",
}


def begun() -> Playbook:
    leg = Playbook("twilio")
    leg.tell("client", SETUP)
    return leg


def prompt(leg: Playbook, text: Any, last: Any = True) -> list[str]:
    return leg.client("prompt", voicePrompt=text, lang="en-US", last=last)


def test_setup_names_the_call_and_who_talks() -> None:
    ours = {"ew_conversation": "order-7", "ew_subject": "RID001", "ew_label": "vip", "ew_key": "secret"}
    told = Playbook("twilio").tell("client", {**SETUP, "customParameters": {**ours, "shop": "north"}})
    assert told == [
        'LegIdentified provider_ids={"call_sid": "CA1", "session_id": "VX1", "account_sid": "AC1"}'
        ' links=["call:CA1", "conversation:order-7"] subject=RID001'
        ' metadata={"caller": "+15555550101", "callee": "+15555550102", "direction": "inbound",'
        ' "shop": "north"}',
        'NoteTaken verb=label data={"labels": ["vip"]}',
    ]


def test_prompt_is_a_message_of_the_user() -> None:
    leg = begun()
    assert prompt(leg, "A table, please.") == [
        "MessageOpened item=prompt-1 role=user",
        'TextArrived item=prompt-1 text="A table, please." is_whole=true',
        "MessageClosed item=prompt-1",
    ]
    assert prompt(leg, "For two.")[0] == "MessageOpened item=prompt-2 role=user"


def test_each_partial_prompt_holds_all_so_far() -> None:
    leg = begun()
    assert prompt(leg, "A", False) == [
        "MessageOpened item=prompt-1 role=user",
        "TextArrived item=prompt-1 text=A is_whole=true",
    ]
    assert prompt(leg, "A table", "false") == ['TextArrived item=prompt-1 text="A table" is_whole=true']
    assert prompt(leg, "", True) == ["MessageClosed item=prompt-1"]
    assert prompt(leg, "", True) == []


def test_answer_is_joined_until_its_last_token() -> None:
    leg = begun()
    assert leg.server("text", token="Hello", last=False) == [
        "MessageOpened item=answer-1 role=assistant",
        "TextArrived item=answer-1 text=Hello",
    ]
    assert leg.server("text", token=" there.", last=True) == [
        'TextArrived item=answer-1 text=" there."',
        "MessageClosed item=answer-1",
    ]
    assert leg.server("text", token="", last=True) == []


def test_interruption_tells_what_was_heard() -> None:
    leg = begun()
    leg.server("text", token="Life is a complex set of choices.", last=True)
    heard = {"utteranceUntilInterrupt": "Life is a complex set of", "durationUntilInterruptMs": 460}
    assert leg.client("interrupt", **heard) == [
        'PlaybackCut evidence=platform_mark item=answer-1 played_ms=460 heard_text="Life is a complex set of"'
    ]


def test_interruption_of_words_that_twilio_had_from_elsewhere_is_a_cut_of_no_answer() -> None:
    assert begun().client("interrupt", utteranceUntilInterrupt="Welcome to") == [
        'PlaybackCut evidence=platform_mark heard_text="Welcome to"'
    ]


def test_who_speaks() -> None:
    leg = begun()
    leg.server("text", token="Hello.", last=True)
    assert leg.client("info", name="agentSpeaking", value="on", ts=1752091238901) == [
        "PlaybackReported state=started item=answer-1"
    ]
    assert leg.client("info", name="agentSpeaking", value="off", ts=1752091239901) == [
        "PlaybackReported state=stopped item=answer-1"
    ]
    assert leg.client("info", name="clientSpeaking", value="on") == ["SpeechStarted party=caller"]
    assert leg.client("info", name="clientSpeaking", value="off") == ["SpeechStopped party=caller"]
    assert leg.client("info", name="tokensPlayed", value="hello") == []
    assert leg.client("info", name="mood", value="on") == ['Undecoded reason="unknown info" name=info']


def test_digits_both_ways() -> None:
    leg = begun()
    assert leg.client("dtmf", digit="1") == ["DigitPressed digit=1"]
    assert leg.client("dtmf") == ['Undecoded reason="no digit" name=dtmf']
    assert leg.server("sendDigits", digits="9w#") == [
        "DigitPressed digit=9 party=agent",
        "DigitPressed digit=# party=agent",
    ]
    assert leg.server("sendDigits") == ['Undecoded reason="no digits" name=sendDigits']
    assert leg.server("sendDigits", digits="1" * 1001) == [
        'Undecoded reason="too many digits" name=sendDigits'
    ]


def test_end_leaves_word_for_whoever_is_next() -> None:
    leg = begun()
    assert leg.server("end", handoffData='{"reason": "human"}') == [
        'NoteTaken verb=metadata data={"handoff_data": "{\\"reason\\": \\"human\\"}"}',
        "EndAnnounced reason=end",
    ]
    assert leg.server("end") == ["EndAnnounced reason=end"]


def test_what_twilio_complains_of_is_a_problem() -> None:
    assert begun().client("error", description="Invalid message") == [
        'ProblemReported code=error message="Invalid message"'
    ]


def test_files_and_languages_are_passed_over() -> None:
    leg = begun()
    assert leg.server("play", source="https://example.com/welcome.mp3") == []
    assert leg.server("language", ttsLanguage="sv-SE") == []


def test_frames_that_are_not_what_they_should_be_are_left_over() -> None:
    leg = begun()
    assert prompt(leg, 5) == ['Undecoded reason="no voicePrompt" name=prompt']
    assert leg.server("text", token=None) == ['Undecoded reason="no token" name=text']
    assert leg.client("sing") == ['Undecoded reason="unknown type" name=sing']
    assert leg.client(a=1) == ['Undecoded reason="no type"']
