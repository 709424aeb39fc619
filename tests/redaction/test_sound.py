"""Words that were taken out are not to be heard either: in no track, no file and no picture of the sound."""

import json
from base64 import b64encode

import numpy as np
import pytest
import soundfile

from earwitness.audio.codecs import encode
from earwitness.library import open_library
from earwitness.settings import Settings
from earwitness.settings.redaction import Redaction
from journal_legs import Legs

RATE_HZ = 24_000
LOUD = 8_000
LETTER_S, DIGIT_S, GAP_S = 0.07, 0.36, 0.1  # how long people take, give or take


def spoken(words):
    """A tone for each word, as long as people take to say it: its samples, and [start, end) of each in ms."""
    parts, times, at = [], [], 0
    for word in words:
        frames = round(RATE_HZ * sum(DIGIT_S if char.isdigit() else LETTER_S for char in word))
        burst = np.where(np.arange(frames) // 24 % 2, LOUD, -LOUD).astype(np.int16)  # 500 Hz
        pause = np.zeros(round(RATE_HZ * GAP_S), np.int16)
        times.append((at * 1000 // RATE_HZ, (at + frames) * 1000 // RATE_HZ))
        at += frames + len(pause)
        parts += [burst, pause]
    return np.concatenate(parts), times


def recorded(folder, *, policy=None, said="", answered="", alignment=False):
    """A call in which the caller says one thing and the agent another, burst by burst."""
    with Legs(folder) as legs:
        leg = legs.open()
        if said:
            speak(leg, 1_000, said)
        if answered:
            answer(leg, 60_000, answered)
        leg.end(120_000)
    settings = Settings(data_dir=str(folder), redact=policy or Redaction())
    [call] = open_library(settings).conversations()
    return call


def speak(leg, ms, text):
    samples, _ = spoken(text.split())
    length_ms = len(samples) * 1000 // RATE_HZ
    leg.server(ms, {"type": "input_audio_buffer.speech_started", "item_id": "u", "audio_start_ms": 0})
    for at in range(0, length_ms, 500):
        piece = samples[at * RATE_HZ // 1000 : (at + 500) * RATE_HZ // 1000]
        audio = b64encode(encode("pcm_s16le", piece)).decode()
        leg.client(ms + at + 500, {"type": "input_audio_buffer.append", "audio": audio})
    end = {"type": "input_audio_buffer.speech_stopped", "item_id": "u", "audio_end_ms": length_ms}
    leg.server(ms + length_ms + 100, end)
    leg.user(ms + length_ms + 200, "u", text)


def answer(leg, ms, text):
    samples, _ = spoken(text.split())
    leg.assistant(ms, "a", text, encode("pcm_s16le", samples))


def loud_ms(samples, rate_hz, start_ms, end_ms):
    part = samples[start_ms * rate_hz // 1000 : end_ms * rate_hz // 1000]
    return int((abs(part.astype(int)) > 50).sum() * 1000 / rate_hz)


def begin_ms(raw):
    """When the sound of a track begins."""
    loud = np.flatnonzero(abs(raw.astype(int)) > 50)
    return int(loud[0]) * 1000 // 16_000


def track(call, name):
    return np.concatenate(list(call.audio(name).blocks()))


SAID = "yes sure my card number is 4111 1111 1111 1111 and that is all I have for you today thank you so much"
SECRET_WORDS = range(6, 10)


@pytest.fixture(params=["said", "answered"])
def call(request, tmp_path):
    return request.param, recorded(tmp_path, **{request.param: SAID})


def test_no_sample_of_the_words_is_left_in_any_track_and_the_rest_is_heard(call):
    who, shown = call
    name = {"said": "caller", "answered": "agent"}[who]
    raw = open_library(shown_settings(shown)).unredacted("a test").conversation(shown.id)
    whole, quiet = track(raw, name), track(shown, name)
    zero = begin_ms(whole)
    _, times = spoken(SAID.split())
    first, last = times[SECRET_WORDS[0]][0], times[SECRET_WORDS[-1]][1]
    assert loud_ms(whole, 16_000, zero + first, zero + last) > 1_500
    for each in (quiet, track(shown, "stereo")[:, {"said": 0, "answered": 1}[who]]):
        assert loud_ms(each, 16_000, zero + first - 150, zero + last + 150) == 0
    assert loud_ms(quiet, 16_000, zero, zero + times[1][1]) > 100
    assert loud_ms(quiet, 16_000, zero + times[-3][0], zero + times[-1][1]) > 500


def shown_settings(call):
    return Settings(data_dir=str(call.folders[0].parents[2]))


def test_files_and_the_picture_of_the_sound_are_silent_in_the_same_place(call, tmp_path):
    who, shown = call
    [redaction] = [r for r in shown.conversation.redactions if r.field == "text"]
    start_ms, end_ms = redaction.from_ns // 1_000_000, redaction.until_ns // 1_000_000
    channel = {"said": 0, "answered": 1}[who]
    for layout in ("default", "opusagent"):
        for path in shown.export(tmp_path / layout, layout):
            if path.suffix in (".flac", ".wav"):
                samples, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
                for side in samples.T:
                    assert loud_ms(side, rate_hz, start_ms + 2, end_ms - 2) == 0, path.name
    peaks = shown.waveform(100_000)
    [zoom] = peaks["zooms"]
    per_s = peaks["rate_hz"] / zoom["frames_per_point"]
    inside = slice(int(start_ms * per_s / 1000) + 2, int(end_ms * per_s / 1000) - 1)
    assert not any(zoom["high"][channel][inside])
    assert any(zoom["high"][channel])


def test_the_bytes_an_agent_sent_are_silent_there_too(tmp_path):
    shown = recorded(tmp_path / "data", answered=SAID)
    [raw] = [p for p in shown.export(tmp_path / "out", "recordings") if p.name.endswith("_audio.bin")]
    samples = np.frombuffer(raw.read_bytes(), np.int16)
    _, times = spoken(SAID.split())
    assert len(samples) == len(spoken(SAID.split())[0])
    assert loud_ms(samples, RATE_HZ, times[6][0] - 150, times[9][1] + 150) == 0
    assert loud_ms(samples, RATE_HZ, 0, times[1][1]) > 100


def test_a_tone_may_be_heard_instead_and_silence_may_be_refused(tmp_path):
    beep = recorded(tmp_path / "beep", policy=Redaction(sound="beep"), said=SAID)
    [redaction] = [r for r in beep.conversation.redactions if r.field == "text"]
    samples = track(beep, "caller")[redaction.from_ns * 16 // 1_000_000 :][:16_000]
    assert int(np.abs(np.fft.rfft(samples[1_600:])).argmax()) == round(
        1_000 * (len(samples) - 1_600) / 16_000
    )
    assert abs(samples.astype(int)).max() < LOUD / 2
    kept = recorded(tmp_path / "keep", policy=Redaction(sound="keep"), said=SAID)
    assert "4111" not in kept.transcript()
    assert kept.conversation.silenced == {}


def test_where_nobody_noticed_when_words_began_all_that_may_be_they_is_silent(tmp_path):
    """Some providers tell a caller's words only once they are over."""
    with Legs(tmp_path) as legs:
        leg = legs.open()
        samples, _ = spoken(SAID.split())
        for at in range(0, len(samples), RATE_HZ // 2):
            audio = b64encode(encode("pcm_s16le", samples[at : at + RATE_HZ // 2])).decode()
            leg.client(1_500 + at * 1000 // RATE_HZ, {"type": "input_audio_buffer.append", "audio": audio})
        item = {
            "id": "u",
            "type": "message",
            "role": "user",
            "content": [{"type": "input_audio", "transcript": SAID}],
        }
        leg.server(20_000, {"type": "conversation.item.created", "item": item})
        leg.end(30_000)
    [shown] = open_library(Settings(data_dir=str(tmp_path))).conversations()
    assert "4111" not in shown.transcript()
    quiet = track(shown, "caller")
    _, times = spoken(SAID.split())
    assert loud_ms(quiet, 16_000, 1_000 + times[6][0] - 150, 1_000 + times[9][1] + 150) == 0


def test_stored_files_are_redacted_and_the_raw_view_gets_none_of_them(tmp_path):
    shown = recorded(tmp_path, said=SAID)
    stored = {each.name for each in shown.artifacts()}
    for name in stored - {"caller.flac", "agent.flac", "stereo.flac"}:
        size, read = shown.stored(name)
        assert b"4111" not in b"".join(read(0, size)), name
    raw = open_library(tmp_path).unredacted("a test").conversation(shown.id)
    assert "4111" in raw.transcript()
    assert json.dumps([row.text for row in raw.messages()]).count("4111") == 1
