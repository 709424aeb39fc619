"""A block gives back what went in, or says that it cannot."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.journal import block
from earwitness.journal.record import Kind, Origin, Record
from journal_maker import pack

SEED = block.leg_seed("leg-1")
TIMES = st.integers(-(2**63), 2**63 - 1)
FACTS = st.tuples(TIMES, TIMES, st.sampled_from(Origin), st.sampled_from(Kind), st.binary(max_size=300))


def encode(number: int, first: int, payload: bytes, count: int) -> bytes:
    return block.encode_header(
        SEED, number=number, first_record=first, record_count=count, previous=block.NO_HASH, payload=payload
    )


@settings(max_examples=200)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**63), st.lists(FACTS, min_size=1, max_size=20))
def test_every_record_comes_back_as_it_went_in(
    number: int, first: int, facts: list[tuple[int, int, Origin, Kind, bytes]]
) -> None:
    records = [Record(first + index, *fact) for index, fact in enumerate(facts)]
    payload = b"".join(map(pack, records))
    header = block.decode_header(SEED, encode(number, first, payload, len(records)))
    assert header is not None
    assert (header.number, header.first_record, header.record_count) == (number, first, len(records))
    assert block.is_whole(header, payload)
    assert block.decode_records(header, payload) == records


@settings(max_examples=300)
@given(st.binary(max_size=400), st.integers(0, 40))
def test_any_payload_under_a_good_checksum_is_read_or_refused_but_never_raises(
    data: bytes, count: int
) -> None:
    header = block.decode_header(SEED, encode(0, 0, data, count))
    assert header is not None
    records = block.decode_records(header, data)
    assert records is None or len(records) <= count


def test_a_header_of_another_leg_does_not_hold() -> None:
    raw = encode(0, 0, b"", 0)
    assert block.decode_header(SEED, raw) is not None
    assert block.decode_header(block.leg_seed("leg-2"), raw) is None


@pytest.mark.parametrize("length", range(block.HEADER_BYTES))
def test_a_header_that_is_cut_does_not_hold(length: int) -> None:
    assert block.decode_header(SEED, encode(0, 0, b"", 0)[:length]) is None


def test_a_length_beyond_all_reason_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = encode(0, 0, b"12345", 0)
    monkeypatch.setattr(block, "MAX_STORED_BYTES", 4)
    assert block.decode_header(SEED, raw) is None


def test_a_record_of_a_kind_to_come_is_left_out_and_its_number_used_up() -> None:
    known = pack(Record(0, 0, 0, Origin.CLIENT, Kind.TEXT, b"known"))
    unknown = block.pack_record_header(3, 0, 0, 1, 200) + b"new"
    payload = unknown + known
    header = block.decode_header(SEED, encode(0, 7, payload, 2))
    assert header is not None
    records = block.decode_records(header, payload)
    assert records is not None
    assert [(record.number, record.payload) for record in records] == [(8, b"known")]
