"""What of late sound was lost, and what only held up."""

from collections.abc import Iterable

from earwitness.model.lateness import HOLD_NS, NOISY_HOLD_NS, Lateness

MS = 1_000_000
CHUNK = 160  # bytes, of 20 ms


def lost(lateness: Lateness, late_ms: Iterable[float], since: int = 0) -> list[tuple[int, int]]:
    """Chunk and milliseconds of every loss, of chunks that come so late."""
    found: list[tuple[int, int]] = []
    for number, late in enumerate(late_ms, since):
        placed_ms = sum(ms for _, ms in found)
        late_ns = round((late - placed_ms) * MS)
        at_ns = round(((number + 1) * 20 + late) * MS)
        found += [(byte // CHUNK, ns // MS) for byte, ns in lateness.observe(at_ns, number * CHUNK, late_ns)]
    return found


def test_what_never_comes_back_was_lost_where_it_began() -> None:
    assert lost(Lateness(), [0] * 300 + [20] * 40 + [60] * 40) == [(300, 20), (340, 40)]


def test_what_comes_back_was_held_up_and_teaches_how_long_that_lasts_here() -> None:
    line = Lateness()
    held_up = HOLD_NS // (20 * MS) - 1
    assert lost(line, ([0] * 100 + [30] * held_up) * 10 + [0] * 50) == []
    assert lost(line, [30] * 3 * (held_up - 1), since=5000) == []
    assert lost(line, [30] * 10, since=5000 + 3 * (held_up - 1)) == [(5000, 30)]


def test_a_rise_within_what_comes_and_goes_must_last_longer() -> None:
    line = Lateness()
    assert lost(line, [0, *[25, 100] * (NOISY_HOLD_NS // (40 * MS) - 10)]) == []
    assert line.least_ns == 0


def test_little_is_left_alone_until_it_adds_up() -> None:
    found = lost(Lateness(), [number / 100 for number in range(3000)])  # half a part in a thousand slow
    assert sum(ms for _, ms in found) >= 15
    assert all(ms >= 10 for _, ms in found)
    assert all(abs(chunk / 100 - so_far) <= 12 for (chunk, _), so_far in zip(found, (10, 20), strict=False))


def test_sound_after_a_silence_says_nothing_of_what_was_before() -> None:
    line = Lateness()
    lost(line, [0] * 300)
    line.restart()
    assert line.least_ns == 0
    assert lost(line, [40] * 20, since=300) == []
    assert line.least_ns == 40 * MS
