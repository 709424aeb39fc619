"""Canaries: whatever was sent while nothing was to be kept is in no byte below the folder."""

import asyncio
import json
import random
from pathlib import Path

import pytest
from websockets.frames import Frame, Opcode

from earwitness.capture.door import Choice
from earwitness.capture.held import HeldWriter
from earwitness.capture.intake import Intake, Sweep
from earwitness.clock import NS_PER_S, ManualClock
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Answered, Ended, Kind, Opened, Origin
from earwitness.journal.writer import Journal
from taps import stored_bytes

CHUNK_NS = 1_000_000  # between two chunks


def frames_of(number: int, chance: random.Random) -> bytes:
    """A message with a canary, in one frame or in fragments."""
    words = json.dumps(
        {"type": "note", "item": {"id": f"i{number}"}, "text": f"canary-{number}-end"}
    ).encode()
    if chance.random() < 0.7:
        return Frame(Opcode.TEXT, words).serialize(mask=True)
    cut = chance.randrange(1, len(words))
    first = Frame(Opcode.TEXT, words[:cut], fin=False).serialize(mask=True)
    return first + Frame(Opcode.CONT, words[cut:]).serialize(mask=True)


def chunks_of(stream: bytes, chance: random.Random) -> list[tuple[int, bytes]]:
    """The stream, cut anywhere; each with the place it begins at."""
    found, at = [], 0
    while at < len(stream):
        size = chance.choice((1, 7, 60, 300))
        found.append((at, stream[at : at + size]))
        at += size
    return found


@pytest.mark.parametrize("start", range(0, 200, 100))
async def test_not_one_byte_of_a_message_that_touched_a_pause_is_written(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 100):
        await run_call(tmp_path / str(seed), random.Random(seed), needs_consent=False)


@pytest.mark.parametrize("start", range(0, 200, 100))
async def test_not_one_byte_is_written_before_consent(tmp_path: Path, start: int) -> None:
    for seed in range(start, start + 100):
        await run_call(tmp_path / str(seed), random.Random(seed), needs_consent=True)


async def run_call(folder: Path, chance: random.Random, *, needs_consent: bool) -> None:
    clock, journal = ManualClock(), Journal(folder / "journal")
    sweep = Sweep(asyncio.get_running_loop())
    writer = HeldWriter("leg") if needs_consent else journal.open_leg("leg")
    intake = Intake(writer, sweep, choice=Choice(needs_consent=needs_consent))
    intake.opened(clock.now(), Opened(leg="leg", conversation="c"))
    intake.answered(clock.now(), Answered(status=101))
    stream, places = b"", []
    for number in range(12):
        begin = len(stream)
        stream += frames_of(number, chance)
        places.append((begin, len(stream)))
    is_shut, shut = needs_consent, []  # stretches of the stream that nobody may find again
    ends_ns = 0  # of a pause that ends by itself
    verbs = sorted(chance.sample(range(len(stream)), 4))
    for at, chunk in chunks_of(stream, chance):
        while verbs and at >= verbs[0]:
            verbs.pop(0)
            intake.read()
            if isinstance(writer, HeldWriter) and not writer.is_released:
                assert not list(leg_folders(journal.root))
                writer.release(journal.open_leg("leg"))
                intake.door.consent(clock.now())
                is_shut = False
                shut.append((at, at))
            elif is_shut:
                intake.door.resume(clock.now())
                is_shut = False
                shut.append((at, at))  # whatever is half there counts as of the pause
            else:
                chunks = chance.choice((0, 5))
                ends_ns = clock.now().monotonic_ns + chunks * CHUNK_NS if chunks else 0
                intake.door.pause(clock.now(), seconds=chunks * CHUNK_NS / NS_PER_S or None)
                is_shut = True
        stamp = clock.advance(CHUNK_NS)
        if is_shut and 0 < ends_ns <= stamp.monotonic_ns:
            is_shut = False
            shut.append((at, at))
        if is_shut:
            shut.append((at, at + len(chunk)))
        intake.feed(Origin.CLIENT, chunk, stamp)
    intake.finish(clock.now(), Ended(why="closed"))
    intake.writer.close()
    journal.close()
    stored = stored_bytes(folder)
    for number, (begin, end) in enumerate(places):
        touched = any(until > begin and since < end for since, until in shut)
        assert (b"canary-%d-end" % number in stored) == (not touched)
    (leg,) = leg_folders(journal.root)
    assert [record.kind for record in read_leg(leg)][-1] is Kind.ENDED


async def test_a_call_that_never_consents_leaves_nothing(tmp_path: Path) -> None:
    intake = Intake(HeldWriter("leg"), Sweep(asyncio.get_running_loop()), choice=Choice(needs_consent=True))
    clock = ManualClock()
    intake.opened(clock.now(), Opened(leg="leg", conversation="c", peer="203.0.113.9:4711"))
    intake.answered(clock.now(), Answered(status=101))
    intake.feed(Origin.CLIENT, b"\x01 no WebSocket at all" * 9000, clock.now())
    intake.finish(clock.now(), Ended(why="closed"))
    intake.writer.close()
    assert stored_bytes(tmp_path) == b""


async def test_bytes_that_are_no_messages_are_kept_only_where_everything_is(tmp_path: Path) -> None:
    journal, clock = Journal(tmp_path), ManualClock()
    intake = Intake(journal.open_leg("leg"), Sweep(asyncio.get_running_loop()))
    intake.answered(clock.now(), Answered(status=101))
    intake.door.pause(clock.now())
    intake.feed(Origin.CLIENT, b"\xffcanary", clock.now())
    intake.read()
    intake.door.resume(clock.now())
    intake.finish(clock.now(), Ended(why="closed"))
    intake.writer.close()
    journal.close()
    assert b"canary" not in stored_bytes(tmp_path)
