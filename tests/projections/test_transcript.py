"""Transcripts: what was said and heard, and apart from it what never reached the ear."""

from dataclasses import replace

import pytest

from earwitness.model.events import EmotionScored, Party, Role
from earwitness.projections import transcript
from scripted import Script
from told import CALL, GAP, SECOND, message


def test_plain_text_is_a_line_a_message_with_the_unheard_words_in_brackets():
    assert transcript.text(CALL).splitlines() == [
        "[00:00:01.000] Caller: Hello, I need help with <my> card & more",
        "[00:00:02.000] Agent: Of course. [not heard: What seems to be the issue?]",
        "[00:00:03.000] System: The caller is a gold customer.",
        "[00:00:04.000] Agent: [not heard: Never heard.]",
    ]


def test_a_human_who_takes_over_is_named():
    said = message(0, Role.ASSISTANT, "Karl here.", party=Party.HUMAN_AGENT)
    assert transcript.text(replace(CALL, messages=(said,))) == "[00:00:00.000] Human agent: Karl here.\n"


@pytest.mark.parametrize(
    ("text", "heard", "rest"),
    [
        ("One two three", "One two", "three"),
        ("One two three", "One two three", ""),
        ("One two three", "", "One two three"),
        (" One two ", "One", "two"),
        ("Eins zwei", "One", "Eins zwei"),  # told otherwise: all that was generated is told
    ],
)
def test_what_was_not_heard_is_the_rest_of_what_was_generated(text, heard, rest):
    assert transcript.unheard(message(1, Role.ASSISTANT, text, heard_text=heard)) == rest


def test_a_typed_answer_was_not_spoken_and_counts_as_it_stands():
    typed = message(1, Role.ASSISTANT, "Read me.", heard_text="", is_audible=False)
    call = replace(CALL, messages=(typed,))
    assert transcript.text(call) == "[00:00:01.000] Agent: Read me.\n"
    assert transcript.srt(call) == ""


def test_srt_numbers_its_cues_and_leaves_out_what_was_not_spoken_or_heard():
    assert transcript.srt(CALL) == (
        "1\n00:00:01,000 --> 00:00:01,700\nCaller: Hello, I need help with <my> card & more\n"
        "\n"
        "2\n00:00:02,000 --> 00:00:02,700\nAgent: Of course.\n"
    )


def test_vtt_names_the_voice_and_escapes_what_would_be_markup():
    assert transcript.vtt(CALL) == (
        "WEBVTT\n"
        "\n"
        "00:00:01.000 --> 00:00:01.700\n<v Caller>Hello, I need help with &lt;my&gt; card &amp; more\n"
        "\n"
        "00:00:02.000 --> 00:00:02.700\n<v Agent>Of course.\n"
    )


def test_no_words_can_end_a_cue_or_begin_another():
    evil = message(1, Role.USER, "one\n\n2\n00:00:09,000 --> 00:00:10,000\nnot said")
    call = replace(CALL, messages=(evil,))
    for subtitles in (transcript.srt(call), transcript.vtt(call)):
        assert sum(line.startswith("00:00:0") for line in subtitles.splitlines()) == 1
    assert "--&gt;" in transcript.vtt(call)
    assert transcript.text(call).count("\n") == 1


def test_cues_stand_in_the_order_of_time_and_are_long_enough_to_be_read():
    late = message(5, Role.USER, "second", ended_ns=None)
    early = message(1, Role.ASSISTANT, "first", ended_ns=SECOND + 1, started_ns=-SECOND)
    cues = [
        line for line in transcript.vtt(replace(CALL, messages=(late, early))).splitlines() if "-->" in line
    ]
    assert cues == ["00:00:00.000 --> 00:00:01.000", "00:00:05.000 --> 00:00:05.700"]


def test_the_json_has_one_entry_a_message_with_both_texts():
    told = transcript.document(CALL)
    assert (told["conversation"], told["began_at"]) == (CALL.id, "2024-12-01T14:30:22.123456Z")
    assert [entry["key"] for entry in told["entries"]] == [each.key for each in CALL.messages]
    expected = {
        "key": "leg-1/item_2",
        "role": "assistant",
        "party": "agent",
        "text": "Of course. What seems to be the issue?",
        "heard_text": "Of course.",
        "status": "interrupted",
        "started_at": "2024-12-01T14:30:24.123456Z",
        "started_ms": 2000,
        "ended_ms": 2500,
        "sent_ms": 2000,
        "heard_ms": 500,
        "evidence": "client_claim",
        "is_inserted": False,
        "phase": None,
        "confidence": None,
    }
    assert told["entries"][1] == told["entries"][1] | expected
    assert told["entries"][0]["confidence"] == 0.95


def test_an_entry_tells_how_it_was_said_and_who_says_so():
    call = Script()
    ai = call.leg(provider="hume")
    ai.message(100, "u1", Role.USER, "this is great")
    ai.message(200, "a1", Role.ASSISTANT, "is it", is_audible=False)
    ai(300, EmotionScored, item="u1", producer="hume_prosody", scores={"Joy": 0.75, "Anger": 0.125})
    said, answer = transcript.document(call.conversation())["entries"]

    assert said["emotions"] == {"hume_prosody": {"Joy": 0.75, "Anger": 0.125}}
    assert (said["sentiment"], said["sentiment_source"]) == ("positive", "derived:hume_prosody")
    assert (answer["emotions"], answer["sentiment"], answer["sentiment_source"]) == ({}, None, None)


def test_a_gap_stands_in_the_text_where_it_begins():
    lines = transcript.text(replace(CALL, gaps=(GAP,))).splitlines()
    [at] = [i for i, line in enumerate(lines) if "missing" in line]
    assert lines[at].startswith("[00:00:01.000] [7 records are missing")
    assert lines[:at] + lines[at + 1 :] == transcript.text(CALL).splitlines()
    starts = [line[:14] for line in lines]
    assert starts == sorted(starts)
