"""How much of a spoken secret is silent, in the recorded speech of the simulator, where each place is known.

An utterance is up to five recorded sentences one after the other, and one of them is the secret. Its label is
the stretch in which its sound is louder than its pauses, so it is right to the sample; who redacts knows the
words and when the whole began and ended, and of the timed ones when each character begins.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from earwitness.model.conversation import AudioFormat, Conversation, Leg, Message, Span, Track
from earwitness.model.events import Evidence, Party, Role
from earwitness.model.wording import Timing
from earwitness.redaction.conversation import Redactor
from earwitness.settings.redaction import Redaction
from earwitness.simulator.lines import lines, spoken

RATE_HZ = 16_000
NS_PER_S = 1_000_000_000
LOUD = 300  # of 16 bits: below, a sentence has not begun, or is over
BEGAN_NS = 5 * NS_PER_S
FORMAT = AudioFormat(encoding="pcm_s16le", rate_hz=RATE_HZ)
UTTERANCES = 500


@dataclass(frozen=True)
class Utterance:
    """Sentences of one voice; the secret is the one at `secret`."""

    names: tuple[str, ...]
    secret: int

    @property
    def text(self) -> str:
        return " ".join(lines()[name].text for name in self.names)

    @property
    def frames(self) -> int:
        return sum(len(spoken(name, RATE_HZ)) for name in self.names)

    @property
    def label(self) -> tuple[int, int]:
        """[from, until) of the secret's sound, in ns from the beginning of the utterance."""
        before = sum(len(spoken(name, RATE_HZ)) for name in self.names[: self.secret])
        loud = np.flatnonzero(np.abs(spoken(self.names[self.secret], RATE_HZ).astype(int)) > LOUD)
        first, last = (before + int(place) for place in (loud[0], loud[-1]))
        return first * NS_PER_S // RATE_HZ, (last + 1) * NS_PER_S // RATE_HZ


@dataclass(frozen=True)
class Heard:
    """Of all utterances together."""

    labels: int
    silent: int  # labels of which no sample sounds
    leaked_ms: float  # of all labels
    lost_share: float  # of the sound around the secrets


def utterances(party: Party) -> Iterator[Utterance]:
    """The same ones in every run."""
    chance = random.Random(41)
    names = sorted(name for name, line in lines().items() if line.party == party)
    for count in itertools.islice(itertools.cycle((1, 2, 3, 4, 5)), UTTERANCES):
        chosen = tuple(chance.sample(names, count))
        yield Utterance(chosen, chance.randrange(count))


def measure(party: Party, *, is_timed: bool = False) -> Heard:
    """What of the secrets can be heard, on the track of whoever said them."""
    silent, leaked_ns, lost_ns, around_ns, labels = 0, 0, 0, 0, 0
    for said in utterances(party):
        first, last = (BEGAN_NS + place for place in said.label)
        hushed = _silenced(said, party, is_timed=is_timed)
        leak = (last - first) - _overlap(hushed, first, last)
        end = BEGAN_NS + said.frames * NS_PER_S // RATE_HZ
        labels, silent, leaked_ns = labels + 1, silent + (leak == 0), leaked_ns + leak
        around_ns += (end - BEGAN_NS) - (last - first)
        lost_ns += _overlap(hushed, BEGAN_NS, end) - _overlap(hushed, first, last)
    return Heard(labels, silent, leaked_ns / 1e6, lost_ns / around_ns)


def _silenced(said: Utterance, party: Party, *, is_timed: bool) -> tuple[tuple[int, int], ...]:
    policy = Redaction(kinds=(), words={"secret": (lines()[said.names[said.secret]].text,)})
    redacted = Redactor(policy).redact(_conversation(said, party, is_timed=is_timed))
    assert redacted.redactions, said.text
    return redacted.silenced.get(party.value, ())


def _conversation(said: Utterance, party: Party, *, is_timed: bool) -> Conversation:
    """A call in which this is said, as its provider would tell of it."""
    ended_ns = BEGAN_NS + said.frames * NS_PER_S // RATE_HZ
    message = Message(
        key="leg:m",
        leg="leg",
        item="m",
        role=Role.ASSISTANT if party is Party.AGENT else Role.USER,
        party=party,
        text=said.text,
        heard_text=said.text,
        status="completed",
        started_ns=BEGAN_NS,
        ended_ns=ended_ns,
        first_seen_ns=BEGAN_NS if party is Party.AGENT else ended_ns,
        evidence=Evidence.SERVER,
        sent_ms=said.frames * 1000 // RATE_HZ if party is Party.AGENT else None,
        timing=_timing(said) if is_timed else None,
    )
    span = Span(
        leg="leg",
        party=party,
        format=FORMAT,
        from_byte=0,
        byte_count=said.frames * 2,
        at_ns=BEGAN_NS,
        item="m",
    )
    track = {party: Track(party=party, spans=(span,))}
    return Conversation(
        id="c",
        ended_ns=ended_ns + NS_PER_S,
        legs=(Leg(id="leg", provider="openai", way="tap", route="", opened_ns=0),),
        messages=(message,),
        tracks=track,
        sent=track if party is Party.AGENT else {},
    )


def _timing(said: Utterance) -> Timing:
    """As a provider tells it: within a sentence characters follow one another evenly."""
    timing, at = Timing(), 0
    for number, name in enumerate(said.names):
        text = (" " if number else "") + lines()[name].text
        length = len(spoken(name, RATE_HZ)) * 1000 // RATE_HZ
        timing.add(text, [at + length * place // len(text) for place in range(len(text))])
        at += length
    return timing


def _overlap(stretches: tuple[tuple[int, int], ...], first: int, last: int) -> int:
    return sum(max(0, min(end, last) - max(start, first)) for start, end in stretches)
