from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from earwitness.privacy.proof import (
    Checkpoint,
    canonical,
    checkpoint_body,
    commitment,
    read_checkpoint,
    signed_note,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
POINT = Checkpoint("earwitness/test", 7, bytes(32), "2026-11-20T14:30:22.000000Z")
NOTE = signed_note(POINT, PUBLIC, KEY.sign(checkpoint_body(POINT)))


def test_a_signed_checkpoint_is_read_back() -> None:
    assert read_checkpoint(NOTE, PUBLIC) == POINT


def test_no_changed_letter_of_a_checkpoint_is_believed() -> None:
    for place in range(len(NOTE) - 1):  # the last newline is no part of what is said
        other = NOTE[:place] + ("B" if NOTE[place] != "B" else "C") + NOTE[place + 1 :]
        assert read_checkpoint(other, PUBLIC) is None, place


def test_a_checkpoint_of_another_key_is_not_believed() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert read_checkpoint(NOTE, other) is None


def test_one_value_has_one_spelling() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == b'{"a":"\\u00e9","b":1}'


def test_a_commitment_needs_its_salt() -> None:
    assert commitment("00", "Ana") != commitment("01", "Ana")
