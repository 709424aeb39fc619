"""ElevenLabs, Hume, AudioCodes and ConversationRelay side by side: every call against its truth."""

import json

import numpy as np
import pytest

from earwitness.model.conversation import Status
from earwitness.simulator.dialogue import words_until
from earwitness.simulator.elevenlabs_server import LATE_MS
from earwitness.simulator.lines import line
from hearing import lag_ms, loudest_outside
from recorded import OTHERS, plays_of, recording

PLAYS = plays_of(OTHERS)
REFUSED = [call for call in PLAYS if call[1] in ("refused", "busy")]
SPOKEN = [call for call in PLAYS if call not in REFUSED]
SOUNDED = [call for call in SPOKEN if call[0] != "relay"]  # whose words alone go over the wire
ENDED = [call for call in PLAYS if call[1] in ("hang_up", "transfer")]
PROVEN_MS, MODELLED_MS = 20, 60
CUT_BY = {  # what each protocol proves of an answer that the caller spoke over
    "elevenlabs": "server",
    "hume": "modelled",
    "audiocodes": "modelled",
    "relay": "platform_mark",
}
PROOFS = ("server", "platform_mark")


@pytest.fixture(scope="session")
def made():
    return recording(OTHERS)


@pytest.fixture
def truth(made, call):
    return made.results[call].truth


@pytest.fixture
def recorded(made, call):
    return made.call(*call)


@pytest.fixture
def tolerance_ms(made):
    return PROVEN_MS + made.stall_ms


def spoken_in(truth):
    """All that was said, in order: each with its role."""
    said = [(each.start_ms, "user", each) for each in truth.said]
    heard = [(each.stretches[0][0], "assistant", each) for each in truth.heard]
    return [(role, each) for _, role, each in sorted(said + heard, key=lambda told: told[0])]


def rows_of_each(recorded, truth):
    """What was said, each with its rows: one, but for Hume, which makes one of every sentence."""
    rows, found = list(recorded.messages()), []
    for role, each in spoken_in(truth):
        assert rows, f"nothing of {each.text!r}"
        group = [rows.pop(0)]
        while truth.provider == "hume" and rows and each.text.startswith(f"{joined(group)} {rows[0].text}"):
            group.append(rows.pop(0))
        found.append((role, each, group))
    assert rows == []  # nothing was invented
    return found


def answers_of(recorded, truth):
    return [(each, rows) for role, each, rows in rows_of_each(recorded, truth) if role == "assistant"]


def joined(rows):
    return " ".join(row.text for row in rows)


def as_told(provider, role, text):
    """AudioCodes' recognition tells words, but no capitals and no final stop."""
    return text.lower().rstrip(".?!") if (provider, role) == ("audiocodes", "user") else text


def is_cut(each):
    return each.heard_ms < each.sent_ms - 1


