"""What people saw that must go besides: words, and stretches of sound."""

from dataclasses import dataclass

KIND = "by_hand"


@dataclass(frozen=True, slots=True)
class ByHand:
    """What of one conversation was marked. `stretches`: [from, until) in ns on its clock."""

    words: tuple[str, ...] = ()
    stretches: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.stretches)


NOTHING = ByHand()
