"""Sound over HTTP, whole and in ranges, of calls that ended and of one that runs."""

import base64
import io
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import soundfile

import earwitness
from asked import Asker
from earwitness.capture.recorder import Recorder


def url(conversation: str, track: str = "stereo", form: str = "wav") -> str:
    return f"/api/v1/conversations/{conversation}/audio/{track}?format={form}"


@pytest.mark.parametrize("form", ["wav", "flac"])
@pytest.mark.parametrize("track", ["caller", "agent", "stereo", "agent-sent"])
def test_a_track_is_a_sound_file_of_the_calls_length(asker: Asker, order: str, track: str, form: str) -> None:
    answer = asker.ask(url(order, track, form))
    assert answer.headers["Content-Type"] == f"audio/{form}"
    info = soundfile.info(io.BytesIO(answer.content))
    assert info.format == form.upper()
    assert info.channels == (2 if track == "stereo" else 1)
    row = asker.library.conversation(order).row
    assert info.duration == pytest.approx(row.duration_ms / 1000, abs=0.05)
    samples, _ = soundfile.read(io.BytesIO(answer.content))
    assert np.abs(samples).max() > 0.01, "silence would do as well"
    if form == "wav":
        assert (info.samplerate, info.subtype) == (16_000, "PCM_16")


@pytest.mark.parametrize(("rate", "rate_hz"), [("native", 24_000), ("48000", 48_000), ("8000", 8_000)])
def test_a_wav_comes_at_the_rate_that_is_asked_for(asker: Asker, order: str, rate: str, rate_hz: int) -> None:
    info = soundfile.info(io.BytesIO(asker.ask(url(order) + f"&rate={rate}").content))
    assert (info.samplerate, info.subtype) == (rate_hz, "PCM_16")
    assert asker.ask(url(order) + "&rate=1").status_code == 422


@pytest.mark.parametrize("track", ["stereo", "agent-sent"])
def test_opus_is_the_same_sound_in_a_tenth_of_the_bytes(asker: Asker, order: str, track: str) -> None:
    wav, opus = (asker.ask(url(order, track, form)) for form in ("wav", "opus"))
    assert opus.headers["Content-Type"] == "audio/ogg; codecs=opus"
    assert opus.headers["Accept-Ranges"] == "none"
    ours, rate_hz = soundfile.read(io.BytesIO(opus.content), always_2d=True)
    theirs, _ = soundfile.read(io.BytesIO(wav.content), always_2d=True)
    assert (rate_hz, ours.shape) == (16_000, theirs.shape)
    assert all(np.corrcoef(a, b)[0, 1] > 0.9 for a, b in zip(ours.T, theirs.T, strict=True))
    assert len(opus.content) < len(wav.content) / 5
    head = asker.ask(url(order, track, "opus"), method="HEAD")
    assert (head.status_code, head.content) == (200, b"")


def test_left_is_the_caller_and_right_is_the_agent(asker: Asker, order: str) -> None:
    stereo, caller, agent = (
        soundfile.read(io.BytesIO(asker.ask(url(order, track)).content), dtype="int16")[0]
        for track in ("stereo", "caller", "agent")
    )
    assert np.array_equal(stereo[:, 0], caller)
    assert np.array_equal(stereo[:, 1], agent)
    assert not np.array_equal(caller, agent)


