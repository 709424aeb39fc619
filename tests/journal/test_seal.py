"""What is sealed opens at its place and nowhere else; without keys it is still checked and recovered."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from earwitness.clock import SystemClock
from earwitness.errors import EarwitnessError
from earwitness.journal import block
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Gap, Kind, Origin
from earwitness.journal.recovery import recover, verify
from earwitness.journal.scan import Whole, scan
from earwitness.journal.seal import keys_of, unlock
from earwitness.journal.segment import HEADER_BYTES
from earwitness.journal.writer import Journal, Limits

WORDS = b"CANARY words of a caller"


class _Key:
    """Stands in for a cipher: the tag binds payload, nonce and place, the payload is masked."""

    def __init__(self, leg: str) -> None:
        self.id = hashlib.sha256(leg.encode()).digest()[:16]
        self.is_kept = False
        self.nonces: list[bytes] = []

    def keep(self) -> None:
        self.is_kept = True

    def seal(self, nonce: bytes, payload: bytes, place: bytes) -> bytes:
        self.nonces.append(nonce)
        masked = bytes(byte ^ 0x55 for byte in payload)
        return masked + hashlib.sha256(self.id + nonce + place + masked).digest()[:16]

    def open(self, nonce: bytes, stored: bytes, place: bytes) -> bytes | None:
        masked, tag = stored[:-16], stored[-16:]
        if hashlib.sha256(self.id + nonce + place + masked).digest()[:16] != tag:
            return None
        return bytes(byte ^ 0x55 for byte in masked)


class _Keys:
    def __init__(self) -> None:
        self.made: dict[str, _Key] = {}

    def new(self, leg: str) -> _Key:
        return self.made.setdefault(leg, _Key(leg))

    def find(self, leg: str, key_id: bytes) -> _Key | None:
        key = self.made.get(leg)
        return key if key and key.id == key_id else None


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[_Keys]:
    keys = _Keys()
    unlock(tmp_path / "journal", keys)
    yield keys
    unlock(tmp_path / "journal", None)


def written(root: Path, *legs: str, count: int = 40, limits: Limits | None = None) -> list[Path]:
    journal = Journal(root / "journal", limits=limits or Limits())
    folders = []
    for name in legs:
        leg = journal.open_leg(name)
        for number in range(count):
            leg.append(SystemClock().now(), Origin.CLIENT, Kind.TEXT, WORDS + b" %d" % number)
            assert number % 10 or leg.sync(5)  # several blocks
        folders.append(leg.folder)
    journal.close()
    return folders


def test_what_was_written_comes_back_and_nothing_of_it_lies_in_the_file(tmp_path: Path, keys: _Keys) -> None:
    [folder] = written(tmp_path, "leg-1")
    assert [record.payload for record in read_leg(folder)] == [WORDS + b" %d" % n for n in range(40)]
    assert all(b"CANARY" not in path.read_bytes() for path in folder.iterdir())
    assert keys.made["leg-1"].is_kept
    assert verify(folder).ok
    nonces = keys.made["leg-1"].nonces
    assert len(set(nonces)) == len(nonces) > 1


def test_without_its_key_a_leg_is_checked_recovered_and_one_gap(tmp_path: Path, keys: _Keys) -> None:
    [folder] = written(tmp_path, "leg-1")
    unlock(tmp_path / "journal", None)
    assert keys_of(folder) is None
    [gap] = read_leg(folder)
    told = msgspec.json.decode(gap.payload, type=Gap)
    assert (gap.kind, told.reason, told.count) == (Kind.GAP, "locked", 40)
    assert verify(folder).ok
    found = recover(folder)
    assert (found.is_lossy, found.records) == (False, 40)
    [path] = folder.iterdir()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert not verify(folder).ok, "a changed byte shows without any key"


def test_a_block_moved_elsewhere_does_not_open_though_every_checksum_is_made_to_fit(
    tmp_path: Path, keys: _Keys
) -> None:
    """The attacker knows the format and makes checksums and chain right again; only the key is missing."""
    ours, theirs = written(tmp_path, "leg-1", "leg-2")
    seed = block.leg_seed("leg-1")
    foreign = _blocks(theirs, "leg-2")
    own = _blocks(ours, "leg-1")
    for stolen in (foreign[1], own[2]):  # from another leg, and from another place of the same
        _rewrite(ours, seed, [own[0], stolen, *own[2:]])
        found = verify(ours)
        assert any("does not open" in problem for problem in found.problems), found.problems
        payloads = [record.payload for record in read_leg(ours) if record.kind is Kind.TEXT]
        assert len(payloads) < 40


def test_a_leg_whose_key_cannot_be_had_is_not_written_in_the_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: _Keys
) -> None:
    def refuse(leg: str) -> _Key:
        raise EarwitnessError("no key for you")

    monkeypatch.setattr(keys, "new", refuse)
    journal = Journal(tmp_path / "journal")
    with pytest.raises(EarwitnessError, match="no key"):
        journal.open_leg("leg-1")
    journal.close()
    assert not list((tmp_path / "journal").rglob("*.ewj"))


def test_a_key_that_is_not_durable_yet_holds_back_what_it_seals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: _Keys
) -> None:
    is_full = [True]

    def keep(self: _Key) -> None:
        if is_full[0]:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(_Key, "keep", keep)
    journal = Journal(tmp_path / "journal", limits=Limits(retry_ms=20))
    leg = journal.open_leg("leg-1")
    leg.append(SystemClock().now(), Origin.CLIENT, Kind.TEXT, WORDS)
    assert not leg.sync(0.2)
    assert not leg.folder.exists()
    is_full[0] = False
    assert leg.sync(5)
    journal.close()
    assert [record.payload for record in read_leg(leg.folder)] == [WORDS]


def _blocks(folder: Path, leg: str) -> list[Whole]:
    [path] = folder.iterdir()
    with path.open("rb") as file:
        return [part for part in scan(file, block.leg_seed(leg), HEADER_BYTES) if isinstance(part, Whole)]


def _rewrite(folder: Path, seed: int, parts: list[Whole]) -> None:
    [path] = folder.iterdir()
    data = path.read_bytes()[:HEADER_BYTES]
    previous, first = block.NO_HASH, 0
    for number, part in enumerate(parts):
        header = block.encode_header(
            seed,
            number=number,
            first_record=first,
            record_count=part.header.record_count,
            previous=previous,
            payload=part.payload,
            key_id=hashlib.sha256(b"leg-1").digest()[:16],
            nonce=part.header.nonce,
        )
        previous = block.block_hash(header, part.payload)
        first += part.header.record_count
        data += header + part.payload
    path.write_bytes(data)
