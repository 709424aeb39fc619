"""However the stream is cut, wherever a track is begun, whatever is missing: the same, in little memory."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.audio.codecs import encode, frame_bytes
from earwitness.audio.render import RenderReport, first_byte_needed, frame_at, render
from earwitness.errors import InvalidInput
from pieces import MS, RATE_HZ, SECOND_NS, piece, whole


def test_a_stream_that_ends_early_is_silence_and_says_how_much_is_missing():
    samples = np.full(1_600, 7, np.int16)
    report = RenderReport()
    pieces = [piece(0, byte_count=6_400), piece(SECOND_NS, from_byte=6_400, byte_count=1_000)]
    track = whole(pieces, samples.tobytes() + b"\x01", 2 * SECOND_NS, report=report)
    assert track.size == 2 * RATE_HZ
    assert np.array_equal(track[:1_600], samples)
    assert not track[1_600:].any()
    assert report.missing_bytes == 6_400 - 3_201 + 1_000


def test_half_a_sample_is_left_out_and_counted_and_the_next_piece_is_whole():
    samples = np.arange(1, 101).astype(np.int16)
    report = RenderReport()
    pieces = [piece(0, byte_count=201), piece(100 * MS, from_byte=201, byte_count=200)]
    track = whole(pieces, samples.tobytes() + b"\x55" + samples.tobytes(), 200 * MS, report=report)
    assert np.array_equal(track[:100], samples)
    assert np.array_equal(track[1_600:1_700], samples)
    assert report == RenderReport(odd_bytes=1)


def test_half_a_sample_between_pieces_in_a_row_does_not_shift_the_bytes_after_it():
    samples = np.arange(1, 101).astype(np.int16)
    odd = samples.tobytes() + b"\x55"
    at_ns = 100 * SECOND_NS // RATE_HZ
    pieces = [
        piece(i * at_ns, from_byte=sum((200, 201)[:i]), byte_count=(200, 201, 200)[i]) for i in range(3)
    ]
    track = whole(pieces, samples.tobytes() + odd + samples.tobytes(), 300 * SECOND_NS // RATE_HZ)
    assert np.array_equal(track, np.tile(samples, 3))


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_the_blocks_and_chunks_the_track_is_the_same(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 1_000)))
    pieces, at_byte, at_ns = [], 0, 0
    for _ in range(data.draw(st.integers(1, 5))):
        encoding, rate_hz = data.draw(
            st.sampled_from([("mulaw", 8_000), ("pcm_s16le", 24_000), ("pcm_s16le", 16_000)])
        )
        at_byte += data.draw(st.integers(0, 500))
        at_ns += data.draw(st.integers(0, 100 * MS))
        count = data.draw(st.integers(0, 3_000)) * frame_bytes(encoding)
        pieces.append(piece(at_ns, from_byte=at_byte, byte_count=count, encoding=encoding, rate_hz=rate_hz))
        at_byte, at_ns = at_byte + count, at_ns + count // frame_bytes(encoding) * SECOND_NS // rate_hz
    stream = rng.integers(0, 256, at_byte, dtype=np.uint8).tobytes()
    cuts = sorted(data.draw(st.lists(st.integers(0, at_byte), max_size=6)))
    chunks = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, at_byte], strict=True)]
    length_ns = data.draw(st.integers(0, at_ns + 50 * MS))
    plain = whole(pieces, stream, length_ns)
    block_frames = data.draw(st.integers(1, 20_000))
    blocks = list(render(pieces, chunks, rate_hz=RATE_HZ, length_ns=length_ns, block_frames=block_frames))
    assert plain.size == frame_at(length_ns, RATE_HZ)
    assert all(block.size == block_frames for block in blocks[:-1])
    assert np.array_equal(np.concatenate([np.empty(0, np.int16), *blocks]), plain)


@pytest.mark.parametrize(
    ("encoding", "rate_hz", "allowed"),
    [("pcm_s16le", 16_000, 0), ("mulaw", 8_000, 1), ("pcm_s16le", 44_100, 1)],
)
def test_a_track_begun_anywhere_sounds_as_the_whole_from_there(encoding, rate_hz, allowed):
    size = frame_bytes(encoding)
    noise = (np.random.default_rng(3).standard_normal(rate_hz * 3) * 3_000).astype(np.int16)
    data = encode(encoding, noise)
    step = rate_hz // 50 * size
    pieces = [
        piece(
            i * 20 * MS + (MS if i >= 70 else 0),
            from_byte=i * step,
            byte_count=step,
            encoding=encoding,
            rate_hz=rate_hz,
        )
        for i in range(150)
    ]
    track = whole(pieces, data, 3 * SECOND_NS).astype(int)
    for start in (0, 1, 319, 16_000, 22_399, 22_417, 31_337, 47_999, 48_000):
        part = whole(pieces, data, 3 * SECOND_NS, start_frame=start)
        assert part.size == track.size - start
        assert np.abs(part - track[start:]).max(initial=0) <= allowed
        first = first_byte_needed(pieces, rate_hz=RATE_HZ, start_frame=start)
        again = whole(pieces, data[first:], 3 * SECOND_NS, start_frame=start, first_byte=first)
        assert np.array_equal(again, part)
        assert first >= (start - RATE_HZ // 5) * len(data) // track.size


def test_chunks_that_begin_after_what_is_needed_are_refused():
    with pytest.raises(InvalidInput, match="begin after"):
        whole([piece(0, byte_count=100)], bytes(50), SECOND_NS, first_byte=50)


PEAK = """
import sys
from earwitness.audio.render import Piece, render
packets = int(sys.argv[1]) * 60 * 50
pieces = (
    Piece(encoding="mulaw", rate_hz=8_000, from_byte=i * 160, byte_count=160, at_ns=i * 20_000_000)
    for i in range(packets)
)
chunks = (bytes(160) for _ in range(packets))
frames = sum(b.size for b in render(pieces, chunks, rate_hz=16_000, length_ns=packets * 20_000_000))
peak_kb = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(frames, peak_kb)
"""


def test_an_hour_takes_no_more_memory_than_ten_minutes():
    peaks_kb = {}
    for minutes in (10, 60):
        told = subprocess.run([sys.executable, "-c", PEAK, str(minutes)], capture_output=True, check=True)
        frames, peaks_kb[minutes] = map(int, told.stdout.split())
        assert frames == minutes * 60 * RATE_HZ
    assert peaks_kb[60] - peaks_kb[10] < 4_000
