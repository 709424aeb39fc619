"""Retention carried out: the dry run is the run, what is held stays, and two clocks have to agree."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from earwitness.library import Library
from earwitness.privacy.retaining import Retention
from earwitness.privacy.retention import Rules
from earwitness.privacy.two_clocks import Look
from earwitness.settings import RetentionRule, Settings
from journal_legs import BEGAN_S, Legs

DAY = 86_400.0
CALLS = ("plain", "trade", "held")


class House:
    """Three ended calls of one minute, and a clock that is set by hand."""

    def __init__(self, folder: Path) -> None:
        with Legs(folder) as legs:
            for n, label in enumerate(CALLS):
                leg = legs.open(ms=n * 100_000, labels=(label,))
                leg.user(n * 100_000 + 50, "item", "Hello?")
                leg.end(n * 100_000 + 60_000)
        self.folder = folder
        self.library = Library(Settings(data_dir=str(folder)))
        self.library.catch_up()
        self.now = Look(wall_s=BEGAN_S + DAY, boot_s=10_000.0, boot_id="a")
        rules = {
            "law": RetentionRule(at_least="1y", labels=("trade",)),
            "all": RetentionRule(preset="s3-30d"),
        }
        self.retention = Retention(
            Rules(rules), self.library.catalog, self.library.erasures, folder, look=lambda: self.now
        )

    def pass_days(self, days: float) -> None:
        self.now = replace(self.now, wall_s=self.now.wall_s + days * DAY, boot_s=self.now.boot_s + days * DAY)

    def left(self) -> set[str]:
        return {label for recorded in self.library.conversations() for label in recorded.row.labels}

    def id_of(self, label: str) -> str:
        (found,) = self.library.conversations(label=label)
        return found.id


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.library.catalog.close()


def test_a_call_goes_when_it_is_due_and_not_a_moment_before(house: House) -> None:
    assert house.retention.run().due == ()
    (plain,) = house.library.conversations(label="plain")
    assert plain.row.ended_at
    due_s = plain.row.ended_at.timestamp() + 30 * DAY
    house.pass_days((due_s - 0.001 - house.now.wall_s) / DAY)
    assert house.retention.run().due == ()
    assert house.left() == set(CALLS)
    house.pass_days(0.002 / DAY)
    assert [due.id for due in house.retention.run().due] == [plain.id]
    assert house.left() == {"trade", "held"}
    assert not any(folder.exists() for folder in plain.folders)


def test_the_dry_run_is_the_run_and_changes_nothing(house: House) -> None:
    house.library.hold(house.id_of("held"), reason="case 7")
    before = house.library.catalog.dump()
    house.pass_days(40)
    planned = house.retention.plan()
    assert (house.library.catalog.dump(), house.left()) == (before, set(CALLS))
    assert not (house.folder / "clock.json").exists()
    done = house.retention.run()
    assert done == planned
    assert len(done.due) == 2
    assert list(done.deferred.values()) == ["a legal hold"]
    assert house.left() == {"trade", "held"}


def test_what_the_law_keeps_cannot_be_deleted_by_anybody_until_its_day(house: House) -> None:
    trade = house.id_of("trade")
    asked = house.library.erase(trade, reason="we would rather not have it")
    assert (asked.state, "retention rule law" in asked.deferred_because) == ("deferred", True)
    house.pass_days(364)
    house.retention.run()
    assert "trade" in house.left()
    house.pass_days(1)
    house.library.erasures.go_on()
    assert "trade" not in house.left()


def test_a_hold_that_ends_lets_go_what_was_due_meanwhile(house: House) -> None:
    held = house.id_of("held")
    house.library.hold(held, reason="case 7")
    house.pass_days(40)
    house.retention.run()
    assert "held" in house.left()
    house.library.release(held)
    assert "held" not in house.left()


def test_where_the_clocks_disagree_nothing_goes_and_it_is_said(house: House) -> None:
    house.retention.run()
    house.now = replace(house.now, wall_s=house.now.wall_s + 3650 * DAY)  # set ten years forward
    done = house.retention.run()
    assert "clock was set" in done.doubt
    assert len(done.due) == 3, "what would go is still told"
    assert house.left() == set(CALLS)
    house.now = replace(house.now, wall_s=BEGAN_S - DAY)  # and then behind the recordings
    assert "recorded at" in house.retention.run().doubt
    assert house.left() == set(CALLS)


def test_every_workspace_has_its_own_rules(tmp_path: Path) -> None:
    with Legs(tmp_path) as legs:
        for n, workspace in enumerate(("acme", "rival")):
            legs.open(ms=n * 1000, workspace=workspace).end(n * 1000 + 900)
    rules = {"acme": RetentionRule(at_most="30d", workspaces=("acme",))}
    library = Library(Settings(data_dir=str(tmp_path), retention=rules))
    library.catch_up()
    done = library.retention.run()
    assert [due.workspace for due in done.due] == ["acme"]
    assert datetime.now(UTC).year >= 2026, "the machine's own clock is used"
    assert [len(list(library.of_workspace(name).conversations())) for name in ("acme", "rival")] == [0, 1]
    library.catalog.close()
