import pytest

from earwitness.errors import InvalidInput
from earwitness.store.passwords import hashed, is_right

SENTENCE = "the heron eats at seven, sharp"


@pytest.mark.parametrize(
    "weak",
    ["", "short one", "password", "Password123!", "p-a-s-s-w-o-r-d-2026", "ababababababab", "anaanaana1234"],
)
def test_what_is_tried_first_is_no_password(weak: str) -> None:
    with pytest.raises(InvalidInput):
        hashed(weak, user="ana")


def test_it_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    one, other = hashed(SENTENCE, user="ana"), hashed(SENTENCE, user="ana")
    assert one.startswith("$argon2id$v=19$")
    assert one != other
    assert SENTENCE not in one
    assert is_right(SENTENCE, one)


def test_every_character_counts() -> None:
    """ASVS 6.2.9: no truncation, at 72 bytes or elsewhere."""
    long = ("0123456789abcdef" * 64)[:1000]
    kept = hashed(long, user="ana")
    assert is_right(long, kept)
    assert not is_right(long[:-1] + "x", kept)
    assert not is_right(long[:72], kept)


def test_it_does_not_matter_how_the_keyboard_composes_a_letter() -> None:
    kept = hashed("el niño duerme ya", user="ana")
    assert is_right("el nin\u0303o duerme ya", kept)


def test_nobody_has_a_password() -> None:
    assert not is_right("nobody has this one", None)
    assert not is_right(SENTENCE, "no hash at all")
