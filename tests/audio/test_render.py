"""Every sample in its place: clicks found by cross-correlation, lengths counted."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.audio.codecs import encode
from earwitness.audio.render import RenderReport, frame_at, render
from earwitness.errors import InvalidInput
from pieces import MS, RATE_HZ, SECOND_NS, chirp, piece, place_of, whole


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


@settings(max_examples=150)
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
