"""A script played: what a recorder on the line would have seen, decoded and folded as always.

With `is_direct` sound is not spelled out as messages and read again: its events are made here. All else goes
through the decoders in either case, and so does the first sound of each answer: it tells formats, and that
there is something to cut. A call of four hours then takes seconds.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from earwitness.decoders import LegDecoder
from earwitness.journal.record import Answered, Ended, Gap, Kind, Opened, Origin, Record
from earwitness.model.conversation import Conversation
from earwitness.model.events import AudioArrived, MessageOpened, Party, Role, Stamp
from earwitness.model.fold import Fold
from worlds.script import Act, Condition, Format, Script
from worlds.wire import Wire, encoded
from worlds.wires import WIRES

BEGAN_NS = 1_700_000_000_000_000_000
MS = 1_000_000
ORIGINS = {"client": Origin.CLIENT, "server": Origin.SERVER, "recorder": Origin.RECORDER}
Sound = tuple[float, Party, bytes, Format]  # when it came, of whom, in which format


@dataclass(slots=True)
class Leg:
    """One leg as it is recorded: its decoder, its clock, its sound."""

    id: str
    wire: Wire
    decoder: LegDecoder
    number: int = 0
    item: str = ""  # the answer that sounds now, as the decoder calls it
    told: tuple[Any, Format] | None = None  # answer and format of the sound that was last told as a message
    sound: dict[Party, list[bytes]] = field(default_factory=lambda: defaultdict(list))


class World:
    """One call. `conversation` as our recorder has it, `script` as it was; `arrivals` for other recorders."""

    def __init__(
        self,
        provider: str,
        condition: Condition,
        length_ms: float,
        *,
        is_direct: bool = False,
        seed: int = 7,
        spoil: Callable[["World"], None] | None = None,
    ) -> None:
        self.provider, self.condition, self.is_direct = provider, condition, is_direct
        two = provider == "two legs"
        caller, agent = (("mulaw", 8_000),) * 2 if two else (condition.caller, condition.agent)
        self.legs: list[Leg] = []
        for number, kind in enumerate(WIRES[provider]):
            wire = kind(caller, agent) if kind.can_choose_rate or two else kind()
            self.legs.append(Leg(f"leg-{number}", wire, LegDecoder(f"leg-{number}")))
        near = self.legs[0].wire
        self.script = Script(
            condition,
            length_ms,
            near.caller,
            near.agent,
            seed=seed,
            later=near.later,
            is_whole_samples=near.is_whole,
            marks=near.has_marks,
        ).write()
        self.arrivals: list[Sound] = []
        self.keeps_arrivals = False
        self.fold = Fold("conversation")
        self.drop: Callable[[str, float, str], bool] = lambda leg, ms, what: False
        self.alter: Callable[[Party, bytes], bytes] = lambda party, sound: sound
        self.extra: list[tuple[float, Kind, str, Any]] = []  # faults: records of a kind, origin, payload
        self.end: tuple[str, float] | None = None  # why and when, where not in order
        if spoil:
            spoil(self)

    def play(self) -> "World":
        """The whole call, in the order of time."""
        for leg in self.legs:
            links = ("call:CA1",) if len(self.legs) > 1 else ()
            opened = Opened(
                leg=leg.id, conversation="c", provider=leg.wire.provider, path=leg.wire.path, links=links
            )
            self._record(leg, 0, Kind.OPENED, "recorder", msgspec.json.encode(opened))
            self._record(leg, 1, Kind.ANSWERED, "server", msgspec.json.encode(Answered(status=101)))
            self._tell(leg, 2, leg.wire.begin())
        for at_ms, what in self._all():
            if self.end and at_ms > self.end[1]:
                break
            if isinstance(what, Act):
                self._act(at_ms, what)
            elif len(what) == 2:
                self._frame(at_ms, *what)
            else:
                self._record(self.legs[0], at_ms, *what)
        why, at_ms = self.end or ("closed", self.script.ended_ms)
        for leg in self.legs:
            if why == "crash":
                for event in leg.decoder.finish():
                    self.fold.apply(event)
            else:
                ended = msgspec.json.encode(Ended(why=why, by="client"))
                self._record(leg, at_ms, Kind.ENDED, "recorder", ended)
        return self

    @property
    def conversation(self) -> Conversation:
        return self.fold.conversation()

    def source(self, leg: str, party: Party) -> Iterator[bytes]:
        """The sound of a party on a leg, as projections ask for it."""
        return iter(next(each for each in self.legs if each.id == leg).sound[party])

    # -- what goes by --------------------------------------------------------------------------------

    def _all(self) -> Iterator[tuple[float, Any]]:
        frames = ((ms, (number, sound)) for ms, number, sound in self.script.frames())
        acts = ((act.at_ms, act) for act in self.script.acts)
        extra = (
            (ms, (kind, origin, payload))
            for ms, kind, origin, payload in sorted(self.extra, key=lambda e: e[0])
        )
        return heapq.merge(frames, acts, extra, key=lambda pair: pair[0])

    def _frame(self, at_ms: float, number: int, sound: bytes) -> None:
        sound = self.alter(Party.CALLER, sound)
        for leg in self.legs:
            if self.drop(leg.id, at_ms, "frame"):
                continue
            if leg is self.legs[0] and self.keeps_arrivals:
                self.arrivals.append((at_ms, Party.CALLER, sound, leg.wire.caller))
            if self.is_direct:
                media_ns = number * 20 * MS if leg.wire.provider == "twilio" else None
                self._sound(leg, at_ms, Party.CALLER, sound, None, media_ns)
            else:
                self._tell(leg, at_ms, iter([leg.wire.frame(number, sound)]))

    def _act(self, at_ms: float, act: Act) -> None:
        if act.what == "answer_sounds":
            item, sound = act.args
            act = Act(at_ms=act.at_ms, what=act.what, args=(item, self.alter(Party.AGENT, sound)))
        for leg in reversed(self.legs):
            if self.drop(leg.id, at_ms, act.what):
                continue
            if act.what == "answer_sounds" and leg is self.legs[0] and self.keeps_arrivals:
                self.arrivals.append((at_ms, Party.AGENT, act.args[1], leg.wire.agent))
            answer = (act.args[0], leg.wire.agent) if act.what == "answer_sounds" else None
            if answer and answer == leg.told and self.is_direct:
                item = leg.item if leg.wire.provider != "twilio" else None
                self._sound(leg, at_ms, Party.AGENT, act.args[1], item, None)
            else:
                self._tell(leg, at_ms, getattr(leg.wire, act.what)(*act.args))
                leg.told = answer or leg.told

    def _tell(self, leg: Leg, at_ms: float, told: Iterator[tuple[str, dict[str, Any]]]) -> None:
        for origin, message in told:
            self._record(leg, at_ms, Kind.TEXT, origin, encoded(message))

    def _stamp(self, at_ms: float) -> int:
        return BEGAN_NS + round(at_ms * MS)

    def _sound(
        self, leg: Leg, at_ms: float, party: Party, sound: bytes, item: str | None, media_ns: int | None
    ) -> None:
        leg.number += 1
        seen = Stamp(leg.id, leg.number, self._stamp(at_ms))
        leg.sound[party].append(sound)
        self.fold.apply(
            AudioArrived(seen=seen, party=party, byte_count=len(sound), item=item, media_ns=media_ns)
        )

    def _record(self, leg: Leg, at_ms: float, kind: Kind, origin: str, payload: bytes) -> None:
        wall_ns = self._stamp(at_ms)
        record = Record(leg.number, wall_ns - BEGAN_NS, wall_ns, ORIGINS[origin], kind, payload)
        leg.number += 1
        for event in leg.decoder.feed(record):
            if isinstance(event, MessageOpened) and event.role is Role.ASSISTANT:
                leg.item = event.item
            self.fold.apply(event)
        if kind is Kind.TEXT:
            for party, sound in leg.decoder.audio(record):
                leg.sound[party].append(sound)


def gap(reason: str, first: int, count: int) -> bytes:
    return msgspec.json.encode(Gap(reason=reason, first=first, count=count))
