"""What stands in the place of what is taken out."""

from collections.abc import Iterable

from earwitness.redaction.found import Found


def crossed(shape: str) -> str:
    """The shape of a number with every digit crossed out."""
    return shape.replace("9", "X")


MASKS = {
    "phone": crossed("999-999-9999"),
    "email": "user@example.com",
    "card": crossed("9999-9999-9999-9999"),
    "cvv": crossed("999"),
    "iban": crossed("9999 9999 9999 9999"),
    "national_id": crossed("999-99-9999"),
    "birth_date": crossed("9999-99-99"),
    "keys": crossed("9"),
    "pending": crossed("999"),
    "withheld": "[withheld]",
}
_OPENERS = frozenset("+(")  # of a telephone number, and not among its digits


def mask(kind: str, masks: dict[str, str]) -> str:
    """What is shown instead of something of this kind."""
    return masks.get(kind) or MASKS.get(kind) or f"[{kind}]"


def masked(text: str, found: Iterable[Found], masks: dict[str, str]) -> tuple[str, list[tuple[int, int]]]:
    """The text with everything found replaced, and where each mask stands in it.

    `found` is in order of place, of this text alone.
    """
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    end = length = 0
    for one in found:
        start = one.start
        while one.kind == "phone" and start > end and text[start - 1] in _OPENERS:
            start -= 1
        shown = mask(one.kind, masks)
        pieces += [text[end:start], shown]
        length += start - end
        places.append((length, length + len(shown)))
        length += len(shown)
        end = one.end
    return "".join([*pieces, text[end:]]), places