@pytest.mark.parametrize("form", ["wav", "flac"])
def test_stretches_put_together_are_the_whole(asker: Asker, order: str, form: str) -> None:
    path = url(order, "stereo", form)
    whole = asker.ask(path).content
    edges = [0, 1, 43, 44, 45, 1000, len(whole) // 2 + 1, len(whole)]
    parts = []
    for start, stop in pairwise(edges):
        answer = asker.ask(path, headers={"Range": f"bytes={start}-{stop - 1}"})
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(whole)}"
        parts.append(answer.content)
    joined = b"".join(parts)
    if form == "flac":
        assert joined == whole
    else:  # rendered from each stretch's beginning: its filter may round the last bit otherwise
        assert (len(joined), joined[:44]) == (len(whole), whole[:44])
        ours, theirs = (np.frombuffer(b[44:], "<i2").astype(int) for b in (joined, whole))
        assert np.abs(ours - theirs).max() <= 1
    beyond = asker.ask(path, headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416


def test_head_tells_the_size_without_the_sound(asker: Asker, order: str) -> None:
    head = asker.ask(url(order), method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(asker.ask(url(order)).content)


def test_a_file_is_called_after_its_recording_and_nothing_else(asker: Asker, phone_order: str) -> None:
    name = asker.library.conversation(phone_order).row.recording_id
    told = asker.ask(url(phone_order, "agent")).headers["Content-Disposition"]
    assert told == f'inline; filename="{name}_agent.wav"'


@pytest.mark.parametrize(("track", "form"), [("nobody", "wav"), ("caller", "mp3"), ("../x", "wav")])
def test_an_unknown_track_or_form_is_refused(asker: Asker, order: str, track: str, form: str) -> None:
    assert asker.ask(url(order, track, form)).status_code in (404, 422)


# -- a call that runs -------------------------------------------------------------------------------------


@pytest.fixture
def running(own_asker: Asker) -> Iterator[tuple[str, Recorder]]:
    """Half a call: a second of the agent's voice has come, and nobody has hung up."""
    loud = (np.sin(np.arange(24_000) * 0.05) * 20_000).astype("<i2").tobytes()
    with earwitness.record(provider="openai", data_dir=own_asker.library.data_path) as leg:
        leg.received({"type": "session.created", "session": {"id": "sess_live", "type": "realtime"}})
        leg.received(
            {"type": "response.output_audio.delta", "item_id": "i", "content_index": 0, "output_index": 0}
            | {"response_id": "r", "event_id": "e", "delta": base64.b64encode(loud).decode()}
        )
        assert leg.flush()
        own_asker.library.catch_up()
        yield leg.conversation, leg


def test_a_running_call_can_be_heard_as_far_as_it_has_come(
    own_asker: Asker, running: tuple[str, Recorder]
) -> None:
    conversation, _ = running
    assert own_asker.ask(f"/api/v1/conversations/{conversation}").json()["status"] == "active"
    answer = own_asker.ask(url(conversation, "agent"))
    samples, rate_hz = soundfile.read(io.BytesIO(answer.content))
    assert rate_hz == 16_000
    assert np.abs(samples).max() > 0.3
    head = own_asker.ask(url(conversation, "agent"), headers={"Range": "bytes=0-43"})
    assert (head.status_code, head.content) == (206, answer.content[:44])


def test_flac_that_is_not_stored_is_made_while_it_is_sent_and_is_the_same_sound(
    own_asker: Asker, running: tuple[str, Recorder]
) -> None:
    flac, wav = (own_asker.ask(url(running[0], "agent", form) + "&rate=native") for form in ("flac", "wav"))
    assert (flac.status_code, flac.headers["Accept-Ranges"]) == (200, "none")
    assert flac.headers["Content-Type"] == "audio/flac"
    ours, theirs = (soundfile.read(io.BytesIO(answer.content), dtype="int16") for answer in (flac, wav))
    assert ours[1] == theirs[1] == 24_000
    assert np.array_equal(ours[0], theirs[0])
    head = own_asker.ask(url(running[0], "agent", "flac"), method="HEAD")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/api/v1/conversations", "/recordings"])
def test_a_running_call_cannot_be_deleted(own_asker: Asker, running: tuple[str, Recorder], path: str) -> None:
    conversation, leg = running
    refused = own_asker.ask(f"{path}/{conversation}", "admin", "DELETE")
    assert (refused.status_code, refused.headers["Content-Type"]) == (409, "application/problem+json")
    assert "End the call" in refused.json()["hint"]
    leg.close()
    own_asker.library.catch_up()
    assert own_asker.ask(f"{path}/{conversation}", "admin", "DELETE").status_code in (200, 204)
