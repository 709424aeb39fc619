"""How many of one kind are let in at once, so that one caller leaves the others their room."""

from collections import Counter


class Crowd:
    """At most so many of each name; 0: any number."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._inside: Counter[str] = Counter()

    def enter(self, name: str) -> bool:
        """One more of this name is in; False, and it is not, where that would be too many."""
        if self.most and self._inside[name] >= self.most:
            return False
        self._inside[name] += 1
        return True

    def leave(self, name: str) -> None:
        self._inside[name] -= 1
        if self._inside[name] <= 0:
            del self._inside[name]
