"""From chunks to records, without a socket."""

import asyncio
from pathlib import Path

import msgspec
from websockets.frames import Frame, Opcode

from earwitness.capture import direction as direction_module
from earwitness.capture import intake as intake_module
from earwitness.capture.direction import RAW_BYTES
from earwitness.capture.intake import HURRY_BYTES, Intake, Sweep
from earwitness.clock import ManualClock
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Answered, Ended, Gap, Kind, Opened, Origin
from earwitness.journal.writer import Journal
from taps import seen


def text(words, *, masked=True):
    return Frame(Opcode.TEXT, words).serialize(mask=masked)


class Rig:
    def __init__(self, folder: Path, **options):
        self.clock = ManualClock()
        self.folder = folder
        self.journal = Journal(folder)
        self.swept = asyncio.Event()
        self.alarms = []
        self.sweep = Sweep(asyncio.get_running_loop(), self.alarms.append, self.swept.set)
        self.intake = Intake(self.journal.open_leg("leg"), self.sweep, **options)
        self.intake.opened(self.clock.now(), Opened(leg="leg", conversation="c"))
        self.intake.answered(self.clock.now(), Answered(status=101))

    def feed(self, origin, chunk):
        self.intake.feed(origin, chunk, self.clock.advance(1_000_000))

    def records(self):
        self.intake.finish(self.clock.now(), Ended(why="closed"))
        self.journal.close()
        (folder,) = leg_folders(self.folder)
        return list(read_leg(folder))


def gaps(records):
    return [msgspec.json.decode(record.payload, type=Gap) for record in records if record.kind is Kind.GAP]


async def test_messages_of_both_ends_keep_the_order_and_the_stamp_of_their_last_byte(tmp_path):
    rig = Rig(tmp_path)
    long = text(b"long" * 50)
    rig.feed(Origin.CLIENT, long[:100])
    rig.feed(Origin.SERVER, text(b"short", masked=False))
    rig.feed(Origin.CLIENT, long[100:])
    records = [r for r in rig.records() if r.kind is Kind.TEXT]
    assert [(r.origin, r.payload, r.monotonic_ns) for r in records] == [
        (Origin.SERVER, b"short", 2_000_000),
        (Origin.CLIENT, b"long" * 50, 3_000_000),
    ]


async def test_the_sweep_reads_what_waits_without_being_asked(tmp_path):
    rig = Rig(tmp_path)
    for i in range(1000):
        rig.feed(Origin.CLIENT, text(b"%d" % i))
    await asyncio.wait_for(rig.swept.wait(), 5)
    assert rig.intake.read()
    assert [p for _, p in seen(rig.records(), Origin.CLIENT)] == [b"%d" % i for i in range(1000)]


async def test_too_much_at_once_costs_whole_messages_counted_and_never_the_rest(tmp_path):
    rig = Rig(tmp_path, waiting_bytes=10_000)
    half = text(b"y" * 500)
    for _ in range(25):
        rig.feed(Origin.CLIENT, text(b"x" * 500))
    rig.feed(Origin.CLIENT, half[:50])
    rig.feed(Origin.CLIENT, half[50:] + text(b"after"))
    records = rig.records()
    kept = [payload for _, payload in seen(records, Origin.CLIENT)]
    (gap,) = gaps(records)
    assert gap.reason == "overrun"
    assert len(kept) + gap.count == 27
    assert kept[-1] == b"after"
    assert gap.lost_bytes == 500 * gap.count


async def test_what_is_no_websocket_is_kept_up_to_a_bound_and_the_rest_counted(tmp_path):
    rig = Rig(tmp_path)
    rig.feed(Origin.SERVER, text(b"good", masked=False) + b"\x83sk-Planted-0123456789 ")
    for _ in range(30):
        rig.feed(Origin.SERVER, b"z" * 10_000)
    rig.feed(Origin.CLIENT, text(b"still read"))
    records = rig.records()
    (raw,) = [record.payload for record in records if record.kind is Kind.RAW]
    assert raw.startswith(b"\x83[struck] zzz")
    assert RAW_BYTES - 100 < len(raw) < RAW_BYTES
    assert [gap.reason for gap in gaps(records)] == ["parse_error", "parse_error"]
    assert gaps(records)[1].lost_bytes == 300_000 + 23 - RAW_BYTES
    assert seen(records, Origin.CLIENT) == [(Kind.TEXT, b"still read")]


async def test_a_control_frame_may_stand_only_between_frames_and_before_a_close(tmp_path):
    rig = Rig(tmp_path)
    whole = text(b"abc")
    rig.feed(Origin.CLIENT, whole[:-1])
    assert not rig.intake.is_between_frames(Origin.CLIENT)
    rig.feed(Origin.CLIENT, whole[-1:])
    assert rig.intake.is_between_frames(Origin.CLIENT)
    rig.feed(Origin.CLIENT, Frame(Opcode.CLOSE, b"").serialize(mask=True))
    assert not rig.intake.is_between_frames(Origin.CLIENT)
    assert rig.intake.closed_by == [Origin.CLIENT]
    rig.records()


async def test_a_journal_that_was_closed_under_a_call_is_told_and_never_raised(tmp_path):
    rig = Rig(tmp_path)
    rig.journal.close()
    rig.feed(Origin.CLIENT, text(b"too late"))
    rig.intake.finish(rig.clock.now(), Ended(why="closed"))
    assert not rig.intake.is_open
    assert "Conflict" in rig.alarms[0]


async def test_a_leg_on_which_much_waits_is_read_before_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(intake_module, "SWEEP_MS", 60_000)
    rig = Rig(tmp_path)
    for _ in range(3):
        rig.feed(Origin.CLIENT, text(b"x" * (HURRY_BYTES // 2)))
    await asyncio.wait_for(rig.swept.wait(), 5)
    assert len(seen(rig.records(), Origin.CLIENT)) == 3


async def test_what_was_read_before_a_fault_is_kept_and_the_gap_comes_after_it(tmp_path, monkeypatch):
    rig = Rig(tmp_path)

    def strike_or_fail(payload):
        if payload == b"third":
            raise ZeroDivisionError
        return payload

    monkeypatch.setattr(direction_module, "strike", strike_or_fail)
    for word in (b"first", b"second", b"third", b"fourth"):
        rig.feed(Origin.CLIENT, text(word))
    assert rig.intake.read()
    records = rig.records()
    assert [payload for _, payload in seen(records, Origin.CLIENT)] == [b"first", b"second"]
    (gap,) = gaps(records)
    assert "ZeroDivisionError" in gap.detail
    assert [record.kind for record in records][-2:] == [Kind.GAP, Kind.ENDED]


async def test_records_stand_in_the_order_they_came_though_some_go_by_another_way(tmp_path):
    rig = Rig(tmp_path, waiting_bytes=4_000)
    rig.feed(Origin.CLIENT, text(b"before"))
    rig.intake.read()
    rig.feed(Origin.CLIENT, text(b"kept"))
    for _ in range(9):
        rig.feed(Origin.SERVER, text(b"x" * 500, masked=False))
    rig.feed(Origin.SERVER, text(b"after", masked=False))
    records = rig.records()
    (gap,) = gaps(records)
    words = [record.payload for record in records if record.kind is Kind.TEXT]
    assert words[0] == b"before"
    assert words[-1] == b"after"
    assert len(words) + gap.count == 12
    assert [record.number for record in records] == sorted(record.number for record in records)