def on_the_callers_clock(recorded, truth, track):
    """The track as rendered, shifted so that it begins when the caller began to dial."""
    samples = np.concatenate(list(recorded.audio(track, rate_hz=truth.rate_hz).blocks()))
    dialled_ns = recorded.row.began_at_ns - truth.zero_wall_ns
    return np.concatenate([np.zeros(dialled_ns * truth.rate_hz // 1_000_000_000, np.int16), samples])


# -- words -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_the_call_went_as_its_scenario_says(made, call):
    assert made.results[call].reason == ""


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_every_word_is_there_with_its_role_in_its_order_and_none_is_invented(call, truth, recorded):
    for role, each, rows in rows_of_each(recorded, truth):
        assert {row.role for row in rows} == {role}
        assert joined(rows) == as_told(call[0], role, each.text)
        assert not any(row.is_inserted for row in rows)


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_every_tool_call_and_digit_is_there_and_none_is_invented(call, truth, recorded, tolerance_ms):
    rows = recorded.tool_calls()
    told = [
        (row.call_id, row.name, json.loads(row.arguments or "{}"), json.loads(row.result or "{}"))
        for row in rows
    ]
    assert told == [(each.call, each.name, each.arguments, each.result) for each in truth.tool_calls]
    for row, each in zip(rows, truth.tool_calls, strict=True):
        called_ns = recorded.row.began_at_ns + row.called_ns
        assert called_ns - each.at_wall_ns == pytest.approx(0, abs=tolerance_ms * 1e6)
    assert "".join(digit.digit for digit in recorded.conversation.digits) == truth.digits


def test_the_calls_hold_what_they_are_to_prove(made):
    truths = {call: result.truth for call, result in made.results.items()}
    used = {call[0] for call, truth in truths.items() if truth.tool_calls}
    keyed = {call[0] for call, truth in truths.items() if truth.digits}
    assert (used, keyed) == ({"elevenlabs", "hume"}, {"audiocodes", "relay"})
    cut = [call for call in SPOKEN if any(map(is_cut, truths[call].heard))]
    assert cut == [(provider, name) for provider in OTHERS for name in ("barge_in", "dies")]


@pytest.mark.parametrize("call", [call for call in SPOKEN if call[0] == "hume"], ids=" ".join)
def test_each_of_humes_messages_has_all_48_emotions_as_scored(call, truth, recorded):
    for _, each, rows in rows_of_each(recorded, truth):
        for row in rows:
            assert len(row.emotion_scores) == 48
            assert row.emotion_scores == pytest.approx(each.emotions)
            assert row.sentiment_source == "derived:hume_prosody"


@pytest.mark.parametrize("call", [("hume", "emotion")], ids=" ".join)
def test_a_vexed_caller_is_told_from_a_pleased_one(call, recorded):
    rows = recorded.messages(role="user")
    assert (rows[0].sentiment, rows[-1].sentiment) == ("negative", "positive")


@pytest.mark.parametrize("call", [call for call in PLAYS if call[0] != "hume"], ids=" ".join)
def test_no_emotion_is_made_up_where_nobody_scores_any(call, recorded):
    for row in recorded.messages():
        assert row.emotion_scores is None
        assert row.sentiment_source in (None, "heuristic:vader")


# -- what was heard of them --------------------------------------------------------------------------


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_how_far_each_answer_was_heard_is_known_as_well_as_the_protocol_proves(call, made, truth, recorded):
    for each, rows in answers_of(recorded, truth):
        assert (rows[-1].status == "interrupted") == is_cut(each)
        if is_cut(each):
            assert rows[-1].evidence == ("unknown" if truth.ended == "died" else CUT_BY[call[0]])
        if is_cut(each) or call[0] != "relay":
            exact_ms = PROVEN_MS if rows[-1].evidence in PROOFS else MODELLED_MS
            heard_ms = sum(row.heard_ms for row in rows)
            assert heard_ms == pytest.approx(each.heard_ms, abs=exact_ms + made.stall_ms)


@pytest.mark.parametrize("call", SOUNDED, ids=" ".join)
def test_all_that_was_sent_of_an_answer_is_counted(call, truth, recorded):
    for each, rows in answers_of(recorded, truth):
        # ElevenLabs sends on for a moment what it declared void before
        late_ms = LATE_MS if call[0] == "elevenlabs" and is_cut(each) else 0
        sent_ms = sum(row.sent_ms for row in rows)
        assert each.sent_ms - 1 * len(rows) <= sent_ms <= each.sent_ms + late_ms + 1


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_the_heard_words_end_where_the_sound_was_cut(call, truth, recorded):
    for each, rows in answers_of(recorded, truth):
        heard = " ".join(row.heard_text for row in rows)
        if rows[-1].status != "interrupted":
            assert heard == joined(rows)
            continue
        whole = line(each.line)
        expected = words_until(whole.text, each.heard_ms / whole.duration_ms)
        assert whole.text.startswith(heard)
        is_told = call[0] == "relay" and truth.ended != "died"  # by Twilio, in these words
        assert len(heard.split()) == pytest.approx(len(expected), abs=0 if is_told else 1)


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_an_interruption_is_told_once(call, truth, recorded):
    cuts = [each for each in truth.heard if is_cut(each) and truth.ended != "died"]
    told = recorded.conversation.interruptions
    assert [(each.by, each.did_cut) for each in told] == [("caller", True)] * len(cuts)


# -- sound -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", SOUNDED, ids=" ".join)
def test_the_agents_track_is_what_the_callers_ear_got(call, truth, recorded, tolerance_ms):
    ours = on_the_callers_clock(recorded, truth, "agent")
    spans = [span for each in truth.heard for span in each.stretches]
    lags = [lag_ms(ours, truth.ear, span, truth.rate_hz) for span in spans]
    assert all(abs(lag) <= tolerance_ms for lag in lags), lags
    assert loudest_outside(ours, spans, truth.rate_hz, tolerance_ms) < 100  # silence after every cut


@pytest.mark.parametrize("call", SOUNDED, ids=" ".join)
def test_the_callers_track_is_what_left_the_callers_mouth(call, truth, recorded, tolerance_ms):
    ours = on_the_callers_clock(recorded, truth, "caller")
    spans = [(each.start_ms, each.end_ms) for each in truth.said]
    lags = [lag_ms(ours, truth.mouth, span, truth.rate_hz) for span in spans]
    assert all(abs(lag) <= tolerance_ms for lag in lags), lags
    assert loudest_outside(ours, spans, truth.rate_hz, tolerance_ms) < 1000


# -- how it ended ------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", SPOKEN, ids=" ".join)
def test_a_call_is_whole_unless_its_socket_was_lost_and_then_it_says_so(call, truth, recorded):
    row = recorded.row
    assert row.labels == [call[1]]
    assert (row.subject, row.metadata["scenario"]) == (f"RID-{call[1]}", call[1])
    assert row.providers == ["twilio" if call[0] == "relay" else call[0]]
    assert row.duration_ms == pytest.approx(truth.duration_ms, abs=150)
    assert len(recorded.conversation.legs) == 1 + truth.redialled
    if truth.ended == "died" or truth.redialled:
        assert (row.status, row.reasons) == (Status.PARTIAL, ["peer_lost"])
    else:
        assert (row.status, row.reasons) == (Status.COMPLETE, [])
        soundless = ("no_sound", "no_caller_audio", "no_agent_audio") if call[0] == "relay" else ()
        assert recorded.shortcomings(but=("unproven_playout", *soundless)) == []
    assert recorded.conversation.findings == ()


@pytest.mark.parametrize("call", ENDED, ids=" ".join)
def test_who_hung_up_and_where_the_caller_was_sent_on_to_is_kept(call, truth, recorded):
    [leg] = recorded.conversation.legs
    ended = (leg.why_closed, leg.close_code, leg.end_reason)
    about = recorded.row.metadata
    handed_off = json.loads(about.get("handoff_data", "{}"))
    if call[0] == "elevenlabs":
        assert (*ended, leg.closed_by) == ("closed", 1000, None, "server")
        assert recorded.tool_calls()[-1].name == "end_call"
    elif call[0] == "audiocodes":
        reason = {"hang_up": "bot-disconnected", "transfer": "transferred"}[call[1]]
        assert ended == ("closed", 1000, reason)
        assert about.get("transfer_target", "") == truth.transferred_to
    else:
        assert ended == ("closed", 1000, "end")
        reason = {"hang_up": "conversation-over", "transfer": "live-agent-handoff"}[call[1]]
        assert (handed_off["reasonCode"], handed_off.get("transferTo", "")) == (reason, truth.transferred_to)
    assert (truth.transferred_to != "") == (call[1] == "transfer")


@pytest.mark.parametrize("call", REFUSED, ids=" ".join)
def test_a_refusal_is_kept_with_the_providers_own_status(call, truth, recorded):
    status = {"refused": 401, "busy": 429}[call[1]]
    [leg] = recorded.conversation.legs
    if call[0] == "relay":  # Twilio reached the bot, which has no voice AI and hangs up
        assert (leg.answer_status, leg.close_code, leg.closed_by) == (101, 1011, "server")
        return
    assert (leg.answer_status, leg.why_closed) == (status, "refused")
    assert (recorded.row.status, recorded.row.reasons) == (Status.FAILED, [f"refused:{status}"])
    assert any(str(status) in finding.message for finding in recorded.conversation.findings)


def test_every_call_of_the_recording_is_there_once(made):
    library = made.library()
    assert len(list(library.conversations())) == len(PLAYS)
    assert library.due() == ()
