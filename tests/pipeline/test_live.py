"""The stereo file of a running call."""

import wave
from pathlib import Path

import numpy as np
import pytest

from earwitness.audio.render import frame_at
from earwitness.model.conversation import AudioFormat, Conversation, Span, Track
from earwitness.model.events import Party
from earwitness.pipeline.live import LAG_NS, LiveSound
from earwitness.projections.tracks import RATE_HZ, mono

SECOND_NS = 1_000_000_000
WIDEBAND = AudioFormat(encoding="pcm_s16le", rate_hz=16_000)
TELEPHONE = AudioFormat(encoding="mulaw", rate_hz=8_000)


def noise(seconds: float, seed: int) -> bytes:
    samples = np.random.default_rng(seed).integers(-8_000, 8_000, round(seconds * 16_000), np.int16)
    return samples.tobytes()


def span(leg: str, party: Party, from_byte: int, byte_count: int, at_s: float) -> Span:
    return Span(
        leg=leg,
        party=party,
        format=WIDEBAND,
        from_byte=from_byte,
        byte_count=byte_count,
        at_ns=round(at_s * SECOND_NS),
    )


def call(*spans: Span) -> Conversation:
    tracks = {
        party: Track(party=party, spans=tuple(s for s in spans if s.party is party))
        for party in (Party.CALLER, Party.AGENT)
    }
    return Conversation(id="c", tracks=tracks)


def read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE_HZ, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def test_the_file_grows_to_what_the_whole_rendering_is(tmp_path: Path) -> None:
    caller, agent = noise(6.0, 1), noise(4.0, 2)
    talk = call(span("leg", Party.CALLER, 0, len(caller), 0.25), span("leg", Party.AGENT, 0, len(agent), 1.5))
    live = LiveSound(tmp_path / "c.wav")
    live.hear("leg", Party.AGENT, agent)  # all of it at once, as a voice AI sends it
    for step in range(1, 13):
        live.hear("leg", Party.CALLER, caller[(step - 1) * 16_000 : step * 16_000])
        live.grow(talk, step * SECOND_NS // 2)
        grown = read(tmp_path / "c.wav")
        assert len(grown) == frame_at(max(step * SECOND_NS // 2 - LAG_NS, 0), RATE_HZ)
    live.close()
    for channel, (name, sound) in enumerate((("caller", caller), ("agent", agent))):
        whole = np.concatenate(list(mono(talk, name, lambda leg, party, sound=sound: [sound])))
        assert np.array_equal(grown[:, channel], whole[: len(grown)])


def test_only_what_is_not_heard_yet_is_held(tmp_path: Path) -> None:
    caller = noise(30.0, 3)
    talk = call(span("leg", Party.CALLER, 0, len(caller), 0.0))
    live = LiveSound(tmp_path / "c.wav")
    most = 0
    for step in range(30):
        live.hear("leg", Party.CALLER, caller[step * 32_000 : (step + 1) * 32_000])
        live.grow(talk, (step + 1) * SECOND_NS)
        most = max(most, live.held_bytes)
    assert most < 3 * 32_000


def test_an_answer_that_is_cut_in_time_is_not_heard_beyond_the_cut(tmp_path: Path) -> None:
    agent = noise(5.0, 4)
    live = LiveSound(tmp_path / "c.wav")
    live.hear("leg", Party.AGENT, agent)
    live.grow(call(span("leg", Party.AGENT, 0, len(agent), 0.0)), 2 * SECOND_NS)
    live.grow(call(span("leg", Party.AGENT, 0, 2 * 32_000, 0.0)), 5 * SECOND_NS)
    heard = read(tmp_path / "c.wav")[:, 1]
    assert heard[: 2 * RATE_HZ].any()
    assert not heard[2 * RATE_HZ :].any()


def test_a_leg_nearer_to_the_ear_takes_over_where_it_begins(tmp_path: Path) -> None:
    near, far = noise(4.0, 5), noise(4.0, 6)
    live = LiveSound(tmp_path / "c.wav")
    live.hear("far", Party.AGENT, far)
    live.grow(call(span("far", Party.AGENT, 0, len(far), 0.0)), SECOND_NS + LAG_NS)
    live.hear("near", Party.AGENT, near)
    live.grow(call(span("near", Party.AGENT, 0, len(near), 0.0)), 3 * SECOND_NS + LAG_NS)
    heard = read(tmp_path / "c.wav")[:, 1]
    assert np.array_equal(heard[:RATE_HZ], np.frombuffer(far, "<i2")[:RATE_HZ])
    assert np.array_equal(heard[RATE_HZ:], np.frombuffer(near, "<i2")[RATE_HZ : 3 * RATE_HZ])


@pytest.mark.parametrize("rate_step", [1, 7])
def test_a_telephone_call_grows_without_a_seam(tmp_path: Path, rate_step: int) -> None:
    tone = (128 + 60 * np.sin(np.arange(8_000 * 4) / 9)).astype(np.uint8).tobytes()
    talk = call(
        Span(leg="leg", party=Party.CALLER, format=TELEPHONE, from_byte=0, byte_count=len(tone), at_ns=0)
    )
    live = LiveSound(tmp_path / "c.wav")
    live.hear("leg", Party.CALLER, tone)
    for step in range(1, 40, rate_step):
        live.grow(talk, step * SECOND_NS // 10)
    grown = read(tmp_path / "c.wav")[:, 0].astype(int)
    whole = np.concatenate(list(mono(talk, "caller", lambda leg, party: [tone]))).astype(int)
    assert np.abs(grown - whole[: len(grown)]).max() <= 1
