"""Passwords of users: Argon2id hashes (RFC 9106), and which ones are too weak to be taken."""

import re
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from earwitness.errors import InvalidInput

SHORTEST, LONGEST = 10, 1024  # characters; none in between is cut off
_FEWEST_DIFFERENT = 5
_TRIED_FIRST = ("password", "passwort", "contrasena", "qwerty", "letmein", "welcome", "earwitness")
_hasher = PasswordHasher()  # Argon2id with RFC 9106's parameters for where memory is short: 64 MiB


def hashed(password: str, *, user: str) -> str:
    """The hash to keep. Raises `InvalidInput` for a password that would be guessed."""
    plain = re.sub(r"[^a-z]", "", unicodedata.normalize("NFKD", password).lower())
    if not SHORTEST <= len(password) <= LONGEST:
        weakness = f"has {len(password)} characters"
    elif len(set(password)) < _FEWEST_DIFFERENT:
        weakness = "is made of few characters"
    elif any(plain.replace(word, "") == "" for word in (*_TRIED_FIRST, user.lower()) if word):
        weakness = "is one that is tried first"
    else:
        return _hasher.hash(_normal(password))
    raise InvalidInput(
        f"the password {weakness}", hint=f"{SHORTEST} to {LONGEST} characters; a sentence is best."
    )


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password of that hash; without one it takes as long, and is wrong."""
    try:
        return _hasher.verify(kept or _nobodys(), _normal(password[:LONGEST])) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> bytes:
    """The same bytes however the keyboard composed its letters."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this one")
