"""Journals on their way to the object store: nothing is lost, whatever fails, and nothing goes too early."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.errors import Damaged, Denied
from earwitness.pipeline.ship import require_keys
from earwitness.privacy.sealed_objects import SealedObjects
from earwitness.store.folder import FolderObjects
from privacy_vaults import vault
from shipped import Place, ship

HOUR_NS = 3600 * 10**9


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.library.catalog.close()


def test_a_journal_is_stored_where_its_conversation_lies_and_kept_here_for_as_long_as_is_said(
    place: Place,
) -> None:
    shipping = place.shipping(hours=24)
    assert shipping.waiting("default") == 1
    ship(shipping)
    (conversation,) = place.library.conversations()
    folder = place.store / "conversations" / f"{conversation.row.started_at:%Y-%m-%d}" / conversation.id
    assert {path.name for path in (folder / "journal").iterdir()} == {
        leg.name for leg in conversation.folders
    }
    assert place.stored() == place.local() == place.truth
    assert (place.states(), shipping.waiting("default"), shipping.due()) == ({"verified"}, 0, ())
    place.clock.advance(24 * HOUR_NS - 1_000_000)
    assert shipping.due() == ()
    place.clock.advance(1_000_000)
    ship(shipping)
    assert (place.local(), place.states(), shipping.due()) == ({}, {"remote"}, ())
    assert place.stored() == place.truth


def test_shipping_again_at_any_state_changes_nothing(place: Place) -> None:
    shipping = place.shipping()
    for _ in range(3):
        for recorded in list(place.library.conversations()):
            shipping.ship("default", recorded.id)
    assert place.stored() == place.truth
    assert place.states() == {"remote"}


def test_what_went_away_comes_back_when_it_is_asked_for(place: Place) -> None:
    place.library.shipping = shipping = place.shipping()
    before = [recorded.transcript() for recorded in place.library.conversations()]
    ship(shipping)
    assert place.local() == {}
    (recorded,) = place.library.conversations()
    assert place.local() == {}, "a list needs no journals"
    assert [recorded.transcript()] == before
    assert place.local() == place.truth
    assert place.states() == {"verified"}, "and goes again later"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (place.data / "journal").rglob("*.*")}
    assert modes == {0o600}
    ship(shipping)
    assert place.local() == {}


def test_a_store_that_lost_a_journal_is_found_out_and_not_believed(place: Place) -> None:
    shipping = place.shipping()
    ship(shipping)
    (file,) = [path for path in place.store.rglob("*") if path.is_file()]
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    (recorded,) = place.library.conversations()
    with pytest.raises(Damaged):
        shipping.fetch("default", recorded.id)
    assert place.local() == {}, "nothing false is put in its place"


def test_a_copy_that_changed_in_the_store_meanwhile_is_sent_again_instead_of_relied_on(place: Place) -> None:
    shipping = place.shipping(hours=1)
    ship(shipping)
    (file,) = [path for path in place.store.rglob("*") if path.is_file()]
    file.write_bytes(b"somebody else's")
    place.clock.advance(HOUR_NS)
    ship(shipping)
    assert place.local() == place.truth
    ship(shipping)
    assert place.stored() == place.truth


def test_a_call_that_goes_on_has_its_journal_here_and_nowhere_else(place: Place) -> None:
    shipping = place.shipping()
    ship(shipping)
    (recorded,) = place.library.conversations()
    shipping.recall("default", recorded.id)
    assert (place.local(), place.stored(), place.states()) == (place.truth, {}, set())


def test_what_is_no_journal_of_ours_is_not_brought_here(place: Place) -> None:
    objects = FolderObjects(place.store)
    for path in (
        "conversations/2026-01-01/x/journal/leg/a.bin",
        "conversations/2026-01-01/0190/stereo.flac",
        "conversations/evil/journal/0190/000.bin",
    ):
        objects.put(path, [b"x"])
    assert place.shipping().bring_back() == []
    assert place.local() == place.truth


def test_a_journal_whose_key_is_not_here_keeps_no_other_from_coming_back(tmp_path: Path) -> None:
    place = Place(tmp_path, ("Hello?", "And again."))
    keys = vault(tmp_path)
    shipping = place.shipping(SealedObjects(FolderObjects(place.store), keys))
    ship(shipping)
    assert place.local() == {}
    lost, _ = sorted(place.library.conversations(), key=lambda call: call.id)
    assert keys.destroy(lost.id)
    [path] = shipping.bring_back()
    assert lost.id in path
    assert len(place.local()) == 1
    with pytest.raises(Denied, match="keys are not here"):
        require_keys([path])
    place.library.catalog.close()
