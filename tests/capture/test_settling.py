"""Many that wait for the disk share a sync, and each is told the truth."""

import asyncio
from pathlib import Path

from earwitness.capture.settling import Settler
from earwitness.capture.talk import draft
from earwitness.journal.reader import leg_folders, read_leg
from saving import Desk, message


async def test_what_was_settled_is_in_the_file_at_once(tmp_path: Path) -> None:
    desk, settler = Desk(tmp_path), Settler()
    settler.start()
    entry = desk.save(message("m0"))
    entries = [desk.ingest.take(draft(message(f"m{i}"))) for i in range(1, 50)]
    done = await asyncio.gather(*(settler.settled(entry) for entry in entries if entry))
    assert done == [True] * 49
    assert all(entry and entry.writer is None for entry in entries)
    (folder,) = leg_folders(tmp_path)
    assert len(list(read_leg(folder))) == 1 + 50
    assert await settler.settled(entry), "asked again"
    settler.stop()
    desk.close()


async def test_a_disk_that_does_not_answer_is_told_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    desk, settler = Desk(tmp_path), Settler(patience_s=0.05)
    settler.start()
    desk.save(message("m0"))
    desk.journal._sync_all = lambda: None  # type: ignore[method-assign]
    entry = desk.ingest.take(draft(message("m1")))
    assert entry
    assert not await settler.settled(entry)
    desk.ingest.doubt(entry)
    assert desk.ingest.open_legs == 0, "the conversation goes on in another leg"
    del desk.journal._sync_all  # type: ignore[method-assign]
    settler.stop()
    desk.close()
