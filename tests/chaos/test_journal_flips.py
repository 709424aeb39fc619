"""Random damage to a journal a real writer wrote."""

import random
import shutil
from pathlib import Path

from chaos_tools import IS_FULL
from earwitness.clock import SystemClock
from earwitness.journal import block
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.journal.recovery import verify
from earwitness.journal.scan import Whole, scan
from earwitness.journal.writer import Journal, Limits

FLIPS = 10_000 if IS_FULL else 400


def test_a_random_flipped_bit_is_never_unnoticed_and_costs_at_most_its_block(tmp_path: Path) -> None:
    chance = random.Random(20)
    journal = Journal(tmp_path / "journal", limits=Limits(segment_bytes=30_000))
    leg = journal.open_leg("leg-1")
    clock = SystemClock()
    for number in range(120):
        leg.append(clock.now(), Origin.SERVER, Kind.TEXT, chance.randbytes(chance.randint(0, 1500)))
        if number % 4 == 3:
            assert leg.sync(5)
    journal.close()
    records = list(read_leg(leg.folder))
    assert len(records) == 120
    blocks = {}
    for path in leg.folder.glob("*.ewj"):
        with path.open("rb") as file:
            found = list(scan(file, block.leg_seed("leg-1"), 100))
        blocks[path.name] = [part for part in found if isinstance(part, Whole)]
    assert len(blocks) > 2
    copy = tmp_path / "copy"
    shutil.copytree(leg.folder, copy)
    for _ in range(FLIPS):
        path = chance.choice(sorted(copy.glob("*.ewj")))
        whole = path.read_bytes()
        bit = chance.randrange(len(whole) * 8)
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        kept = [record for record in read_leg(copy) if record.kind is not Kind.GAP]
        hit = [part.header for part in blocks[path.name] if part.start <= bit // 8 < part.end]
        lost = {header.first_record + index for header in hit for index in range(header.record_count)}
        assert kept == [record for record in records if record.number not in lost]
        assert not verify(copy).ok
        path.write_bytes(whole)
    assert verify(copy).ok
