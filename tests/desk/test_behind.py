"""Whether what is kept is all there is: what `Finding` asks before it answers."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from by_hand import LINK
from earwitness.desk.finding import Finding
from earwitness.errors import NotFound
from earwitness.library import Library
from earwitness.privacy.audit import AuditQuery
from earwitness.settings import Settings
from earwitness.store import placements
from earwitness.store.lock import FolderLock
from journal_legs import Legs


@pytest.fixture
def settled(library: Library, legs: Legs) -> Library:
    """The library over one call that has ended, with all its files."""
    one_more_call(legs)
    assert library.catch_up() == 1
    return library


@pytest.fixture
def finding(settled: Library) -> Finding:
    return Finding(settled.settings)


def one_more_call(legs: Legs) -> str:
    leg = legs.open(links=LINK)
    leg.end(100)
    return leg.conversation


def test_what_has_all_its_files_is_not_behind(finding: Finding) -> None:
    assert not finding.is_behind()
    [row] = finding.rows()
    assert finding.conversation("latest").summary().strip()
    assert finding.conversation(row.id).has_files


def test_an_empty_folder_is_not_behind(tmp_path: Path) -> None:
    finding = Finding(Settings(data_dir=str(tmp_path)))
    assert not finding.is_behind()
    assert list(finding.rows()) == []
    with pytest.raises(NotFound):
        finding.conversation("latest")


def _a_new_call(settled: Library, legs: Legs) -> None:
    one_more_call(legs)


def _a_running_call(settled: Library, legs: Legs) -> None:
    legs.open(links=LINK).flush()


def _files_that_are_gone(settled: Library, legs: Legs) -> None:
    settled.unmake("default", settled.conversation("latest").id)


def _a_leg_put_elsewhere(settled: Library, legs: Legs) -> None:
    row = settled.conversation("latest").row
    leg = legs.open()
    leg.end(100)
    settled.catch_up()
    placements.place(settled.catalog.database, "default", {leg.leg: row.id}, "ana")


def _a_half_made_file(settled: Library, legs: Legs) -> None:
    settled.scratch.mkdir(exist_ok=True)
    (settled.scratch / "half").touch()


@pytest.mark.parametrize(
    "happens",
    [_a_new_call, _a_running_call, _files_that_are_gone, _a_leg_put_elsewhere, _a_half_made_file],
)
def test_it_is_behind_until_the_library_has_caught_up(
    settled: Library, legs: Legs, finding: Finding, happens: Callable[[Library, Legs], None]
) -> None:
    happens(settled, legs)
    assert finding.is_behind()
    legs.journal.close()
    settled.catch_up()
    assert not finding.is_behind()


def test_an_erased_call_that_is_back_from_a_copy_is_seen(
    settled: Library, finding: Finding, tmp_path: Path
) -> None:
    copy = tmp_path.parent / f"{tmp_path.name}-copy"
    shutil.copytree(tmp_path, copy)
    settled.erase("latest")
    assert not finding.is_behind()
    shutil.copytree(tmp_path / "objects" / "tombstones", copy / "objects" / "tombstones")
    assert Finding(Settings(data_dir=str(copy))).is_behind()


def test_where_somebody_is_at_work_nothing_waits(settled: Library, legs: Legs, finding: Finding) -> None:
    one_more_call(legs)
    with FolderLock(settled.data_path):
        assert not finding.is_behind()
    assert finding.is_behind()


def test_the_log_of_those_who_only_read_is_signed(finding: Finding) -> None:
    before = finding.checkpoints.stored()
    for _ in range(1000):
        finding.audit.note("read", workspace="default")
    assert not finding.is_behind()
    assert len(finding.checkpoints.stored()) == len(before) + 1
    assert finding.trail(AuditQuery(limit=1))
