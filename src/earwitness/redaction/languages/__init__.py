"""How each language speaks numbers, addresses and dates: tables.

A new language is one more `Language`, named in `LANGUAGES`. No table knows of another.
"""

from earwitness.redaction.languages.english import ENGLISH
from earwitness.redaction.languages.german import GERMAN
from earwitness.redaction.languages.romance import FRENCH, ITALIAN, PORTUGUESE
from earwitness.redaction.languages.spanish import SPANISH
from earwitness.redaction.languages.table import Language

LANGUAGES: dict[str, Language] = {
    "en": ENGLISH,
    "es": SPANISH,
    "de": GERMAN,
    "fr": FRENCH,
    "it": ITALIAN,
    "pt": PORTUGUESE,
}
