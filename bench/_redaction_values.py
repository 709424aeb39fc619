"""Values of the labelled corpus: invented numbers with right check digits, written and spoken.

Nothing here is taken from the detectors: check digits, number words and ways to write are their own.
"""

import random
import string
from collections.abc import Callable

Draw = random.Random
DIGITS = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
}
TENS = {
    "en": "ten twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "fr": "dix vingt trente quarante cinquante soixante",
}
TEENS = {"en": "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"}
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
SYMBOLS = {
    "en": ("at", "dot", "underscore", "dash"),
    "es": ("arroba", "punto", "guion bajo", "guion"),
    "de": ("ät", "punkt", "unterstrich", "bindestrich"),
    "fr": ("arobase", "point", "tiret bas", "tiret"),
    "it": ("chiocciola", "punto", "trattino basso", "trattino"),
    "pt": ("arroba", "ponto", "sublinhado", "hífen"),
}
FIRST = [
    *("maria", "john", "lucia", "peter", "sofia", "carlos", "emma", "david", "laura", "pablo"),
    *("nora", "felix", "ines", "martin", "clara"),
]
LAST = [
    *("lopez", "smith", "garcia", "miller", "rossi", "silva", "weber", "dubois", "ortiz", "brown"),
    *("vega", "keller", "moreau", "ferri"),
]
DOMAINS = [
    *("example.com", "example.org", "mail.example.com", "gmail.com", "ejemplo.es", "beispiel.de"),
    *("exemple.fr", "esempio.it"),
]
NAMES = ("Jane Doe", "Kwame Mensah", "Siobhán O'Neil", "Acme Holdings")


def digits(draw: Draw, count: int) -> str:
    return "".join(draw.choices(string.digits, k=count))


