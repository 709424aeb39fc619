"""2,000 labelled lines of calls in six languages, made here from a seed: what was said, what must go.

A label is known because the value was put there; no detector is asked. Two thirds hold something, the others
hold numbers that must stay. Half of the sentences (`unseen`) are kept from whoever improves the detectors.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import _redaction_values as v
from _redaction_sentences import NOTHING_SEEN, NOTHING_UNSEEN, SEEN, UNSEEN

LINES = {"en": 800, "es": 600, "de": 150, "fr": 150, "it": 150, "pt": 150}
IBANS = {
    "en": ("GB", 22),
    "es": ("ES", 24),
    "de": ("DE", 22),
    "fr": ("FR", 27),
    "it": ("IT", 27),
    "pt": ("PT", 25),
}
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Label:
    """`[start, end)` of one of the texts. `is_spoken`: in words, not in digits."""

    kind: str
    part: int
    start: int
    end: int
    is_spoken: bool


@dataclass(frozen=True, slots=True)
class Line:
    """What one party said in one message or several, after what the other asked."""

    language: str
    is_unseen: bool
    before: str
    parts: tuple[str, ...]
    labels: tuple[Label, ...]


def lines(seed: int = 1) -> list[Line]:
    """All of them, the same for the same seed."""
    draw = random.Random(seed)
    return [line for language, count in LINES.items() for line in _of_language(language, count, draw)]


def _of_language(language: str, count: int, draw: random.Random) -> Iterator[Line]:
    for number in range(count):
        is_unseen = number % 2 == 1
        if number % 6 < 4:
            sentences = _sentences((UNSEEN if is_unseen else SEEN)[language], "\n")
        else:
            sentences = _sentences((NOTHING_UNSEEN if is_unseen else NOTHING_SEEN)[language], r"\n|~")
        yield _line(language, is_unseen, sentences[number // 2 % len(sentences)], draw)


def _sentences(text: str, by: str) -> list[str]:
    return [sentence.strip() for sentence in re.split(by, text) if sentence.strip()]


def _line(language: str, is_unseen: bool, sentence: str, draw: random.Random) -> Line:
    before, _, words = sentence.rpartition("?>")
    halves: dict[str, tuple[list[str], bool]] = {}
    parts, labels = [], []
    for part, text in enumerate(piece.strip() for piece in words.split("|")):
        said, end = "", 0
        for slot in _SLOT.finditer(text):
            said, end = said + text[end : slot.start()], slot.end()
            kind, _, half = slot[1].partition("_") if slot[1][-2:] in ("_a", "_b") else (slot[1], "", "")
            if half:
                if kind not in halves:
                    halves[kind] = _in_two(kind, language, draw)
                value, is_spoken = halves[kind][0][half == "b"], halves[kind][1]
            else:
                value, is_spoken = _value(kind, language, sentence, draw)
            if kind in KINDS:
                labels.append(Label(kind, part, len(said), len(said) + len(value), is_spoken))
            said += value
        parts.append(said + text[end:])
    return Line(language, is_unseen, before.strip(), tuple(parts), tuple(labels))


KINDS = ("card", "cvv", "iban", "national_id", "phone", "email", "birth_date", "policy", "name")


def _in_two(kind: str, language: str, draw: random.Random) -> tuple[list[str], bool]:
    """A number that is read in two messages."""
    number = v.card(draw) if kind == "card" else v.phone(language, draw)[0]
    blocks = v.blocks(number, draw)
    middle = max(1, len(blocks) // 2)
    is_spoken = draw.random() < 0.5
    say = (lambda block: v.said(block, language, draw)) if is_spoken else str
    return [" ".join(map(say, blocks[:middle])), " ".join(map(say, blocks[middle:]))], is_spoken


def _value(kind: str, language: str, sentence: str, draw: random.Random) -> tuple[str, bool]:
    is_spoken = draw.random() < 0.5
    match kind:
        case "card":
            number = v.card(draw)
            return (
                v.spoken(number, language, draw) if is_spoken else v.written_card(number, draw)
            ), is_spoken
        case "cvv":
            number = v.digits(draw, 3)
            return (v.said(number, language, draw) if is_spoken else number), is_spoken
        case "phone":
            number, forms = v.phone(language, draw)
            return (v.spoken(number, language, draw) if is_spoken else draw.choice(forms)), is_spoken
        case "email":
            written, aloud = v.email(language, draw)
            return (aloud if is_spoken else written), is_spoken
        case "iban":
            number = v.iban(*IBANS[language], draw)
            return _letters_said(number, language, is_spoken, v.in_fours(number), draw)
        case "national_id":
            number = v.national_id(language, sentence, draw)
            return _letters_said(number, language, is_spoken, number, draw)
        case "birth_date":
            return _date(language, draw, is_spoken), is_spoken
        case "policy":
            return f"POL-{v.digits(draw, 6)}", False
        case "name":
            return draw.choice(v.NAMES), False
        case _:
            return _other(kind, language, draw), False


def _letters_said(
    code: str, language: str, is_spoken: bool, written: str, draw: random.Random
) -> tuple[str, bool]:
    """Spelled out: letters one by one, digits in their words."""
    if not is_spoken:
        return written, False
    runs = re.findall(r"[A-Z]+|\d+", code)
    return " ".join(" ".join(run) if run.isalpha() else v.said(run, language, draw) for run in runs), True


def _date(language: str, draw: random.Random, is_spoken: bool) -> str:
    day, month, year = draw.randint(2, 28), draw.randint(1, 12), draw.randint(1940, 2005)
    name = v.MONTHS[language].split()[month - 1]
    if not is_spoken:
        land = f"{month}/{day}/{year}" if language == "en" else f"{day:02}/{month:02}/{year}"
        return draw.choice([land, f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}"])
    if language == "en":
        suffix = {1: "st", 2: "nd", 3: "rd"}.get(day % 10 if day not in (11, 12, 13) else 0, "th")
        return draw.choice(
            [f"{name} {day}{suffix}, {year}", f"{day}{suffix} of {name} {year}", f"{name} {day} {year}"]
        )
    joint = {"es": " de ", "pt": " de ", "de": ". ", "fr": " ", "it": " "}[language]
    return f"{day}{joint}{name}{' de ' if language in ('es', 'pt') else ' '}{year}"


def _other(kind: str, language: str, draw: random.Random) -> str:
    """What must stay: numbers of orders, prices, times and the like."""
    match kind:
        case "price":
            return draw.choice(
                [
                    f"{draw.randint(2, 999)}.{draw.randint(10, 99)}",
                    f"{draw.randint(1, 9)},{v.digits(draw, 3)}",
                ]
            )
        case "time":
            return f"{draw.randint(0, 23)}:{draw.randint(0, 59):02}"
        case "date":
            return f"{draw.randint(1, 28)}/{draw.randint(1, 12)}/{draw.randint(2024, 2026)}"
        case "version":
            return f"{draw.randint(0, 12)}.{draw.randint(0, 30)}.{draw.randint(0, 400)}"
        case "year":
            return str(draw.randint(1950, 2026))
        case "code":
            return "".join(draw.choices("ABCDEFGHKLMNPQRSTUVWXYZ23456789", k=6))
        case "uuid":
            text = f"{draw.getrandbits(128):032x}"
            return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
        case "word_small":
            return draw.choice(v.DIGITS[language].split()[2:])
        case _:
            return str(draw.randint(1, 9)) + v.digits(draw, int(kind[1:]) - 1)
