"""How far two recordings of the same sound lie apart, and whether they are of the same sound at all."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from earwitness.audio.align import NOTHING, RATE_HZ, Block, Recording, shift
from earwitness.audio.codecs import decode, encode
from earwitness.simulator.lines import spoken


def talk(names: tuple[str, ...], pause_s: float = 0.7) -> Block:
    """Lines of the simulator, one after the other."""
    gap = np.zeros(int(pause_s * RATE_HZ), np.int16)
    return np.concatenate([part for name in names for part in (gap, spoken(name, RATE_HZ))])


def recording(samples: Block) -> Recording:
    return lambda: (samples[at : at + 1000] for at in range(0, len(samples), 1000))


CALL = ("greeting", "order", "order_number", "price", "on_its_way", "goodbye")
OTHER = ("ask_hours", "hours", "noted", "one_moment", "take_your_time", "only_today")


@pytest.mark.parametrize("ms", [0, 40, 700, 3000, 12_345])
def test_the_same_talk_is_found_to_the_millisecond(ms: int) -> None:
    said = talk(CALL)
    later = np.concatenate((np.zeros(ms * RATE_HZ // 1000, np.int16), said))
    found, back = shift(recording(said), recording(later)), shift(recording(later), recording(said))
    assert (found.offset_ms, back.offset_ms) == (ms, -ms)
    assert min(found.certainty, back.certainty) > 0.95


def test_a_telephone_that_is_quieter_coarser_and_noisy_carries_the_same_talk() -> None:
    said = talk(CALL)
    noise = np.random.default_rng(1).normal(0, 40, len(said))
    quiet = np.clip(said * 0.4 + noise, -32_768, 32_767).astype(np.int16)
    coarse = decode("mulaw", encode("mulaw", quiet))
    later = np.concatenate((np.zeros(RATE_HZ // 2, np.int16), coarse))
    found = shift(recording(said), recording(later))
    assert found.offset_ms == 500
    assert found.certainty > 0.8


def test_two_talks_that_share_nothing_give_no_certainty() -> None:
    assert shift(recording(talk(CALL)), recording(talk(OTHER))).certainty < 0.35


def test_of_silence_nothing_is_said() -> None:
    silence = np.zeros(10 * RATE_HZ, np.int16)
    assert shift(recording(silence), recording(talk(CALL))) == NOTHING
    assert shift(recording(silence[:0]), recording(talk(CALL))) == NOTHING
    assert shift(recording(talk(CALL)), recording(silence)) == NOTHING


def test_hours_of_sound_cost_little_memory() -> None:
    said, hours = talk(CALL), 2
    times = hours * 3600 * RATE_HZ // len(said)
    drawl = [np.zeros(97 * number, np.int16) for number in range(times)]  # no two stretches alike in time

    def long(lead: int) -> Iterator[Block]:
        yield np.zeros(lead, np.int16)
        for pause in drawl:
            yield pause
            yield said

    tracemalloc.start()
    found = shift(lambda: long(0), lambda: long(2 * RATE_HZ))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.offset_ms == 2000
    assert found.certainty > 0.95
    assert peak < 100 << 20