def luhn_digit(body: str) -> str:
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def card(draw: Draw) -> str:
    prefix, length = draw.choice([("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("6011", 16)])
    body = prefix + digits(draw, length - len(prefix) - 1)
    return body + luhn_digit(body)


def blocks(number: str, draw: Draw) -> list[str]:
    """As it is read aloud or printed: fours for cards, else threes to fives."""
    if len(number) == 15:
        return [number[:4], number[4:10], number[10:]]
    if len(number) == 16 and draw.random() < 0.6:
        return [number[i : i + 4] for i in range(0, 16, 4)]
    out, at = [], 0
    while at < len(number):
        size = draw.choice((3, 4, 5))
        size = len(number) - at if len(number) - at - size < 2 else size
        out.append(number[at : at + size])
        at += size
    return out


def said(block: str, language: str, draw: Draw) -> str:
    """Digits as they are spoken: one by one, in pairs, with double and triple."""
    names = DIGITS[language].split()
    out, at = [], 0
    while at < len(block):
        run = len(block[at:]) - len(block[at:].lstrip(block[at]))
        times = {"en": {2: "double", 3: "triple"}, "es": {2: "doble", 3: "triple"}}.get(language, {}).get(run)
        zero = block[at] == "0" and language == "en" and draw.random() < 0.5
        name = "oh" if zero else names[int(block[at])]
        if times and draw.random() < 0.6:
            out.append(f"{times} {name}")
            at += run
        elif language in TENS and draw.random() < 0.15 and (pair := _pair(block[at : at + 2], language)):
            out.append(pair)
            at += 2
        else:
            out.append(name)
            at += 1
    return " ".join(out)


def _pair(two: str, language: str) -> str:
    if len(two) < 2 or two[0] == "0":
        return ""
    ten, unit = int(two[0]), int(two[1])
    tens = TENS[language].split()
    if ten > len(tens):
        return ""
    if ten == 1:
        teens = TEENS.get(language, "").split()
        return tens[0] if not unit else teens[unit - 1] if teens else ""
    if not unit:
        return ""  # `sixty one` would be another number
    name = DIGITS[language].split()[unit]
    if language == "en":
        return f"{tens[ten - 1]} {name}"
    if language == "es":
        return f"{tens[ten - 1]} y {name}" if ten > 2 else ""
    return f"{tens[ten - 1]} {name}" if unit > 1 else ""


def spoken(number: str, language: str, draw: Draw) -> str:
    return draw.choice([" ", ", "]).join(said(block, language, draw) for block in blocks(number, draw))


def written_card(number: str, draw: Draw) -> str:
    sizes = [4, 6, 5] if len(number) == 15 else [4, 4, 4, 4]
    parts, at = [], 0
    for size in sizes:
        parts.append(number[at : at + size])
        at += size
    return draw.choice([" ", "-", "", " "]).join(parts)


def iban(land: str, length: int, draw: Draw) -> str:
    if land == "GB":
        bban = draw.choice(["WEST", "NWBK"]) + digits(draw, 14)
    elif land == "IT":
        bban = "X" + digits(draw, 22)
    else:
        bban = digits(draw, length - 4)
    number = "".join(str(int(c, 36)) for c in f"{bban}{land}00")
    return f"{land}{98 - int(number) % 97:02}{bban}"


def in_fours(text: str) -> str:
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def phone(language: str, draw: Draw) -> tuple[str, list[str]]:
    """The digits as they are dialled at home, and ways to write them."""
    if language == "en" and draw.random() < 0.7:
        area, rest = draw.choice(["415", "212", "312", "617", "206", "305"]), digits(draw, 4)
        mid = draw.choice("23456789") + digits(draw, 2)
        mid = "555" if mid.endswith("11") else mid
        forms = [
            f"({area}) {mid}-{rest}",
            f"{area}-{mid}-{rest}",
            f"{area}.{mid}.{rest}",
            f"{area} {mid} {rest}",
        ]
        return area + mid + rest, [
            *forms,
            area + mid + rest,
            f"+1 {area} {mid} {rest}",
            f"1-{area}-{mid}-{rest}",
        ]
    if language == "en":
        rest = f"900{digits(draw, 3)}"
        return f"07700{rest}", [f"07700 {rest}", f"+44 7700 {rest}", f"07700 {rest[:3]} {rest[3:]}"]
    lands = {
        "es": ("34", "6"),
        "de": ("49", "0151"),
        "fr": ("33", "06"),
        "it": ("39", "347"),
        "pt": ("351", "91"),
    }
    land, head = lands[language]
    length = {"es": 9, "de": 12, "fr": 10, "it": 10, "pt": 9}[language]
    tail = str(draw.randint(2, 8)) + digits(draw, length - len(head) - 1)
    number = head + tail
    pairs = " ".join(number[i : i + 2] for i in range(0, length, 2))
    threes = " ".join(number[i : i + 3] for i in range(0, length, 3))
    return number, [
        number,
        threes,
        pairs,
        f"+{land} {number.removeprefix('0') if language != 'it' else number}",
    ]


def email(language: str, draw: Draw) -> tuple[str, str]:
    """Written, and spoken."""
    at, dot, low, dash = SYMBOLS[language]
    joint = draw.choice([".", "_", "-", ""])
    first, last, domain = draw.choice(FIRST), draw.choice(LAST), draw.choice(DOMAINS)
    number = draw.choice(["", "", str(draw.randint(2, 99))])
    way = {".": f" {dot} ", "_": f" {low} ", "-": f" {dash} ", "": ""}[joint]
    aloud = f"{first}{way}{last}{' ' if number else ''}{number} {at} {domain.replace('.', f' {dot} ')}"
    return f"{first}{joint}{last}{number}@{domain}", aloud


def _spanish_id(draw: Draw) -> str:
    number = draw.randint(10_000_000, 99_999_999)
    letters = "TRWAGMYFPDXBNJZSQVHLCKE"
    if draw.random() < 0.3:
        return f"X{number % 10_000_000:07}{letters[number % 10_000_000 % 23]}"
    return f"{number}{letters[number % 23]}"


def _german_id(draw: Draw) -> str:
    while True:
        order = draw.sample(string.digits, 10)
        order[draw.randrange(1, 10)] = order[0]
        body = "".join(order)
        if body[0] == "0" or len(set(body)) != 9 or any(d * 3 in body for d in string.digits):
            continue
        product = 10
        for digit in body:
            product = ((int(digit) + product) % 10 or 10) * 2 % 11
        return body + str((11 - product) % 10)


def _french_id(draw: Draw) -> str:
    born = f"{draw.choice('12')}{draw.randint(50, 99)}{draw.randint(1, 12):02}"
    body = f"{born}{draw.randint(10, 89)}{digits(draw, 6)}"
    return f"{body}{97 - int(body) % 97:02}"


_ITALIAN_ODD = [
    *(1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23),
]


def _italian_id(draw: Draw) -> str:
    body = (
        "".join(draw.choices("BCDFGLMNPRSTV", k=6)) + f"{draw.randint(50, 99)}{draw.choice('ABCDEHLMPRST')}"
    )
    body += f"{draw.randint(1, 28):02}{draw.choice('ABCDEFGHIL')}{draw.randint(100, 899)}"
    odd = dict(zip(string.digits + string.ascii_uppercase, _ITALIAN_ODD[:10] + _ITALIAN_ODD, strict=True))
    total = sum(odd[c] if i % 2 == 0 else int(c) if c.isdigit() else ord(c) - 65 for i, c in enumerate(body))
    return body + chr(65 + total % 26)


def _portuguese_id(draw: Draw) -> str:
    body = draw.choice("12") + digits(draw, 7)
    check = 11 - sum(int(d) * (9 - i) for i, d in enumerate(body)) % 11
    return f"{body}{0 if check > 9 else check}"


def _american_id(draw: Draw) -> str:
    return f"{draw.randint(100, 665)}-{draw.randint(10, 99)}-{draw.randint(1000, 9999)}"


def _british_id(draw: Draw) -> str:
    return f"{draw.choice(['AB', 'CE', 'JK', 'PA'])} {digits(draw, 2)} {digits(draw, 2)} {digits(draw, 2)} A"


NATIONAL: dict[str, Callable[[Draw], str]] = {
    "es": _spanish_id,
    "de": _german_id,
    "fr": _french_id,
    "it": _italian_id,
    "pt": _portuguese_id,
}


def national_id(language: str, sentence: str, draw: Draw) -> str:
    if language != "en":
        return NATIONAL[language](draw)
    is_british = "insurance" in sentence or "NI " in sentence
    return _british_id(draw) if is_british else _american_id(draw)
