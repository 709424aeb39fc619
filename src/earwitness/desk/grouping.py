"""Which legs make up a conversation, decided by hand: joined with others, and split off again."""

import time
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import msgspec

from earwitness.clock import SystemClock, uuid7
from earwitness.desk.protected import Protected
from earwitness.errors import Conflict, InvalidInput, NotFound
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Opened
from earwitness.journal.segment import find_folder
from earwitness.store import placements
from earwitness.store.rows import ConversationRow

PATIENCE_S = 5.0  # whoever follows the journals moves a leg within a second
LOOK_EVERY_S = 0.05


class Grouped(NamedTuple):
    """The conversation the legs belong to now; until `is_done` the catalog shows them where they were."""

    conversation: str
    is_done: bool


class Grouping(Protected):
    """The part of the desk that moves legs. Nothing is written anew: journals stay, what is told of them is
    told again. What is decided holds, also over a rebuild, until somebody decides otherwise."""

    @abstractmethod
    def catch_up(self) -> int:
        """Take in what is new, unless somebody else does."""

    def join(self, ref: str, others: Sequence[str], *, reason: str = "") -> Grouped:
        """All legs of the other conversations belong to this one afterwards; the others are no more.

        Raises `NotFound`, and `Conflict` where one of them must stay as it is or belongs to another person.
        """
        into = self._row(ref)
        rows = [row for row in map(self._row, others) if row.id != into.id]
        if not rows:
            raise InvalidInput("join it with which?", hint="Name another conversation.")
        for row in (into, *rows):
            self._may_change(row)
        if len({row.subject for row in (into, *rows) if row.subject is not None}) > 1:
            raise Conflict("these are the calls of two people", hint="Only one person's can be joined.")
        moved = [leg.id for row in rows for leg in self._recorded(row).legs()]
        return self._place("join", into.id, moved, dict.fromkeys(moved, into.id), reason)

    def split(self, ref: str, legs: Sequence[str], *, reason: str = "") -> Grouped:
        """These legs, by id or the beginning of one, are a conversation of their own afterwards.

        A leg that had been joined by hand goes back to the conversation it began. Raises `NotFound`,
        `InvalidInput`, `Conflict`: as `join`, and where nothing would stay.
        """
        row = self._row(ref)
        self._may_change(row)
        there = [leg.id for leg in self._recorded(row).legs()]
        moved = list(dict.fromkeys(_one_of(there, leg) for leg in legs))
        if not moved:
            raise InvalidInput("split off which legs?", hint="earwitness show tells which it has.")
        if len(moved) == len(there):
            raise Conflict("nothing would stay", hint="Leave one leg where it is.")
        home = self._home(row, moved)
        where = dict.fromkeys(there, row.id) | dict.fromkeys(moved, home)  # what stays is decided too
        return self._place("split", home, moved, where, reason)

    def _may_change(self, row: ConversationRow) -> None:
        if self.holds.of(self.workspace, row.id):
            raise Conflict(f"conversation {row.id} is held", hint="What is held stays as it is.")
        if row.is_abridged:  # where it is silent counts from its beginning, and cannot be found out again
            raise Conflict(f"the original of conversation {row.id} is gone", hint="It stays as it is shown.")
        if any(erasure.state != "done" for erasure in self.erasures.of(self.workspace, row.id)):
            raise Conflict(f"conversation {row.id} is to be erased", hint="It cannot be changed any more.")

    def _home(self, row: ConversationRow, legs: Collection[str]) -> str:
        """The id of the conversation these legs are to be: one that they began, else a new one."""
        began = []
        for leg in sorted(legs):
            first = next(read_leg(find_folder(self.journal_root, leg)), None)
            try:
                began.append(msgspec.json.decode(first.payload if first else b"", type=Opened).conversation)
            except msgspec.MsgspecError:  # the beginning of the leg is lost
                continue
        database = self.catalog.database
        free = (one for one in began if one != row.id and not placements.is_erased(database, one))
        return next(free, str(uuid7(SystemClock().now().wall_ns)))

    def _place(
        self, verb: str, conversation: str, legs: Sequence[str], where: Mapping[str, str], reason: str
    ) -> Grouped:
        database = self.catalog.database
        placements.place(database, self.workspace, where, self.actor)
        facts = {"legs": list(legs)}
        self.audit.note(
            verb,
            workspace=self.workspace,
            conversation=conversation,
            facts=facts,
            actor=self.actor,
            reason=reason,
        )
        self.catch_up()
        give_up_at = time.monotonic() + PATIENCE_S
        while is_waiting := {moved.leg for moved in placements.misplaced(database)} & set(legs):
            if time.monotonic() > give_up_at:
                break
            time.sleep(LOOK_EVERY_S)
        return Grouped(conversation, not is_waiting)


def _one_of(legs: Sequence[str], wanted: str) -> str:
    found = [leg for leg in legs if wanted and leg.startswith(wanted)]
    if not found:
        raise NotFound(f"no leg {wanted} in this conversation", hint=f"It has {', '.join(legs)}.")
    if len(found) > 1:
        raise InvalidInput(f"{wanted} could be more than one leg", hint=f"Say which: {', '.join(found)}.")
    return found[0]
