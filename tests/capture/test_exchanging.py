"""Another journal in a leg's place: the old one or the new one, whole, whenever it is interrupted."""

from pathlib import Path

import pytest

from earwitness.capture import exchanging
from earwitness.capture.exchanging import exchange_leg, settle
from earwitness.clock import Instant
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Kind, Origin
from journal_legs import Legs

AFTER = [(Instant(5, 5), Origin.RECORDER, Kind.TEXT, b"after")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(1_000, "u", "before")
        leg.end(2_000)
        (leg.folder / "000000.ewj.torn").write_bytes(b"torn before")
        return leg.folder


def said(folder: Path) -> bytes:
    return b"".join(record.payload for record in read_leg(folder))


def every_byte(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


def test_the_leg_consists_of_the_new_records_and_nothing_of_the_former_is_there(folder: Path) -> None:
    root = folder.parents[1]
    exchange_leg(root, folder, AFTER)
    assert (said(folder), list(leg_folders(root))) == (b"after", [folder])
    assert b"before" not in every_byte(root)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_what_fails_while_the_records_are_made_leaves_all_as_it_was(folder: Path) -> None:
    before = every_byte(folder)

    def failing():
        yield AFTER[0]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        exchange_leg(folder.parents[1], folder, failing())
    assert (every_byte(folder), settle(folder.parents[1])) == (before, [])


@pytest.mark.parametrize("step", range(4))
def test_killed_at_any_step_it_is_one_or_the_other_and_the_start_ends_it(
    folder: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, steps = folder.parents[1], iter(range(9))

    def counted(real):
        def then(*arguments, **more):
            if next(steps) == step:
                raise KeyboardInterrupt  # as a kill: nothing after it runs
            return real(*arguments, **more)

        return then

    with monkeypatch.context() as killing:
        killing.setattr(Path, "rename", counted(Path.rename))
        killing.setattr(exchanging.shutil, "rmtree", counted(exchanging.shutil.rmtree))
        with pytest.raises(KeyboardInterrupt):
            exchange_leg(root, folder, AFTER)
    is_decided = any(path.name.endswith((".abridged", ".original")) for path in folder.parent.iterdir())
    assert settle(root) == ([folder] if is_decided else [])
    assert said(folder) == b"after" if is_decided else b"before" in said(folder)
    assert (b"before" in every_byte(root)) is not is_decided
    assert settle(root) == []
