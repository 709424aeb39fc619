"""Numbers and addresses as they are spoken in English, written as they are typed.

"nine oh two one oh" -> 90210, "twenty twenty" -> 2020, "ana at example dot com" -> ana@example.com. Words
that are no number stay where they are.
"""

import re
from collections.abc import Iterator

_ONES = {
    "zero": 0,
    "oh": 0,
    "o": 0,
    "nought": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
_TEENS = {
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
SHORTEST_SPELLED = 4  # digits: "9 0 2 1" is a number that is spelled out, "1 2" may be a list
_TIMES = {"double": 2, "triple": 3}
_WORD = re.compile(r"[a-z]+|\d+|[^a-z\d\s]+", re.IGNORECASE)
_NUMBER_WORDS = "|".join([*_ONES, *_TEENS, *_TENS, "hundred", "thousand", *_TIMES, "and"])
_RUN = re.compile(rf"\b(?:(?:{_NUMBER_WORDS}|\d+)\b[\s,-]*)+", re.IGNORECASE)
_EMAIL = re.compile(  # lengths as in RFC 5321, 4.5.3.1: a word without end must not cost its square
    r"\b([a-z0-9](?:[._+-]|\s{1,3}(?:dot|underscore|dash|plus)\s{1,3}|[a-z0-9]){0,63}?)\s{0,3}(?:@|\sat\s{1,3})\s{0,3}"
    r"([a-z0-9-]{1,63}(?:\s{0,3}(?:\.|\sdot\s{1,3})\s{0,3}[a-z]{2,24}){1,8})\b",
    re.IGNORECASE,
)
_BETWEEN = " \t\n\r\f\v,-"
_MARKS = {"dot": ".", "underscore": "_", "dash": "-", "plus": "+"}
_SPELLED = re.compile(r"\b[a-z](?: [a-z]){2,63}\b(?=\s+(?:at\b|@))", re.IGNORECASE)


def written(text: str) -> str:
    """The text with spoken numbers as digits. A lone "one" or "o" is a word and stays one."""
    return _RUN.sub(_digits, text)


def written_email(text: str) -> Iterator[tuple[str, int]]:
    """Mail addresses, typed or spoken, and where each begins."""
    joined = _SPELLED.sub(lambda letters: letters[0].replace(" ", "").rjust(len(letters[0])), text)
    for found in _EMAIL.finditer(joined):
        whole = f"{found[1]}@{found[2]}"
        for word, mark in _MARKS.items():
            whole = re.sub(rf"\s+{word}\s+", mark, whole, flags=re.IGNORECASE)
        yield re.sub(r"\s+", "", whole).lower(), found.start()


def _digits(run: re.Match[str]) -> str:
    words = [word.lower() for word in _WORD.findall(run[0]) if word[0].isalnum()]
    while words and words[-1] == "and":
        words.pop()
    spoken = [word for word in words if not word.isdigit()]
    is_spelled = len(words) >= SHORTEST_SPELLED and all(len(word) == 1 for word in words)
    if not words or words[0] == "and" or not (spoken or is_spelled) or len(words) == 1:
        return run[0]
    said = run[0].rstrip(_BETWEEN)
    if said[-3:].lower() == "and" and not said[-4:-3].isalnum():
        said = said[:-3].rstrip(_BETWEEN)
    return (_large(words) or "".join(_parts(words))) + run[0][len(said) :]


def _large(words: list[str]) -> str | None:
    """A number with hundreds or thousands in it; None where it is none."""
    if not {"hundred", "thousand"} & set(words) or words[0] in ("hundred", "thousand"):
        return None
    total = current = 0
    for word in words:
        if word == "thousand":
            total, current = total + current * 1000, 0
        elif word == "hundred":
            current *= 100
        elif word != "and":
            value = _value(word)
            if value is None:
                return None
            current += value
    return str(total + current)


def _value(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    return next((of[word] for of in (_ONES, _TEENS, _TENS) if word in of), None)


def _parts(words: list[str]) -> Iterator[str]:
    """Digits one after the other, as years, codes and telephone numbers are spoken."""
    times = 1
    rest = iter(range(len(words)))
    for at in rest:
        word = words[at]
        if word in _TIMES:
            times = _TIMES[word]
            continue
        value = _value(word)
        if value is None:
            continue
        following = words[at + 1] if at + 1 < len(words) else ""
        if word in _TENS and 0 < _ONES.get(following, 0) < 10 and following not in ("oh", "o"):
            value += _ONES[following]
            next(rest, None)
        yield (word if word.isdigit() else str(value)) * times
        times = 1
