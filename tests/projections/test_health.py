"""How far a record can be trusted: each thing that is wrong costs what it says, and is said."""

from dataclasses import replace

import pytest

from earwitness.model.conversation import Finding, Status, Track
from earwitness.model.events import Evidence, Party
from earwitness.projections import health
from told import CALL, FINDING, GAP


def judged(**changes):
    call = replace(CALL, **changes)
    return health.score(call), [(reason.code, reason.cost) for reason in health.reasons(call)]


def test_a_whole_call_has_nothing_against_it():
    assert judged() == (100, [])


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gaps": (GAP,)}, ("gap_overrun", 20)),
        ({"status": Status.PARTIAL, "reasons": ("peer_lost",)}, ("peer_lost", 20)),
        ({"status": Status.FAILED, "reasons": ("refused:401",)}, ("failed", 50)),
        ({"findings": (FINDING,)}, ("undecoded", 2)),
        ({"findings": (replace(FINDING, code="parse_error"),)}, ("parse_error", 20)),
        ({"findings": (replace(FINDING, code="provider_error"),)}, ("provider_error", 2)),
        ({"findings": (replace(FINDING, code="sequence_gap"),)}, ("sequence_gap", 5)),
        ({"findings": (replace(FINDING, code="odd_bytes"),)}, ("odd_bytes", 1)),
        ({"tracks": {Party.AGENT: CALL.tracks[Party.AGENT]}}, ("no_caller_audio", 15)),
        ({"tracks": {**CALL.tracks, Party.AGENT: Track(party=Party.AGENT)}}, ("no_agent_audio", 15)),
        (
            {"messages": (replace(CALL.messages[1], evidence=Evidence.MODELLED),)},
            ("unproven_playout", 1),
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_each_kind_of_trouble_costs_its_price(changes, reason):
    assert judged(**changes) == (100 - reason[1], [reason])


def test_a_gap_is_told_with_its_length_and_charged_once():
    changes = {"gaps": (GAP,), "status": Status.PARTIAL, "reasons": ("gap:overrun", "crash")}
    assert judged(**changes) == (60, [("gap_overrun", 20), ("crash", 20)])
    [reason, _] = health.document(replace(CALL, **changes))["reasons"]
    assert reason == {
        "code": "gap_overrun",
        "message": "7 records are missing from 1.000 s on over 2.000 s: more came at once than could be held",
        "cost": 20,
        "at_ms": 1000,
    }


def test_the_gravest_comes_first_and_the_score_ends_at_nothing():
    findings = (FINDING, Finding(code="parse_error", message="garbage", at_ns=0))
    score, reasons = judged(findings=findings, gaps=(GAP,) * 5, status=Status.FAILED, reasons=())
    assert score == 0
    assert [cost for _, cost in reasons] == sorted((cost for _, cost in reasons), reverse=True)
    assert reasons[0] == ("failed", 50)


def test_findings_tell_how_often():
    assert health.reasons(replace(CALL, findings=(FINDING,)))[0].message == "unknown event (x3)"
    once = replace(FINDING, count=1)
    assert health.reasons(replace(CALL, findings=(once,)))[0].message == "unknown event"


def test_a_party_that_only_typed_needs_no_audio():
    typed = tuple(replace(each, is_audible=False) for each in CALL.messages)
    assert judged(messages=typed, tracks={}) == (100, [])


def test_the_document_names_the_call_its_state_and_its_score():
    told = health.document(CALL)
    assert told == {"conversation": CALL.id, "status": "complete", "score": 100, "reasons": []}


def test_words_that_were_struck_out_take_away_from_the_trust():
    struck = replace(CALL.messages[0], text="One [struck]let me check.")
    score, reasons = judged(messages=(struck, *CALL.messages[1:]))
    assert (score, reasons) == (90, [("struck_words", 10)])


def test_a_protocol_that_carries_no_sound_is_not_blamed_for_it():
    assert judged(tracks={}) == (100, [])
