"""What a user may set about redaction: the section `redact`, for all calls or for those of one route."""

import re
from typing import Literal

import msgspec

from earwitness.settings.lists import listed

KINDS = ("card", "cvv", "iban", "national_id", "phone", "email", "birth_date", "keys")
LANGUAGES = ("en", "es", "de", "fr", "it", "pt")


class Redaction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken out of words and sound before anything but the journal is written."""

    enabled: bool = True  # False: everything is kept and shown as it was said
    kinds: tuple[str, ...] | str = KINDS  # what is looked for; `keys` are those pressed on the telephone
    regions: tuple[str, ...] | str = (
        "US",
        "GB",
        "ES",
    )  # whose phone numbers and ids are known
    languages: tuple[str, ...] | str = (
        "en",
        "es",
    )  # in which spoken numbers are understood
    masks: dict[str, str] = {}  # kind -> what stands in its place, instead of the usual mask
    patterns: dict[str, str] = {}  # name -> regular expression of your own (RE2 syntax)
    words: dict[str, tuple[str, ...]] = {}  # name -> words or names that are never shown
    sound: Literal["silence", "beep", "keep"] = "silence"  # what is heard where such words were spoken
    keep_raw: str = "30d"  # so long after its end a redacted call's original stays; empty: as long as it
    margin_ms: int = 150  # so much more is silenced before and after, where the place is known exactly

    def __post_init__(self) -> None:
        for name, known in (("kinds", KINDS), ("languages", LANGUAGES)):
            for one in listed(getattr(self, name)):
                if one not in known:
                    raise ValueError(f"{name}: {one!r} is unknown; known: {', '.join(known)}")
        if not re.fullmatch(r"([1-9][0-9]{0,3}[dmy])?", self.keep_raw):
            raise ValueError(f"keep_raw: {self.keep_raw!r} is no period; one is like 1d, 18m or 5y")
        if self.margin_ms not in range(10_001):
            raise ValueError(f"margin_ms: {self.margin_ms} is not between 0 and 10000")
        for name, pattern in self.patterns.items():
            refuse_slow(name, pattern)


def refuse_slow(name: str, pattern: str) -> None:
    """Raises `ValueError` for a pattern that cannot be matched in time linear to the text."""
    try:
        import re2  # only for patterns of their own: recording needs two small packages, no more
    except ImportError as error:
        raise ValueError(f"patterns.{name}: needs google-re2; pip install 'earwitness[server]'") from error
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise ValueError(
            f"patterns.{name}: {said}; look-around and back-references are refused: they can be slow"
        ) from error
    if compiled.search(""):
        raise ValueError(f"patterns.{name}: it matches nothing at all, so it would match everywhere")
