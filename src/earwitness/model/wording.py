"""Which words of a text were heard: by the clock of its characters, by proportion, or as somebody says."""

import unicodedata
from array import array
from collections.abc import Sequence

SPEECH_CHARS_PER_S = 15  # about 150 words a minute: where the words are known and their sound is not
FASTEST_CHARS_PER_S = 30  # nobody speaks faster: where text says so, not all of its sound was sent
MAX_MS = 1 << 62


class Timing:
    """When each character of a message is spoken, as far as was told; eight bytes a character."""

    __slots__ = ("_pieces", "_starts_ms")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts_ms = array("q")

    def add(self, text: str, starts_ms: Sequence[int]) -> None:
        """One stretch more, directly after the last. What has no counterpart is left out."""
        count = min(len(text), len(starts_ms))
        self._pieces.append(text[:count])
        self._starts_ms.extend(max(0, min(ms, MAX_MS)) for ms in starts_ms[:count])

    @property
    def text(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def between(self, first: int, end: int) -> tuple[int, int] | None:
        """When the letters and digits `first` up to `end` are spoken, counted without what stands between.

        The end is when the next one begins; after the last one, a usual one's length later. None: it is not
        timed so far.
        """
        places = [index for index, char in enumerate(self.text) if char.isalnum()]
        if not first < end <= len(places):
            return None
        usual_ms = 1000 // SPEECH_CHARS_PER_S
        after = self._starts_ms[places[end]] if end < len(places) else self._starts_ms[places[-1]] + usual_ms
        return self._starts_ms[places[first]], after

    def word_starts_ms(self, text: str) -> list[int]:
        """When each word of the text begins; fewer than it has where the rest is not timed so far.

        Nothing where other words were timed than these: one of them was corrected, or taken out.
        """
        letters = [(char, ms) for char, ms in zip(self.text, self._starts_ms, strict=True) if char.isalnum()]
        starts_ms: list[int] = []
        at = 0
        for word in text.split():
            wanted = [char for char in word if char.isalnum()]
            timed = letters[at : at + len(wanted)]
            if any(char != own for char, (own, _) in zip(wanted, timed, strict=False)):
                return []
            if len(timed) < len(wanted):
                break
            starts_ms.append(timed[0][1] if timed else starts_ms[-1] if starts_ms else 0)
            at += len(wanted)
        return starts_ms

    def until(self, heard_ms: int) -> str:
        """The characters that had begun by then."""
        later = (index for index, start_ms in enumerate(self._starts_ms) if start_ms >= heard_ms)
        return self.text[: next(later, None)]

    def ms_before(self, words: str) -> int | None:
        """When the words at its beginning are over. None: they are not its beginning, or its end."""
        end = beginning(self.text, words)
        if end is None or end >= len(self._starts_ms):
            return None
        return self._starts_ms[end]


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def beginning(text: str, words: str) -> int | None:
    """Where in the text the words end that it begins with; None: it begins otherwise.

    Only letters and digits are compared, without case and accents: platforms tell their words normalised.
    """
    wanted = _letters(words)
    found = end = 0
    for index, char in enumerate(text):
        letters = _letters(char)
        if letters and found >= len(wanted):
            return end
        if not wanted.startswith(letters, found) and not letters.startswith(wanted[found:]):
            return None
        found += len(letters)
        end = index + 1 if letters else end
    return len(text) if found >= len(wanted) else None


def whole_words(text: str, end: int) -> str:
    """The words that are over by `end`, each with what stands around it; of half a word nothing."""
    tail = text[end:].split(maxsplit=1)[0] if text[end : end + 1].strip() else ""
    if any(char.isalnum() for char in tail):
        while end and not text[end - 1].isspace():
            end -= 1
    elif end:
        end += len(tail)
    return text[:end].rstrip()


def share_of(text: str, ratio: float, heard_ms: int | None, sent_ms: int | None) -> str:
    """The words that fit into the part that was heard of what was sent.

    Where an answer was cut while its sound was being made, its text may be whole all the same. Such a text
    is too long for the sound that was sent, and goes by the usual rate of speech instead.
    """
    if sent_ms and heard_ms is not None and len(text) * 1000 > FASTEST_CHARS_PER_S * sent_ms:
        return whole_words(text, min(len(text), SPEECH_CHARS_PER_S * heard_ms // 1000))
    return whole_words(text, int(len(text) * ratio))


def words_until(text: str, timing: Timing, heard_ms: int) -> str | None:
    """The words whose last letter had begun by then; None where the timing is not of this text."""
    end = beginning(text, timing.until(heard_ms)) if timing.text else None
    return None if end is None else whole_words(text, end)


def spoken_ms(text: str, words: str, timing: Timing | None, sent_ms: int | None) -> int | None:
    """How long the words took that the text begins with. None: there is no text to compare them with.

    By its timing, else as their share of what was sent, else by the usual rate of speech.
    """
    timed_ms = timing.ms_before(words) if timing is not None else None
    if timed_ms is not None:
        return timed_ms if sent_ms is None else min(timed_ms, sent_ms)
    end = beginning(text, words)
    end = min(len(words), len(text)) if end is None else end
    if sent_ms is None:
        return end * 1000 // SPEECH_CHARS_PER_S if text else None
    return sent_ms * end // len(text) if text else None


def as_said(text: str, words: str) -> str:
    """The words as they stand at the beginning of the text; as they were given where it begins otherwise."""
    end = beginning(text, words)
    return words.strip() if end is None else text[:end].rstrip()
