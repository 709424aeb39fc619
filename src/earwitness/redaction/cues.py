"""Where words stand that announce what comes: `security code`, `you reach me at`."""

from collections.abc import Iterable, Mapping, Sequence

NOWHERE = -(1 << 30)


class Cues:
    """Phrases by kind, found in one pass over the words: so linear in them, however many phrases there are.

    `meanings`: words that are tokens of another text, as `at` is `@` and `four` is `4`.
    """

    def __init__(self, phrases: Mapping[str, Iterable[str]], meanings: Mapping[str, str]) -> None:
        self._heads: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for kind, those in phrases.items():
            for phrase in those:
                *most, last = (meanings.get(word, word) for word in phrase.split())
                for end in (last, f"{last}s", f"{last}es"):
                    words = (*most, end)
                    self._heads.setdefault(words[0], []).append((words[1:], kind))

    def heard(self, words: Sequence[str]) -> dict[str, list[int]]:
        """By kind, the places of the words with which a phrase ends, in order."""
        places: dict[str, list[int]] = {}
        heads = self._heads
        for place, word in enumerate(words):
            if word in heads:
                for rest, kind in heads[word]:
                    end = place + len(rest)
                    if not rest or tuple(words[place + 1 : end + 1]) == rest:
                        places.setdefault(kind, []).append(end)
        for those in places.values():
            those.sort()
        return places
