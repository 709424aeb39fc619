"""AudioCodes VoiceAI Connect. It is the client of the leg, the bot its server."""

from typing import Any

import pytest

from earwitness.journal.record import Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record

INITIATE = {
    "type": "session.initiate",
    "conversationId": "c-1",
    "botName": "hotel",
    "caller": "+15555550100",
    "supportedMediaFormats": ["raw/lpcm16"],
}
BOTH_16K = [f"FormatSet party={party} encoding=pcm_s16le rate_hz=16000" for party in ("caller", "agent")]
CUT = "PlaybackCut evidence=modelled"


def begun(media_format: str | None = "raw/lpcm16") -> Playbook:
    leg = Playbook("audiocodes")
    leg.tell("client", INITIATE)
    leg.server("session.accepted", mediaFormat=media_format)
    return leg


def play(leg: Playbook, stream: Any = "play-0", size: int = 640, **start: Any) -> list[str]:
    told = leg.server("playStream.start", streamId=stream, **start)
    return told + leg.server("playStream.chunk", streamId=stream, audioChunk=f"<{size} bytes>")


def recognised(text: str = "a room", **fields: Any) -> dict[str, Any]:
    return {"type": "userStream.speech.recognition", "alternatives": [{"text": text}], **fields}


def test_session_names_the_call_and_sets_both_formats() -> None:
    leg = Playbook("audiocodes")
    assert leg.tell("client", INITIATE) == [
        'LegIdentified provider_ids={"conversation_id": "c-1", "bot_name": "hotel"} links=["call:c-1"]'
        ' metadata={"caller": "+15555550100"}'
    ]
    assert leg.server("session.accepted", mediaFormat="raw/lpcm16") == BOTH_16K


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("raw/lpcm16_8", "encoding=pcm_s16le rate_hz=8000"),
        ("raw/lpcm16_24", "encoding=pcm_s16le rate_hz=24000"),
        ("wav/lpcm16", "encoding=pcm_s16le rate_hz=16000"),
        ("raw/mulaw", "encoding=mulaw rate_hz=8000"),
        ("wav/mulaw", "encoding=mulaw rate_hz=8000"),
    ],
)
def test_formats(name: str, told: str) -> None:
    leg = Playbook("audiocodes")
    assert leg.server("session.accepted", mediaFormat=name)[0] == f"FormatSet party=caller {told}"


def test_unknown_format_is_left_over_and_the_one_before_holds() -> None:
    leg = begun()
    for name in ("raw/opus", "lpcm16", "ogg/mulaw", ""):
        assert leg.server("session.accepted", mediaFormat=name) == [
            'Undecoded reason="unknown audio format" name=session.accepted'
        ]
    assert leg.client("userStream.chunk", audioChunk="<2 bytes>") == [
        "AudioArrived party=caller byte_count=2"
    ]


def test_sound_before_any_format_is_the_platform_s_usual() -> None:
    assert Playbook("audiocodes").client("userStream.chunk", audioChunk="<2 bytes>") == [
        BOTH_16K[0],
        "AudioArrived party=caller byte_count=2",
    ]


def test_caller_s_words_are_guessed_then_recognised() -> None:
    leg = begun()
    assert leg.server("userStream.speech.hypothesis", alternatives=[{"text": "a"}]) == [
        "MessageOpened item=caller role=user",
        "TextArrived item=caller text=a is_whole=true",
    ]
    best = [{"text": "a room", "confidence": 0.9}, {"text": "a broom", "confidence": 0.2}]
    assert leg.server("userStream.speech.recognition", alternatives=best) == [
        'TextArrived item=caller text="a room" is_whole=true confidence=0.9',
        "MessageClosed item=caller",
    ]
    assert leg.tell("server", recognised())[0] == "MessageOpened item=caller#2 role=user"
    assert leg.tell("server", recognised("")) == []


@pytest.mark.parametrize(
    ("confidence", "told"), [("0.95", " confidence=0.95"), ("sure", ""), (7, ""), (True, ""), (None, "")]
)
def test_names_and_kinds_seen_in_the_wild(confidence: Any, told: str) -> None:
    leg = begun()
    assert leg.server("userStream.speech.recognition", text="yes", confidence=confidence)[1] == (
        f"TextArrived item=caller text=yes is_whole=true{told}"
    )


