"""Which conversation a leg stands in: where somebody put it, else where its links say.

Legs that share a link are one conversation; the one that began first gives its id. A leg that was put
somewhere by hand stays there: through its links it joins nothing, and nothing joins. Only a leg whose links
are all those of such legs goes where they are: what comes late finds its call wherever that was put.
"""

from collections.abc import Iterable

from earwitness.store import legs, placements
from earwitness.store.database import Database
from earwitness.store.types import clip

_Links = dict[tuple[str, str], str]  # (workspace, link) -> conversation


class Belonging:
    """What is known of it by now; the rest is asked of the catalog."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._links: _Links = {}
        self._links_by_hand: _Links = {}  # of legs that somebody put where they are
        self._united: dict[str, str] = {}  # gone into another, and not yet so in the catalog

    def home(self, conversation: str) -> str:
        """What has become of this conversation: itself, or the one it has gone into."""
        return self._united.get(conversation, conversation)

    def put_by_hand(self, workspace: str, legs: Iterable[str]) -> dict[str, str]:
        """Of these legs those that somebody put somewhere, and where."""
        placed = placements.of_legs(self._database, workspace, list(legs))
        return {leg: self.home(conversation) for leg, conversation in placed.items()}

    def linked(
        self, workspace: str, conversation: str, links: tuple[str, ...], *, is_by_hand: bool
    ) -> list[str]:
        """All conversations that a leg with these links makes one with its own; the first gives its id."""
        others = set() if is_by_hand else self._others(workspace, links)
        together = sorted({conversation, *map(self.home, others)})
        known = self._links_by_hand if is_by_hand else self._links
        for key in [(workspace, link) for link in links]:
            known[key] = min(together[0], known.get(key, together[0]))  # they may lie apart by hand
        return together

    def _others(self, workspace: str, links: tuple[str, ...]) -> set[str]:
        keys = [(workspace, link) for link in links]
        clipped = tuple(clip(link) for link in links)
        kept = legs.linked(self._database, workspace, clipped)
        own_links = placements.unplaced_links(self._database, workspace, kept) if kept else {}
        by_hand = {one for one in kept if one in own_links and own_links[one].isdisjoint(clipped)}
        found = {self._links[key] for key in keys if key in self._links} | (kept - by_hand)
        if found:
            return found
        by_hand |= {self._links_by_hand[key] for key in keys if key in self._links_by_hand}
        return {min(by_hand)} if by_hand else set()

    def unite(self, founder: str, others: Iterable[str]) -> None:
        """These have gone into the founder."""
        gone = set(others)
        for links in (self._links, self._links_by_hand):
            links |= {key: founder for key, value in links.items() if value in gone}
        self._united |= {key: founder for key, value in self._united.items() if value in gone}
        self._united |= dict.fromkeys(gone, founder)

    def is_written(self, conversation: str) -> None:
        """The catalog has it as it stands: whatever went into it is gone."""
        for gone in [gone for gone, into in self._united.items() if into == conversation]:
            with self._database.writing() as connection:
                placements.follow(connection, gone, conversation)
            del self._united[gone]

    def forget(self, conversation: str) -> None:
        """It has ended; from now on the catalog tells of its links."""
        for links in (self._links, self._links_by_hand):
            for key in [key for key, value in links.items() if value == conversation]:
                del links[key]
