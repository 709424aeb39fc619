"""Rules that find one kind of value in one text, with how sure they are of it.

`asked`: what the agent asked just before: the same digits are a ZIP code after one question and a year after
another.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from earwitness.projections.extraction.schema import PRIVATE, Field, plain
from earwitness.projections.extraction.spoken import written, written_email
from earwitness.projections.extraction.vehicles import WORDS_TOO, makes_in, models_in

SURE, LIKELY, GUESSED = 0.9, 0.75, 0.5
ASSERTED = 0.6  # a rule that is less sure than this finds nothing

STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK"
    "|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_CAR = re.compile(r"\b(car|vehicle|truck|auto|suv|van|drive|driving|model|insur\w*|sedan|wagon)\b", re.I)
_YEAR = re.compile(r"(?<![\d$#.,/-])(19[5-9]\d|20[0-3]\d)(?![\d/-]|[.,]\d|\s*(?:dollars|miles|bucks|%))")
_NOT_A_MODEL_YEAR = re.compile(
    r"\b(since|born|licensed|license|accident|moved|married|claim|ticket|until|expire\w*|client|customer)\b[^.?!]*$",
    re.I,
)
_ZIP = re.compile(r"(?<![\d$#.,-])(\d{5})(?:-\d{4})?(?![\d]|[.,]\d|-\d|\s*(?:dollars|miles|bucks|km))")
_ZIP_SAID = re.compile(r"\b(zip|postal|postcode|area code is)\b", re.I)
_ZIP_ASKED = re.compile(r"\b(zip|postal|postcode)\b", re.I)
_STATE_BEFORE = re.compile(rf"\b(?:{STATES})[,.\s]+$")
_MASK = PRIVATE["phone"]  # a number that redaction took out was said all the same
_PHONE = re.compile(rf"(?<![\w$.-])(\+?\d[\d\s().-]{{5,18}}\d|{_MASK})(?![\w-])")
_PHONE_SAID = re.compile(r"\b(phone|number|call|reach|cell|mobile|telephone|text me|contact)\b", re.I)
_OTHER_NUMBER = re.compile(
    r"\b(policy|account|order|reference|claim|license|licence|confirmation|vin|card)\b", re.I
)
_AMOUNT = re.compile(
    r"(?:[$€£]\s?(\d[\d,]{0,20}(?:\.\d{1,2})?)|(?<!\d)(\d[\d,]{0,20}(?:\.\d{1,2})?)\s{0,3}(?:dollars|euros|pounds|bucks))",
    re.I,
)
_MONTHS = list(map(str.lower, calendar.month_name[1:]))
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS)
_DATE = re.compile(
    rf"\b(?:(\d{{4}})-(\d{{2}})-(\d{{2}})|(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})"
    rf"|({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})|(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({_MONTH})\.?,?\s+(\d{{4}}))\b",
    re.I,
)


_YEAR_BEFORE = re.compile(r"\b(19[5-9]\d|20[0-3]\d)\s+$")
_MODEL_ASKED = re.compile(
    r"\b(what|which|and the)\b[\w\s]*\b(model|make|car|vehicle)\b[^.?!]*\?|\bmodel\?", re.I
)
_WORD_NEXT = re.compile(r"\s+\w")
LOOK_BACK = 100  # letters
LONGEST_TEXT = 20_000  # letters of one message that are looked at: half an hour of talk
SHORT_ANSWER = 3  # words: a longer answer says more than the name of a model


class Found(NamedTuple):
    """A value, where in the text, and how sure the rule is."""

    value: str
    at: int
    confidence: float


def find(field: Field, text: str, asked: str = "", known_make: str = "") -> list[Found]:
    """Every value of the field that the text holds, in the order it stands there."""
    text, asked = text[:LONGEST_TEXT], asked[-LONGEST_TEXT:]
    rule = _RULES.get(field.kind)
    found = rule(text, asked, known_make) if rule else _said(field, text, asked)
    return sorted((each for each in found if each.confidence >= ASSERTED), key=lambda each: each.at)


def _before(text: str, at: int) -> str:
    """What stands just before: all of a long text, for each of its numbers, would cost its square."""
    return text[max(0, at - LOOK_BACK) : at]


def _years(text: str, asked: str, _: str) -> Iterator[Found]:
    digits = re.sub(r"(?<!\w)'(\d\d)\b", lambda m: ("20" if m[1] < "40" else "19") + m[1], written(text))
    has_name = bool(makes_in(text) or models_in(text))
    has_car = has_name or bool(_CAR.search(text))
    is_asked = bool(re.search(r"\byear\b", asked, re.I))
    for found in _YEAR.finditer(digits):
        if _NOT_A_MODEL_YEAR.search(_before(digits, found.start())):
            continue
        beside = has_name and bool(_WORD_NEXT.match(digits, found.end()))
        confidence = (
            SURE
            if beside or is_asked
            else LIKELY
            if has_car or re.search(r"\byear\b", text, re.I)
            else GUESSED
        )
        yield Found(found[1], found.start(), confidence)


def _makes(text: str, asked: str, _: str) -> Iterator[Found]:
    clear = bool(_CAR.search(text) or models_in(text) or _YEAR.search(written(text)))
    clear = clear or bool(re.search(r"\b(make|car|vehicle|drive)\b", asked, re.I))
    for make, at in makes_in(text):
        yield Found(make, at, SURE if clear or make not in WORDS_TOO else GUESSED)
    if not makes_in(text):
        for _model, make, is_word, at in models_in(text):
            if not is_word or _YEAR_BEFORE.search(_before(text, at)):
                yield Found(make, at, LIKELY)


def _models(text: str, asked: str, known_make: str) -> Iterator[Found]:
    named = {make for make, _ in makes_in(text)}
    makes = named or ({known_make} if known_make else set())
    is_asked = bool(_MODEL_ASKED.search(asked))
    is_short = len(text.split()) <= SHORT_ANSWER
    for model, make, is_word, at in models_in(text):
        is_beside = make in named or bool(_YEAR_BEFORE.search(_before(text, at)))
        is_name = text[at].isupper() or text[at].isdigit()
        if not is_word or is_beside or (make in makes and (is_name or (is_asked and is_short))):
            yield Found(model, at, SURE)
        elif is_asked and (is_name or is_short):
            yield Found(model, at, LIKELY)


def _zips(text: str, asked: str, _: str) -> Iterator[Found]:
    digits = written(text)
    is_asked = bool(_ZIP_ASKED.search(asked))
    has_word = bool(_ZIP_SAID.search(digits))
    for found in _ZIP.finditer(digits):
        before = _before(digits, found.start())
        if _OTHER_NUMBER.search(before[-40:]) and not _ZIP_SAID.search(before[-40:]):
            continue
        is_said = has_word or bool(_STATE_BEFORE.search(before))
        yield Found(found[1], found.start(), SURE if is_said or is_asked else GUESSED)


def _phones(text: str, asked: str, _: str) -> Iterator[Found]:
    digits = written(text)
    is_said = bool(_PHONE_SAID.search(digits) or _PHONE_SAID.search(asked))
    for found in _PHONE.finditer(digits):
        written_so, is_masked = found[1], found[1] == _MASK
        number = re.sub(r"\D", "", written_so)
        if not is_masked and (not 7 <= len(number) <= 15 or _DATE.match(written_so.strip())):
            continue
        if _OTHER_NUMBER.search(digits[max(0, found.start() - 40) : found.start()]):
            continue
        plus = "+" if written_so.startswith("+") else ""
        is_whole = is_masked or len(number) in (10, 11) or bool(plus)
        yield Found(
            _MASK if is_masked else plus + number,
            found.start(),
            SURE if is_said and is_whole else LIKELY if is_said or is_whole else GUESSED,
        )


def _emails(text: str, _asked: str, _: str) -> Iterator[Found]:
    for address, at in written_email(text):
        yield Found(address, at, SURE)


def _amounts(text: str, asked: str, _: str) -> Iterator[Found]:
    for found in _AMOUNT.finditer(written(text)):
        yield Found((found[1] or found[2]).replace(",", ""), found.start(), SURE if asked else LIKELY)


def _dates(text: str, _asked: str, _: str) -> Iterator[Found]:
    for found in _DATE.finditer(written(text)):
        year = found[1] or found[6] or found[9] or found[12]
        month = found[2] or found[4] or _month(found[7] or found[11])
        day = found[3] or found[5] or found[8] or found[10]
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield Found(f"{year}-{int(month):02d}-{int(day):02d}", found.start(), SURE)


def _month(name: str) -> str:
    return str(next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower())))


def _numbers(text: str, asked: str, _: str) -> Iterator[Found]:
    for found in re.finditer(r"(?<![\w.,])-?\d+(?:\.\d+)?(?![\w]|[.,]\d)", written(text)):
        yield Found(found[0], found.start(), LIKELY if asked else GUESSED)


def _said(field: Field, text: str, asked: str) -> Iterator[Found]:
    """A choice that is named, or yes and no after a question about the field."""
    if field.kind == "choice":
        for choice in field.choices:
            if found := re.search(rf"\b{re.escape(plain(choice))}\b", plain(text)):
                yield Found(choice, found.start(), LIKELY)
    answer = re.search(r"^\W*(yes|yeah|yep|sure|correct|no|nope|not)\b", text, re.I)
    if field.kind == "flag" and answer and all(word in plain(asked) for word in field.words.split()):
        yield Found(str(answer[1].lower() not in ("no", "nope", "not")).lower(), answer.start(), LIKELY)


_Rule = Callable[[str, str, str], Iterator[Found]]
_RULES: dict[str, _Rule] = {
    "year": _years,
    "make": _makes,
    "model": _models,
    "zip": _zips,
    "phone": _phones,
    "email": _emails,
    "amount": _amounts,
    "date": _dates,
    "number": _numbers,
}
