"""Every sample in its place: clicks found by cross-correlation, lengths counted, memory watched."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.audio.codecs import encode, frame_bytes
from earwitness.audio.render import Piece, RenderReport, first_byte_needed, frame_at, render
from earwitness.errors import InvalidInput

RATE_HZ = 16_000
SECOND_NS = 1_000_000_000
MS = 1_000_000


def chirp(rate_hz: int, level: float = 12_000) -> np.ndarray:
    """40 ms that resemble themselves at one place only, and reach no higher than any rate carries."""
    seconds = np.arange(rate_hz * 40 // 1000) / rate_hz
    return (level * np.hanning(seconds.size) * np.sin(2 * np.pi * (500 + 20_000 * seconds) * seconds)).astype(
        np.int16
    )


def place_of(sound: np.ndarray, track: np.ndarray) -> int:
    """The frame where the sound fits best."""
    return int(np.argmax(np.correlate(track.astype(float), sound.astype(float), "valid")))


def packets(data: bytes, size: int = 160) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def whole(pieces: list[Piece], data: bytes, length_ns: int, **options) -> np.ndarray:
    options.setdefault("rate_hz", RATE_HZ)
    return np.concatenate(
        [np.empty(0, np.int16), *render(pieces, packets(data), length_ns=length_ns, **options)]
    )


def piece(
    at_ns: int, *, from_byte: int = 0, byte_count: int, encoding: str = "pcm_s16le", rate_hz: int = RATE_HZ
):
    return Piece(encoding=encoding, rate_hz=rate_hz, from_byte=from_byte, byte_count=byte_count, at_ns=at_ns)


@pytest.mark.parametrize("at_ms", [0, 1, 20, 777, 1_960])
@pytest.mark.parametrize(
    ("encoding", "rate_hz"),
    [("pcm_s16le", 16_000), ("pcm_s16le", 24_000), ("pcm_s16le", 44_100), ("mulaw", 8_000), ("alaw", 8_000)],
)
def test_a_sound_stands_at_its_frame_at_every_rate_and_encoding(encoding, rate_hz, at_ms):
    data = encode(encoding, chirp(rate_hz))
    one = piece(at_ms * MS, byte_count=len(data), encoding=encoding, rate_hz=rate_hz)
    track = whole([one], data, 2 * SECOND_NS)
    assert track.size == 2 * RATE_HZ
    assert place_of(chirp(RATE_HZ), track) == at_ms * 16


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 24_000, 44_100, 48_000])
def test_after_four_hours_of_sparse_pieces_nothing_has_drifted(rate_hz):
    data = chirp(rate_hz).tobytes()
    places_ns = [int(i * 4 * 3600 * SECOND_NS / 25) + 333 for i in range(25)]
    pieces = [
        piece(at, from_byte=i * len(data), byte_count=len(data), rate_hz=rate_hz)
        for i, at in enumerate(places_ns)
    ]
    length_ns = 4 * 3600 * SECOND_NS
    start, found = 0, []
    for block in render(pieces, [data] * 25, rate_hz=RATE_HZ, length_ns=length_ns):
        if block.any():
            found.append(start + place_of(chirp(RATE_HZ), block))
        start += block.size
    assert start == 4 * 3600 * RATE_HZ
    assert found == [frame_at(at, RATE_HZ) for at in places_ns]


def test_four_hours_of_back_to_back_pieces_of_a_crooked_rate_do_not_drift():
    rate_hz, count = 11_025, 721_000  # 20 ms are 220.5 samples: 220 and 221 in turns
    ends = [i * 441 // 2 for i in range(count + 1)]
    pieces = (
        piece(a * SECOND_NS // rate_hz, from_byte=a, byte_count=b - a, encoding="mulaw", rate_hz=rate_hz)
        for a, b in pairwise(ends)
    )
    last = encode("mulaw", chirp(rate_hz))
    silence = b"\xff" * (ends[-1] - len(last) - rate_hz)
    stream = [silence, last, b"\xff" * rate_hz]
    from_frame = (ends[-1] - 2 * rate_hz) * RATE_HZ // rate_hz
    blocks = render(pieces, stream, rate_hz=RATE_HZ, length_ns=count * 20 * MS, start_frame=from_frame)
    expected = round(len(silence) * RATE_HZ / rate_hz)
    assert abs(from_frame + place_of(chirp(RATE_HZ), np.concatenate(list(blocks))) - expected) <= 1


def test_bytes_that_no_piece_names_are_not_heard():
    first, cut, last = (np.full(1_600, level, np.int16) for level in (100, 9_000, 300))
    data = b"".join(part.tobytes() for part in (first, cut, last))
    pieces = [piece(0, byte_count=3_200), piece(200 * MS, from_byte=6_400, byte_count=3_200)]
    track = whole(pieces, data, 400 * MS)
    expected = [first, np.zeros(1_600, np.int16), last, np.zeros(1_600, np.int16)]
    assert np.array_equal(track, np.concatenate(expected))


def test_the_format_may_change_in_the_middle_of_the_stream():
    parts = [
        ("mulaw", 8_000),
        ("pcm_s16le", 24_000),
        ("alaw", 8_000),
        ("pcm_s16le", 16_000),
        ("pcm_s16le", 8_000),
    ]
    pieces, data = [], b""
    for i, (encoding, rate_hz) in enumerate(parts):
        coded = encode(encoding, chirp(rate_hz))
        pieces.append(
            piece(
                (100 + i * 200) * MS,
                from_byte=len(data),
                byte_count=len(coded),
                encoding=encoding,
                rate_hz=rate_hz,
            )
        )
        data += coded
    track = whole(pieces, data, SECOND_NS + 200 * MS)
    places = [place_of(chirp(RATE_HZ), track[i * 3_200 : (i + 1) * 3_200]) for i in range(len(parts))]
    assert places == [1_600] * len(parts)


def test_pieces_that_go_on_are_joined_without_a_seam():
    tone = np.round(9_000 * np.sin(2 * np.pi * 333 * np.arange(24_000) / 24_000)).astype(np.int16)
    data = tone.tobytes()
    sliced = [piece(i * 20 * MS, from_byte=i * 960, byte_count=960, rate_hz=24_000) for i in range(50)]
    in_one = whole([piece(0, byte_count=len(data), rate_hz=24_000)], data, SECOND_NS)
    assert np.array_equal(whole(sliced, data, SECOND_NS), in_one)


def test_pieces_of_a_crooked_rate_are_joined_though_their_instants_are_rounded():
    tone = np.round(9_000 * np.sin(2 * np.pi * 333 * np.arange(11_025) / 11_025)).astype(np.int16)
    ends = [i * 441 // 2 for i in range(51)]
    sliced = [
        piece(30_000 + a * SECOND_NS // 11_025, from_byte=2 * a, byte_count=2 * (b - a), rate_hz=11_025)
        for a, b in pairwise(ends)
    ]
    in_one = whole([piece(30_000, byte_count=22_050, rate_hz=11_025)], tone.tobytes(), SECOND_NS)
    assert np.array_equal(whole(sliced, tone.tobytes(), SECOND_NS), in_one)


@pytest.mark.parametrize("late_frames", [2, 3, 199])
def test_a_piece_that_is_late_by_more_than_rounding_stands_at_its_own_frame(late_frames):
    samples = np.arange(1, 641).astype(np.int16)
    pieces = [piece(0, byte_count=640), piece(20 * MS + late_frames * 62_500, from_byte=640, byte_count=640)]
    track = whole(pieces, samples.tobytes(), 60 * MS)
    assert np.flatnonzero(track == 321).tolist() == [320 + late_frames]


def test_where_pieces_overlap_the_earlier_sounds_and_every_sample_keeps_its_place():
    first, second = np.full(1_600, 5, np.int16), np.arange(1, 1_601).astype(np.int16)
    report = RenderReport()
    pieces = [piece(0, byte_count=3_200), piece(50 * MS, from_byte=3_200, byte_count=3_200)]
    track = whole(pieces, first.tobytes() + second.tobytes(), 150 * MS, report=report)
    assert np.array_equal(track, np.concatenate([first, second[800:]]))
    assert report.clipped_frames == 800


def test_what_lies_before_or_beyond_the_track_is_cut():
    samples = np.arange(1, 3_201).astype(np.int16)
    early = whole([piece(-50 * MS, byte_count=6_400)], samples.tobytes(), 100 * MS)
    assert np.array_equal(early, samples[800:2_400])
    late = whole([piece(50 * MS, byte_count=6_400)], samples.tobytes(), 100 * MS)
    assert np.array_equal(late[800:], samples[:800])
    beyond = whole([piece(SECOND_NS, byte_count=6_400)], samples.tobytes(), 100 * MS)
    assert not beyond.any()
    assert beyond.size == 1_600


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


def test_nothing_at_all_is_silence_of_the_right_length():
    assert whole([], b"", 62_500 * 3).tolist() == [0, 0, 0]
    assert whole([], b"", 0).size == 0
    assert whole([piece(0, byte_count=0)], b"", SECOND_NS).size == RATE_HZ


def test_pieces_out_of_order_and_unknown_formats_are_refused():
    pieces = [piece(0, from_byte=100, byte_count=100), piece(SECOND_NS, from_byte=0, byte_count=100)]
    with pytest.raises(InvalidInput, match="out of order"):
        whole(pieces, bytes(300), SECOND_NS)
    with pytest.raises(InvalidInput, match="g729"):
        whole([piece(0, byte_count=10, encoding="g729")], bytes(10), SECOND_NS)
    with pytest.raises(InvalidInput, match="samples per second"):
        whole([piece(0, from_byte=i, byte_count=1, encoding="mulaw", rate_hz=0) for i in (0, 1)], b"12", MS)


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=150, deadline=None)
@given(
    shapes=st.lists(
        st.tuples(st.integers(0, 90), st.integers(0, 300), st.integers(-20, 120)), min_size=1, max_size=6
    ),
    kept_bytes=st.integers(0, 3_000),
    length_ms=st.integers(0, 150),
    start_frame=st.integers(0, 2_500),
)
def test_any_pieces_lie_as_they_do_when_laid_by_hand(shapes, kept_bytes, length_ms, start_frame):
    """Without a change of rate the whole promise fits into ten lines of plain indexing."""
    pieces, at_byte = [], 0
    for skipped, count, at_ms in shapes:
        at_byte += skipped
        pieces.append(piece(at_ms * MS, from_byte=at_byte, byte_count=2 * count))
        at_byte += 2 * count
    data = bytes(np.random.default_rng(1).integers(0, 256, at_byte, dtype=np.uint8))[:kept_bytes]
    end, free_from, missing = length_ms * 16, 0, 0
    expected = np.zeros(end, np.int16)
    for one in pieces:
        place = one.at_ns // MS * 16
        there = data[one.from_byte : one.from_byte + one.byte_count]
        missing += one.byte_count - len(there) if place < end else 0
        for i, sample in enumerate(np.frombuffer(there[: len(there) // 2 * 2], "<i2")):
            if free_from <= place + i < end:
                expected[place + i], free_from = sample, place + i + 1
    report = RenderReport()
    track = whole(pieces, data, length_ms * MS, report=report)
    assert np.array_equal(track, expected)
    assert report.missing_bytes <= missing
    assert np.array_equal(
        whole(pieces, data, length_ms * MS, start_frame=start_frame), expected[start_frame:]
    )


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


def test_an_instant_falls_on_the_nearest_frame():
    assert [frame_at(ns, 16_000) for ns in (0, 31_249, 31_250, 62_500, -31_250, -31_251)] == [
        0,
        0,
        1,
        1,
        0,
        -1,
    ]
    four_hours_ns = 4 * 3600 * SECOND_NS
    assert frame_at(four_hours_ns, 44_100) == 4 * 3600 * 44_100