def test_words_recognised_late_stand_before_the_answer_to_them() -> None:
    leg = begun()
    play(leg, altText="Welcome.")
    leg.server("userStream.speech.started")
    play(leg, "play-1", altText="At once.")
    assert leg.tell("server", recognised())[0] == "MessageOpened item=caller role=user previous=play-0"
    play(leg, "play-2", altText="Else?")
    assert leg.tell("server", recognised())[0] == "MessageOpened item=caller#2 role=user"


def test_words_recognised_late_may_be_the_first_of_all() -> None:
    leg = begun()
    leg.server("userStream.speech.started")
    play(leg, altText="At once.")
    assert leg.tell("server", recognised())[0] == "MessageOpened item=caller role=user is_first=true"


def test_agent_assist_tells_the_human_agent_from_the_caller() -> None:
    leg = begun()
    assert leg.client("userStream.chunk", participant="agent", audioChunk="<2 bytes>") == [
        "FormatSet party=human_agent encoding=pcm_s16le rate_hz=16000",
        "AudioArrived party=human_agent byte_count=2",
    ]
    assert leg.client("userStream.chunk", participant="Caller-leg", audioChunk="<2 bytes>") == [
        "AudioArrived party=caller byte_count=2"
    ]
    assert leg.server("userStream.speech.started", participantId="agent") == [
        "SpeechStarted party=human_agent"
    ]
    assert leg.server("userStream.speech.stopped", participant="caller") == ["SpeechStopped party=caller"]
    assert leg.tell("server", recognised(participant="agent"))[0] == (
        "MessageOpened item=human_agent role=assistant party=human_agent"
    )


def test_played_stream_is_an_answer_whose_words_are_its_alt_text() -> None:
    leg = begun()
    assert play(leg, altText="Welcome.") == [
        "MessageOpened item=play-0 role=assistant",
        "TextArrived item=play-0 text=Welcome. is_whole=true",
        "AudioArrived party=agent byte_count=640 item=play-0",
    ]
    assert leg.server("playStream.stop", streamId="play-0") == ["MessageClosed item=play-0"]
    assert leg.server("playStream.stop", streamId="play-0") == []


def test_stream_whose_end_is_missing_ends_with_the_next() -> None:
    leg = begun()
    play(leg, altText="One.")
    assert play(leg, altText="Two.")[:2] == [
        "MessageClosed item=play-0",
        "MessageOpened item=play-0#2 role=assistant",
    ]


def test_stream_without_alt_text_is_sound_without_a_message() -> None:
    leg = begun()
    assert play(leg) == ["AudioArrived party=agent byte_count=640"]
    assert leg.server("playStream.stop", streamId="play-0") == []


def test_chunk_without_its_stream_s_name_is_of_the_last_stream() -> None:
    leg = begun()
    leg.server("playStream.start", streamId=7, altText="Welcome.")
    assert leg.server("playStream.chunk", audioChunk="<2 bytes>") == [
        "AudioArrived party=agent byte_count=2 item=7"
    ]


def test_format_of_one_stream_holds_for_that_stream() -> None:
    leg = begun()
    assert play(leg, mediaFormat="raw/mulaw")[0] == "FormatSet party=agent encoding=mulaw rate_hz=8000"
    assert play(leg)[0] == BOTH_16K[1]


def test_end_of_sending_is_not_the_end_of_playing_but_listening_is() -> None:
    leg = begun()
    play(leg)
    assert leg.server("playStream.stop", streamId="play-0") == []
    assert leg.client("userStream.start") == [CUT]
    assert leg.client("userStream.start") == []


def test_stream_that_may_not_be_cut_is_played_on_while_the_caller_is_heard() -> None:
    leg = begun()
    play(leg, activityParams={"bargeIn": False})
    assert leg.client("userStream.start") == []
    assert leg.server("activities", activities=[{"type": "event", "name": "abortPrompts"}]) == [CUT]


def test_played_out_is_told_and_leaves_nothing_to_cut() -> None:
    leg = begun()
    finished = {"type": "activities", "activities": [{"type": "event", "name": "playFinished"}]}
    play(leg, altText="Welcome.")
    assert leg.tell("client", finished) == ["PlaybackReported state=stopped item=play-0"]
    assert leg.client("userStream.start") == []
    play(leg, "play-1")
    assert leg.tell("client", finished) == []


