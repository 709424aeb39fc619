"""What the sound, and the words beside it, tell against a record, one by one."""

from dataclasses import replace

import pytest

from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import Evidence, Party, Role
from earwitness.projections.doubts import doubts
from earwitness.projections.figures import Disagreement, Figures, Side
from told import CALL, SECOND, message

SPEAKS = Side(speech=((0, 9000),), speech_ms=9000, sounding_ms=9000)
HEARD = Figures(caller=SPEAKS, agent=SPEAKS)
PHONE = replace(CALL, legs=(replace(CALL.legs[0], provider="twilio"),), messages=())
LONG = message(4, Role.ASSISTANT, "word " * 40, sent_ms=13_000)


def codes(conversation: Conversation = CALL, figures: Figures | None = HEARD) -> list[str]:
    return [doubt.code for doubt in doubts(conversation, figures)]


def track(party: Party, **fields: object) -> Conversation:
    return replace(CALL, tracks={**CALL.tracks, party: replace(CALL.tracks[party], **fields)})


def test_nothing_is_said_against_a_call_that_is_as_it_should_be() -> None:
    assert codes() == codes(figures=None) == []


@pytest.mark.parametrize(
    ("conversation", "code"),
    [
        (track(Party.CALLER, drift_ppm=-200.0), "drift_caller"),
        (track(Party.CALLER, pace=2.01), "wrong_rate_caller"),
        (track(Party.CALLER, pace=0.66), "wrong_rate_caller"),
        (replace(CALL, messages=(replace(LONG, sent_ms=3000),)), "wrong_rate_agent"),
        (replace(CALL, messages=(replace(LONG, sent_ms=60_000),)), "wrong_rate_agent"),
        (replace(CALL, messages=(message(1, Role.USER, ""), LONG)), "missing_transcript"),
        (replace(CALL, messages=(message(1, Role.USER, "a", worded_ns=20 * SECOND),)), "late_transcript"),
        (
            replace(
                CALL,
                status=Status.PARTIAL,
                messages=(replace(LONG, status="interrupted", evidence=Evidence.UNKNOWN),),
            ),
            "truncated",
        ),
        (PHONE, "leg_not_joined"),
    ],
)
def test_what_speaks_against_a_call_without_its_sound_being_heard(
    conversation: Conversation, code: str
) -> None:
    assert codes(conversation, None) == [code]


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        (Figures(caller=Side(), agent=SPEAKS), "silent_caller"),
        (Figures(caller=SPEAKS, agent=Side()), "silent_agent"),
        (
            Figures(caller=Side(speech_ms=9000, sounding_ms=9000, clipped_ms=100), agent=SPEAKS),
            "clipping_caller",
        ),
        (
            Figures(
                caller=SPEAKS,
                agent=SPEAKS,
                disagreements=(Disagreement(code="response", message="m", at_ms=1),),
            ),
            "disagrees_response",
        ),
    ],
)
def test_what_only_the_sound_tells(figures: Figures, code: str) -> None:
    assert codes(CALL, figures) == [code]


def test_a_little_clipping_a_little_drift_and_any_other_pace_are_nothing() -> None:
    clipped = Figures(caller=Side(speech_ms=9000, sounding_ms=9000, clipped_ms=80), agent=SPEAKS)
    assert codes(CALL, clipped) == []
    assert codes(track(Party.CALLER, drift_ppm=30.0)) == []
    assert codes(track(Party.CALLER, pace=1.15)) == []


def test_a_call_that_came_from_files_has_no_pace() -> None:
    imported = replace(track(Party.CALLER, pace=2.0), legs=(replace(CALL.legs[0], way="import"),))
    assert codes(imported) == []


def test_speech_of_the_caller_without_any_word_is_told_where_the_agent_has_words() -> None:
    silent = replace(CALL, messages=(LONG,))
    assert codes(silent) == ["missing_transcript"]
    assert codes(silent, Figures(caller=Side(speech_ms=900, sounding_ms=900), agent=SPEAKS)) == []


def test_nothing_is_missed_while_the_call_runs() -> None:
    running = replace(CALL, status=Status.ACTIVE, messages=(message(1, Role.USER, ""), LONG))
    assert codes(running, None) == []
