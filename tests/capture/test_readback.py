"""What a leg of saved messages held, read back at the start."""

from pathlib import Path

from earwitness.capture.readback import read_back
from earwitness.capture.talk import TalkKey
from earwitness.journal.reader import leg_folders
from journal_maker import small_leg
from saving import Desk, message


def test_every_message_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    number = desk.save(message("m1")).number
    desk.save(message(None, "no id", role="assistant"))
    desk.journal.close()
    (folder,) = leg_folders(tmp_path)
    found = read_back(folder)
    assert found
    assert found.key == TalkKey("default", "RID001", "elevenlabs", "conv1")
    assert found.messages[0] == (number, "m1", "user", "What is PAD?", 1_736_352_000_000_000_000)
    assert [kept.content for kept in found.messages] == ["What is PAD?", "no id"]


def test_a_leg_that_was_recorded_another_way_is_passed_over(tmp_path: Path) -> None:
    small_leg(tmp_path / "2026-11-20" / "leg-1")
    assert read_back(tmp_path / "2026-11-20" / "leg-1") is None
    (tmp_path / "2026-11-20" / "leg-2").mkdir()
    assert read_back(tmp_path / "2026-11-20" / "leg-2") is None


def test_of_a_leg_that_was_cut_anywhere_the_whole_messages_come_back(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for number in range(5):
        desk.save(message(f"m{number}"))
    desk.journal.close()
    (folder,) = leg_folders(tmp_path)
    (path,) = folder.glob("*.ewj")
    whole = path.read_bytes()
    counts = []
    for end in [*range(0, len(whole), 97), len(whole)]:
        path.write_bytes(whole[:end])
        found = read_back(folder)
        counts.append(len(found.messages) if found else 0)
    assert counts == sorted(counts)
    assert counts[-1] == 5
