"""Speech found in the input buffer, told as the provider tells it."""

import numpy as np
import pytest

from earwitness.audio.codecs import encode
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.openai_input import InputBuffer

FORMATS = [("pcm_s16le", 24_000), ("mulaw", 8_000), ("alaw", 8_000)]
FRAME_BYTES = 171  # neither a frame nor a whole number of samples


def heard(buffer, audio, step=FRAME_BYTES):
    return [spoken for at in range(0, len(audio), step) for spoken in buffer.append(audio[at : at + step])]


def silence(ms, encoding, rate_hz):
    return encode(encoding, np.zeros(ms * rate_hz // 1000, np.int16))


@pytest.mark.parametrize(("encoding", "rate_hz"), FORMATS)
def test_one_line_is_one_utterance_with_padding_before_and_silence_behind(encoding, rate_hz):
    buffer = InputBuffer(encoding, rate_hz)
    audio = silence(1000, encoding, rate_hz) + encode(encoding, spoken("order", rate_hz))
    start, end = heard(buffer, audio + silence(900, encoding, rate_hz))
    assert not start.is_end
    assert start.at_ms == pytest.approx(1000 - 300, abs=80)
    assert end.at_ms == pytest.approx(1000 + line("order").duration_ms + 500, abs=100)
    per_ms = rate_hz * len(silence(1, encoding, rate_hz)) // (rate_hz // 1000) // 1000
    assert len(end.audio) / per_ms == pytest.approx(end.at_ms - start.at_ms, abs=20)
    assert end.audio[: 50 * per_ms] in audio


def test_positions_count_all_that_was_ever_appended():
    buffer = InputBuffer("mulaw", 8_000)
    turn = encode("mulaw", spoken("bye", 8_000)) + silence(1000, "mulaw", 8_000)
    first = heard(buffer, turn)
    second = heard(buffer, turn)
    assert second[0].at_ms - first[0].at_ms == pytest.approx(len(turn) / 8, abs=350)
    assert second[1].at_ms - first[1].at_ms == pytest.approx(len(turn) / 8, abs=10)


def test_a_click_is_no_speech_and_silence_is_not_kept():
    buffer = InputBuffer("pcm_s16le", 24_000)
    click = encode("pcm_s16le", np.full(240, 20_000, np.int16))
    assert (
        heard(buffer, silence(5000, "pcm_s16le", 24_000) + click + silence(5000, "pcm_s16le", 24_000)) == []
    )
    assert buffer.kept_ms < 500


def test_without_detection_everything_is_kept_until_it_is_taken():
    buffer = InputBuffer("mulaw", 8_000)
    buffer.detects = False
    audio = encode("mulaw", spoken("bye", 8_000))[: 1400 * 8]
    assert heard(buffer, audio) == []
    assert buffer.take() == audio
    assert buffer.kept_ms == 0


def test_a_new_format_keeps_the_position():
    buffer = InputBuffer("pcm_s16le", 24_000)
    heard(buffer, silence(400, "pcm_s16le", 24_000))
    buffer.set_format("mulaw", 8_000)
    heard(buffer, silence(600, "mulaw", 8_000))
    assert buffer.position_ms == 1000