def test_end_of_the_session_is_announced_and_ends_the_playing() -> None:
    leg = begun()
    play(leg)
    assert leg.client("session.end", reasonCode="client-disconnected", reason="Client Side") == [
        "EndAnnounced reason=client-disconnected",
        CUT,
    ]
    assert begun().client("session.end", reason="Done") == ["EndAnnounced reason=Done"]
    assert begun().client("session.end") == ["EndAnnounced"]


def test_session_is_resumed_only_if_the_bot_says_so() -> None:
    leg = Playbook("audiocodes")
    assert leg.client("session.resume", conversationId="c-9") == []
    assert leg.server("session.error", conversationId="c-9", reason="not found") == [
        'ProblemReported code=session_error message="not found" is_fatal=true'
    ]
    assert leg.client("session.resume", conversationId="c-1") == []
    assert leg.server("session.accepted") == [
        'LegIdentified provider_ids={"conversation_id": "c-1"} links=["call:c-1"]'
    ]
    leg.client("session.resume", conversationId="c-1")
    assert leg.server("session.resumed") == []


def test_call_is_named_by_any_message_of_the_platform_where_the_beginning_is_lost() -> None:
    leg = Playbook("audiocodes")
    assert leg.client("userStream.start", conversationId="c-1") == [
        'LegIdentified provider_ids={"conversation_id": "c-1"} links=["call:c-1"]'
    ]
    assert leg.client("userStream.start", conversationId="c-1") == []


def test_rate_that_no_sound_has_is_not_believed() -> None:
    odd = "UklGRv////9XQVZFZm10IBAAAAABAAEAAQAAAIA+AAACABAAZGF0Yf////8BAAIAAwA="
    assert begun().server("playStream.chunk", audioChunk=odd) == ["AudioArrived party=agent byte_count=6"]


def test_trial_connection_is_no_call() -> None:
    leg = Playbook("audiocodes")
    assert leg.client("connection.validate", conversationId="c-1") == []
    assert leg.server("connection.validated", success=True) == []


def test_marks_are_set_by_the_bot_and_reached_by_the_platform() -> None:
    leg = begun()
    assert leg.server("playStream.mark.set", name="m1") == ["PlaybackReported state=mark_set name=m1"]
    assert leg.client("playStream.mark.reached", markId=1) == ["PlaybackReported state=mark_reached name=1"]


def test_frames_that_are_not_what_they_should_be_are_left_over() -> None:
    leg = begun()
    assert leg.client("userStream.chunk") == ['Undecoded reason="no audio" name=userStream.chunk']
    assert leg.client("userStream.chunk", audioChunk=5, participant=[]) == [
        'Undecoded reason="no audio" name=userStream.chunk'
    ]
    assert leg.client("userStream.chunk", audioChunk="A*") == [
        'Undecoded reason="bad base64" name=userStream.chunk'
    ]
    assert leg.client("userStream.chunk", audioChunk="") == []
    assert leg.server("userStream.speech.recognition") == [
        'Undecoded reason="no text" name=userStream.speech.recognition'
    ]
    assert leg.client("sing") == ['Undecoded reason="unknown type" name=sing']
    assert leg.client(a=1) == ['Undecoded reason="no type"']
    assert leg.raw(b"[]", Origin.CLIENT) == ['Undecoded reason="not a JSON object"']


def test_audio_gives_the_bytes_in_the_party_s_name_without_a_wav_s_header() -> None:
    leg = begun()
    wav = "UklGRv////9XQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0Yf////8BAAIAAwA="
    sent = [
        record(2, 0, "client", {"type": "userStream.chunk", "audioChunk": "<2 bytes>"}),
        record(3, 0, "client", {"type": "userStream.chunk", "participant": "agent", "audio": "<3 bytes>"}),
        record(4, 0, "server", {"type": "playStream.chunk", "audioChunk": wav}),
        record(5, 0, "server", {"type": "playStream.chunk", "audioChunk": "A*"}),
        record(6, 0, "client", INITIATE),
    ]
    assert [sound for one in sent for sound in leg.decoder.audio(one)] == [
        (Party.CALLER, b"\xff" * 2),
        (Party.HUMAN_AGENT, b"\xff" * 3),
        (Party.AGENT, b"\x01\x00\x02\x00\x03\x00"),
    ]
