"""Tracks out of journals: any range of them, at any time of the call, in a few blocks of memory."""

import io
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.errors import NotFound
from earwitness.model.events import Party
from earwitness.pipeline.line import sound_of, tell
from earwitness.pipeline.sound import Sound, native_rate_hz, sent_bytes
from earwitness.redaction.policies import Untouched
from journal_legs import Legs
from recorded import recording

TRACKS = ("caller", "agent", "stereo", "agent-sent")


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("call", [("openai", "barge_in"), ("twilio", "long_silence")], ids=" ".join)
def test_any_range_of_the_wav_is_that_slice_of_the_whole(call, track):
    sound = recording().call(*call).audio(track)
    whole = b"".join(sound.wav())
    assert len(whole) == sound.wav_size
    draw = random.Random(7)
    ranges = [sorted(draw.choices(range(len(whole) + 1), k=2)) for _ in range(12)]
    for start, stop in [(0, 44), (43, 45), (0, len(whole)), (len(whole) - 1, len(whole)), *ranges]:
        part = b"".join(sound.wav(start, stop))
        assert len(part) == stop - start
        # where the rate is changed, a sample begun elsewhere may differ in its last bit
        assert samples_apart(part, whole[start:stop], start) <= 1


def samples_apart(part, expected, start):
    """How far apart the samples of two stretches of a WAV are; the header must be the same."""
    header = max(44 - start, 0)
    assert part[:header] == expected[:header]
    skip = header + (max(start, 44) - 44) % 2
    ours, theirs = (
        np.frombuffer(each[skip : skip + (len(each) - skip) // 2 * 2], "<i2").astype(int)
        for each in (part, expected)
    )
    return np.abs(ours - theirs).max(initial=0)


def test_all_heard_tracks_are_as_long_as_the_call_and_stereo_is_caller_left_agent_right():
    recorded = recording().call("twilio", "order")
    caller, agent, stereo = (
        np.concatenate(list(recorded.audio(name).blocks())) for name in ("caller", "agent", "stereo")
    )
    assert len(caller) == len(agent) == len(stereo) == recorded.audio().frames
    assert len(caller) / 16_000 == pytest.approx(recorded.row.duration_ms / 1000, abs=0.002)
    assert np.array_equal(stereo[:, 0], caller)
    assert np.array_equal(stereo[:, 1], agent)


def test_what_was_sent_is_longer_than_what_was_heard_of_an_interrupted_answer():
    recorded = recording().call("openai", "barge_in")
    heard, sent = (recorded.audio(name) for name in ("agent", "agent-sent"))
    loud = [sum(np.count_nonzero(block) for block in each.blocks()) for each in (heard, sent)]
    assert loud[1] > loud[0] + 16_000
    written = sum(len(block) for block in sent.blocks())
    assert written == sent.frames


def test_the_bytes_sent_are_the_bytes_of_the_deltas_in_their_order():
    recorded = recording().call("openai", "barge_in")
    sent = b"".join(sent_bytes(recorded.conversation, sound_of(recorded.folders)))
    assert len(sent) == recorded.conversation.sent[Party.AGENT].byte_count
    first = next(iter(sound_of(recorded.folders)(recorded.folders[0].name, Party.AGENT)))
    assert sent.startswith(first)


def test_the_native_rate_is_the_finest_of_the_call():
    assert native_rate_hz(recording().call("openai", "order").conversation) == 24_000
    assert native_rate_hz(recording().call("twilio", "order").conversation) == 8_000
    assert native_rate_hz(recording().call("openai", "refused").conversation) == 16_000  # no sound at all


def test_a_call_without_any_sound_has_silent_tracks_of_its_length(tmp_path):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(100, "item_1", "typed")
        leg.end(2500)
    conversation = tell(leg.conversation, [leg.folder], Untouched()).conversation
    path = Sound(conversation, sound_of([leg.folder]), "stereo").write(tmp_path / "call.wav")
    samples, rate_hz = soundfile.read(path)
    assert (samples.shape, rate_hz, samples.any()) == ((40_000, 2), 16_000, False)


def test_a_track_is_written_from_a_moment_on(tmp_path):
    sound = recording().call("openai", "order").audio("agent")
    for name in ("call.wav", "call.flac"):
        part, _ = soundfile.read(sound.write(tmp_path / name, from_s=3.0), dtype="int16")
        whole = np.concatenate(list(sound.blocks()))
        assert len(part) == len(whole) - 48_000
        assert np.abs(part.astype(int) - whole[48_000:]).max() <= 1
    nothing, _ = soundfile.read(sound.write(tmp_path / "end.wav", from_s=1e6))
    assert len(nothing) == 0


def test_an_unknown_track_is_refused_with_the_known_ones():
    with pytest.raises(NotFound) as refused:
        recording().call("openai", "order").audio("both")
    assert "agent-sent" in refused.value.hint


def test_a_half_done_call_can_be_played_at_any_instant(tmp_path):
    tone = (8_000 * np.sin(np.arange(24_000) / 10)).astype("<i2")
    with Legs(tmp_path) as legs:
        leg = legs.open()
        lengths = []
        for second in range(4):
            leg.assistant(1000 * second + 500, f"item_{second}", "la", tone.tobytes())
            leg.flush()
            conversation = tell(leg.conversation, [leg.folder], Untouched()).conversation
            sound = Sound(conversation, sound_of([leg.folder]), "stereo", 24_000)
            samples, _ = soundfile.read(io.BytesIO(b"".join(sound.wav())), dtype="int16")
            lengths.append(len(samples) / 24_000)
            assert np.array_equal(samples[-24_000:, 1], tone)
            assert not samples[:, 0].any()
    assert lengths == [1.5, 2.5, 3.5, 4.5]


# -- memory ------------------------------------------------------------------------------------------

LONG_MINUTES = 60 if os.environ.get("EARWITNESS_CHAOS") == "full" else 10
RENDER = """
from earwitness.pipeline.line import sound_of, tell
from earwitness.redaction.policies import Untouched
from earwitness.pipeline.sound import Sound
sound = Sound(tell("c", [folder], Untouched()).conversation, sound_of([folder]), "stereo")
for _ in sound.blocks():
    pass
seconds = sound.seconds
"""
FOLLOW = """
from earwitness.library import Library
from earwitness.settings import Settings
[ended] = Library(Settings(data_dir=str(folder.parents[2]))).follower().tick().ended
seconds = ended.duration_ns / 1e9
"""
MEASURED = """
import resource, sys
from pathlib import Path
folder = Path(sys.argv[1])
{work}
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def telephone_call(data_dir: Path, minutes: float) -> Path:
    """Both sides talk all the time in packets of 20 ms."""
    with Legs(data_dir, began_s=time.time()) as legs:
        leg = legs.open("twilio")
        start = {"streamSid": "MZ1", "accountSid": "AC1", "callSid": "CA1", "customParameters": {}}
        leg.client(0, {"event": "start", "streamSid": "MZ1", "start": start})
        for number in range(round(minutes * 3000)):
            media = {"track": "inbound", "timestamp": str(number * 20), "payload": "abcd" * 53 + "ab=="}
            leg.client(number * 20, {"event": "media", "streamSid": "MZ1", "media": media})
            leg.server(number * 20, {"event": "media", "streamSid": "MZ1", "media": media})
            if number % 5000 == 0:
                leg.flush()
        leg.end(minutes * 60_000)
    return leg.folder


@pytest.mark.parametrize("work", [RENDER, FOLLOW], ids=["render", "follow"])
def test_memory_does_not_grow_with_the_call(tmp_path, work):
    peaks = {}
    for minutes in (1, LONG_MINUTES):
        folder = telephone_call(tmp_path / str(minutes), minutes)
        command = [sys.executable, "-c", MEASURED.format(work=work), str(folder)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds, peak = run.stdout.split()
        assert float(seconds) == pytest.approx(minutes * 60, abs=0.1)
        peaks[minutes] = int(peak)
    assert peaks[LONG_MINUTES] - peaks[1] < 12_000, peaks  # KiB; ten minutes are 38 MB as samples
