"""What a stranger needs to check a proof bundle: leaves, proofs, signed checkpoints, journals.

Only the standard library and `cryptography`, nothing of ours: this very file travels in every bundle as
`verify.py` and is run there: `python verify.py [FOLDER] [--key KEY]`; exit status 0: all is proven.

Trees are those of RFC 9162, section 2.1; checkpoints are signed notes as transparency logs write them
(C2SP, tlog-checkpoint), signed with Ed25519.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

NO_ENTRIES = hashlib.sha256(b"").digest()  # root of a tree without leaves
_DASH = "\N{EM DASH}"
_ED25519 = b"\x01"  # the signature's kind, as signed notes number it


class Checkpoint(NamedTuple):
    """A head of the log, as it was signed."""

    origin: str
    size: int
    root: bytes
    at: str  # RFC 3339


def canonical(value: Any) -> bytes:
    """One spelling for one JSON value: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def commitment(salt: str, value: Any) -> str:
    """What a leaf holds in the place of something personal; `salt` is hex. Nobody can guess back from it."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(value)).hexdigest()


def root_of(leaf: bytes, number: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that this inclusion proof leads to (RFC 9162, 2.1.3.2); None where it leads nowhere."""
    if not 0 <= number < size:
        return None
    place, last, root = number, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place % 2 or place == last:
            root = node_hash(sibling, root)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        place, last = place >> 1, last >> 1
    return root if last == 0 else None


def is_continued(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Does the proof show that the tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.2)?"""
    if old > new or (old == new and path):
        return False
    if old == new:
        return old_root == new_root
    if old == 0:
        return not path and old_root == NO_ENTRIES
    rest = list(path) if old & (old - 1) else [old_root, *path]
    if not rest:
        return False
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    first = second = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return first == old_root and second == new_root and last == 0


def checkpoint_body(checkpoint: Checkpoint) -> bytes:
    """The words that are signed."""
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n{checkpoint.at}\n".encode()


def key_hash(origin: str, public_key: bytes) -> bytes:
    """Four bytes by which a signature names its key (C2SP signed-note)."""
    return hashlib.sha256(origin.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def signed_note(checkpoint: Checkpoint, public_key: bytes, signature: bytes) -> str:
    """Body, an empty line, and the signature under its origin."""
    mark = base64.b64encode(key_hash(checkpoint.origin, public_key) + signature).decode()
    return f"{checkpoint_body(checkpoint).decode()}\n{_DASH} {checkpoint.origin} {mark}\n"


def read_checkpoint(note: str, public_key: bytes) -> Checkpoint | None:
    """The checkpoint, if this key signed it just so; else None."""
    body, _, signatures = note.partition("\n\n")
    lines = body.split("\n")
    if len(lines) != 4 or not lines[1].isascii() or not lines[1].isdigit():
        return None
    try:
        checkpoint = Checkpoint(lines[0], int(lines[1]), _exact(lines[2]), lines[3])
        for line in signatures.splitlines():
            dash, origin, mark = line.split(" ")
            if (dash, origin, _exact(mark)[:4]) == (_DASH, lines[0], key_hash(lines[0], public_key)):
                key = Ed25519PublicKey.from_public_bytes(public_key)
                key.verify(_exact(mark)[4:], checkpoint_body(checkpoint))
                return checkpoint
    except (ValueError, InvalidSignature):
        return None
    return None


def _exact(text: str) -> bytes:
    """Base64 in the one spelling these bytes have; raises `ValueError` for any other."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("spelt otherwise than it was written")
    return raw


def leaf_of(entry: Mapping[str, Any]) -> bytes:
    """The leaf of an audit entry, given as the mapping that `GET /api/v1/audit` shows."""
    names = ("number", "workspace", "at", "action", "outcome", "conversation", "facts", "commitments")
    return canonical({name: entry[name] for name in names})


