"""A date is believed only where a clock that nobody can set agrees."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from earwitness.privacy.two_clocks import Look, doubt, judge, look, remember, remembered

NOON = Look(wall_s=1_764_417_600.0, boot_s=5_000.0, boot_id="a")
HOUR, DAY = 3600.0, 86_400.0


def later(last: Look, wall_s: float, boot_s: float | None = None, boot_id: str = "a") -> Look:
    return Look(
        wall_s=last.wall_s + wall_s,
        boot_s=last.boot_s + (wall_s if boot_s is None else boot_s),
        boot_id=boot_id,
    )


@pytest.mark.parametrize(
    ("now", "newest_s"),
    [
        (later(NOON, 60), NOON.wall_s),
        (later(NOON, 40 * DAY), NOON.wall_s),  # the machine ran all the time
        (later(NOON, HOUR, HOUR - 300), 0),  # set right by five minutes
        (later(NOON, 20 * HOUR, -4_000, "b"), 0),  # started anew, away for less than a day
        (later(NOON, -600), 0),
    ],
)
def test_what_both_clocks_say_is_believed(now: Look, newest_s: float) -> None:
    assert doubt(now, NOON, newest_s) == ""
    assert judge(now, NOON, newest_s) == ("", now)


@pytest.mark.parametrize(
    ("now", "newest_s"),
    [
        (later(NOON, 10 * 365 * DAY, 60), 0),  # set forward by ten years
        (later(NOON, 2 * HOUR, 60), 0),
        (later(NOON, -DAY, 60), 0),
        (later(NOON, 3 * DAY, -4_000, "b"), 0),  # started anew after three days, or so it says
        (later(NOON, 60), NOON.wall_s + 61),  # something was recorded later than now
    ],
)
def test_what_one_clock_says_alone_is_doubted(now: Look, newest_s: float) -> None:
    assert doubt(now, NOON, newest_s) != ""
    assert judge(now, NOON, newest_s)[0] != ""


def test_the_first_look_ever_is_believed_unless_the_journals_know_better() -> None:
    assert judge(NOON, None, NOON.wall_s - 1) == ("", NOON)
    assert judge(NOON, None, NOON.wall_s + 1)[0] != ""


def test_a_new_date_that_holds_for_an_hour_is_believed() -> None:
    now = later(NOON, 30 * DAY, -4_000, "b")  # back after a month without power
    why, kept = judge(now, NOON, 0)
    assert why
    for minutes in (1, 30, 59):
        why, kept = judge(later(now, minutes * 60, boot_id="b"), kept, 0)
        assert why, minutes
    why, kept = judge(later(now, HOUR, boot_id="b"), kept, 0)
    assert why == ""
    assert kept is not None
    assert kept.doubtful_since_s is None
    assert judge(later(now, 2 * HOUR, boot_id="b"), kept, 0)[0] == ""


def test_the_hour_begins_anew_with_each_doubt() -> None:
    now = later(NOON, 30 * DAY, -4_000, "b")
    kept = judge(now, NOON, 0)[1]
    jumped = later(now, 10 * DAY, 1_800, "b")
    why, kept = judge(jumped, kept, 0)
    assert why
    assert judge(later(jumped, 1_900, boot_id="b"), kept, 0)[0] != ""
    restarted = replace(later(jumped, 1_950, boot_id="c"), boot_s=30.0)
    why, kept = judge(restarted, kept, 0)
    assert why
    assert judge(later(restarted, HOUR, boot_id="c"), kept, 0)[0] == ""


def test_a_look_is_kept_for_the_next_process(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    assert remembered(file) is None
    remember(file, NOON)
    assert remembered(file) == NOON
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("{")
    assert remembered(file) is None
    assert look().wall_s > NOON.wall_s - 400 * DAY