def head_of(segments: Sequence[bytes]) -> str:
    """The hash of a journal's last block, which pins all before it; `segments` as they lie in its files.

    Raises `ValueError` where blocks do not continue each other. See FORMAT.md.
    """
    head, due = bytes(32), 0
    for data in segments:
        offset = 100
        while offset < len(data):
            header = data[offset : offset + 104]
            if len(header) < 104 or not header.startswith(b"\x89EWB\r\n\x1a\n"):
                raise ValueError(f"byte {offset} begins no block")
            length, number = struct.unpack_from("<IQ", header, 12)
            payload = data[offset + 104 : offset + 104 + length]
            offset += 104 + length
            if number < due:  # written again after a failed sync
                continue
            if number != due or header[64:96] != head or len(payload) != length:
                raise ValueError(f"block {number} does not continue the chain")
            head, due = hashlib.sha256(header + payload).digest(), number + 1
    return head.hex()


def problems_of_bundle(folder: Path, public_key: bytes | None = None) -> Iterator[str]:
    """What in a bundle is not as it was sealed and signed; nothing: all is proven.

    `public_key`: of the installation, from somewhere else than the bundle; without one the bundle proves
    only that it was not changed since whoever has the key inside it made it.
    """
    proof = json.loads((folder / "proof.json").read_bytes())
    key = public_key or bytes.fromhex(proof["public_key"])
    point = read_checkpoint(proof["checkpoint"], key)
    if point is None:
        yield "the checkpoint was not signed with this key"
        return
    for entry in proof["entries"]:
        leaf = leaf_hash(leaf_of(entry))
        path = [bytes.fromhex(part) for part in entry["proof"]]
        if root_of(leaf, entry["number"], point.size, path) != point.root:
            yield f"entry {entry['number']} of the audit log is not in the signed tree"
    manifest = (folder / "manifest.json").read_bytes()
    made = proof["entries"][-1]["facts"]
    if made.get("manifest") != hashlib.sha256(manifest).hexdigest():
        yield "manifest.json is not the one that was signed"
    files = json.loads(manifest)["files"]
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    yield from (f"{name} is missing" for name in sorted(files.keys() - there))
    yield from (
        f"{name} does not belong here"
        for name in sorted(there - files.keys() - {"manifest.json", "proof.json", "verify.py"})
    )
    for name in sorted(files.keys() & there):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != files[name]:
            yield f"{name} was changed"
    yield from _problems_of_journals(folder, proof["entries"])


def _problems_of_journals(folder: Path, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    sealed = [entry["facts"]["journals"] for entry in entries if entry["action"] == "seal"]
    for leg, head in sealed[-1].items() if sealed else ():
        segments = sorted((folder / "journal" / leg).glob("*.ewj"), key=lambda path: int(path.stem))
        try:
            found = head_of([path.read_bytes() for path in segments])
        except ValueError as error:
            found = str(error)
        if found != head:
            yield f"the journal of leg {leg} is not the one that was sealed: {found}"


def _public_key(given: str) -> bytes:
    """32 bytes. Raises `argparse.ArgumentTypeError` with what is expected."""
    try:
        held = Path(given).read_text("utf-8") if Path(given).is_file() else given
        key = bytes.fromhex(held)
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise argparse.ArgumentTypeError(
            f"{given!r} is no public key: give 64 hex digits, or a file that holds them"
        )
    return key


def main(arguments: Sequence[str] | None = None) -> int:
    """Check one bundle and say what is wrong with it."""
    parser = argparse.ArgumentParser(description="Check a proof bundle of Earwitness.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument(
        "--key",
        type=_public_key,
        help="public key of the installation, from a source you trust: hex, or a file that holds it",
    )
    options = parser.parse_args(arguments)
    key = options.key
    try:
        problems = list(problems_of_bundle(options.folder, key))
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        problems = [f"this is no whole bundle: {type(error).__name__}: {error}"]
    for problem in problems:
        print(problem)
    if not problems:
        print("proven" if key else "unchanged since it was made; give --key to prove by whom")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
