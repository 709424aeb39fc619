"""R32: twelve ways to change what was recorded or who did what; each is named, and nothing else is.

The attacker has the data folder and the database. Whoever also has the signing key is found out by a
checkpoint that was kept elsewhere.
"""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import earwitness
from earwitness.journal import block
from earwitness.journal.scan import Whole, scan
from earwitness.journal.segment import HEADER_BYTES
from earwitness.library import Library
from earwitness.privacy.merkle import Frontier
from earwitness.privacy.proof import Checkpoint, checkpoint_body, leaf_hash, leaf_of, signed_note
from recorded import as_it_was, copy_of, recording

ENTRIES = 12


class Scene:
    """A folder in which calls were recorded and looked at, and the checkpoint that somebody else keeps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        library = self.library()
        self.call = recording().call("openai", "order").id
        for number in range(ENTRIES):
            library.audit.note("read", workspace="default", conversation=self.call, actor=f"key:{number}")
        self.first = library.audit.size() - ENTRIES
        self.outside = library.checkpoints.make().note
        library.catalog.close()

    def library(self) -> Library:
        return Library(as_it_was(self.folder))

    def sql(self, *statements: str) -> None:
        with sqlite3.connect(self.folder / "catalog.db") as connection:
            for statement in statements:
                connection.execute(statement.replace("@n", str(self.first + 3)))
        connection.close()

    def problems(self, *, outside: bool = False) -> list[str]:
        library = self.library()
        found = library.prove(self.call, checkpoint=self.outside if outside else None)
        library.catalog.close()
        return found

    def journal(self) -> Path:
        [folder] = self.library().folders("default", self.call)
        return next(folder.glob("*.ewj"))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(copy_of(recording(), tmp_path))


def resign(scene: Scene, key: Ed25519PrivateKey | None = None) -> None:
    """Make all leaf hashes and checkpoints fit what is there now, as only the owner of the key can."""
    library = scene.library()
    own = key or library.checkpoints._key
    frontier = Frontier()
    for entry in library.audit.every():
        leaf = leaf_hash(leaf_of(entry.leaf()))
        scene.sql(f"UPDATE audit_entries SET leaf_hash='{leaf.hex()}' WHERE number={entry.number}")
        frontier.append(leaf)
    origin = library.checkpoints.origin
    point = Checkpoint(origin, frontier.size, frontier.root(), "2026-11-20T14:30:22.000000Z")
    note = signed_note(point, own.public_key().public_bytes_raw(), own.sign(checkpoint_body(point)))
    library.catalog.close()
    with sqlite3.connect(scene.folder / "catalog.db") as connection:
        connection.execute("DELETE FROM audit_checkpoints")
        connection.execute(
            "INSERT INTO audit_checkpoints (size, at, peaks, note, undelivered) VALUES (?, ?, '[]', ?, '[]')",
            (frontier.size, "2026-11-20 14:30:22.000000", note),
        )
    connection.close()


def edit(scene: Scene) -> None:
    scene.sql("""UPDATE audit_entries SET facts='{"route":"nothing"}' WHERE number=@n""")


def delete(scene: Scene) -> None:
    scene.sql("DELETE FROM audit_entries WHERE number=@n")


def swap(scene: Scene) -> None:
    scene.sql(
        "UPDATE audit_entries SET number=-1 WHERE number=@n",
        "UPDATE audit_entries SET number=@n WHERE number=@n+1",
        "UPDATE audit_entries SET number=@n+1 WHERE number=-1",
    )


_COLUMNS = "workspace_id, at, action, outcome, conversation_id, facts, private, commitments, leaf_hash"


def insert(scene: Scene) -> None:
    scene.sql(
        "UPDATE audit_entries SET number=number+100 WHERE number>@n",
        f"INSERT INTO audit_entries (number, {_COLUMNS}) SELECT @n+1, {_COLUMNS} FROM audit_entries "
        "WHERE number=@n",
        "UPDATE audit_entries SET number=number-99 WHERE number>@n+1",
    )


def duplicate(scene: Scene) -> None:
    scene.sql(
        f"INSERT INTO audit_entries (number, {_COLUMNS}) SELECT (SELECT max(number)+1 FROM audit_entries), "
        f"{_COLUMNS} FROM audit_entries WHERE number=@n"
    )


def truncate(scene: Scene) -> None:
    scene.sql("DELETE FROM audit_entries WHERE number>@n")


def metadata(scene: Scene) -> None:
    scene.sql(
        f"UPDATE messages SET text='I never said that' WHERE conversation_id='{scene.call}' AND position=1"
    )


def audio_byte(scene: Scene) -> None:
    [file] = (scene.folder / "objects").rglob(f"{scene.call}/stereo.flac")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def clock(scene: Scene) -> None:
    scene.sql("UPDATE audit_entries SET at='2020-01-01 00:00:00.000000' WHERE number=@n")


def re_sign(scene: Scene) -> None:
    """A change made to fit, signed by a key of the attacker's own."""
    edit(scene)
    resign(scene, Ed25519PrivateKey.generate())


def roll_back(scene: Scene) -> None:
    """The whole log as it was earlier, signed as it was then: right in itself."""
    scene.sql("DELETE FROM audit_entries WHERE number>=@n")
    resign(scene)


def rewrite_journal(scene: Scene) -> None:
    """One block less, and every number, checksum and hash made right again."""
    path = scene.journal()
    name = path.parent.name
    with path.open("rb") as file:
        blocks = [part for part in scan(file, block.leg_seed(name), HEADER_BYTES) if isinstance(part, Whole)]
    data, previous, first = path.read_bytes()[:HEADER_BYTES], block.NO_HASH, 0
    for number, part in enumerate([*blocks[:2], *blocks[3:]]):
        header = block.encode_header(
            block.leg_seed(name),
            number=number,
            first_record=first,
            record_count=part.header.record_count,
            previous=previous,
            payload=part.payload,
        )
        previous = block.block_hash(header, part.payload)
        first += part.header.record_count
        data += header + part.payload
    path.write_bytes(data)


NAMED: dict[Callable[[Scene], None], str] = {
    edit: "audit entry {n} was changed",
    delete: "audit entry {n} is missing",
    swap: "audit entry {n} was changed",
    insert: "audit entry {n1} was changed",
    duplicate: "was changed after it was written",
    truncate: "the log was cut",
    metadata: "was changed: text",
    audio_byte: "file stereo.flac",
    clock: "audit entry {n} was changed",
    re_sign: "was not signed by this installation",
    rewrite_journal: "is not the one that was sealed",
}


def test_r32_nothing_is_named_where_nothing_was_changed(scene: Scene) -> None:
    assert scene.problems() == scene.problems(outside=True) == []


def test_a_call_that_runs_is_no_false_alarm(tmp_path: Path) -> None:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        leg.received({"type": "conversation.item.added", "item": {"id": "i1", **item}})
        assert leg.flush()
        library = earwitness.open_library(as_it_was(tmp_path))
        leg.received({"type": "conversation.item.added", "item": {"id": "i2", **item}})
        assert leg.flush()
        assert library.prove() == []
    library.catch_up()
    assert library.prove() == []
    library.catalog.close()


@pytest.mark.parametrize("attack", NAMED, ids=lambda attack: attack.__name__)
def test_r32_s33_a_change_is_named(scene: Scene, attack: Callable[[Scene], None]) -> None:
    attack(scene)
    words = NAMED[attack].format(n=scene.first + 3, n1=scene.first + 4)
    assert any(words in problem for problem in scene.problems()), scene.problems()


@pytest.mark.parametrize("attack", [edit, delete, roll_back], ids=lambda attack: attack.__name__)
def test_r32_even_the_owner_of_the_signing_key_is_found_out_by_a_checkpoint_kept_elsewhere(
    scene: Scene, attack: Callable[[Scene], None]
) -> None:
    attack(scene)
    if attack is delete:
        scene.sql("UPDATE audit_entries SET number=number-1 WHERE number>@n")
    resign(scene)
    assert scene.problems() == [], "right in itself: nothing here can tell"
    [problem] = scene.problems(outside=True)
    assert "not those of which the checkpoint kept outside" in problem or "the log was cut" in problem


def test_a_name_that_is_removed_is_told_unless_an_erasure_tells_why(scene: Scene) -> None:
    scene.sql("""UPDATE audit_entries SET private='{"actor":null}' WHERE number=@n""")
    assert [p for p in scene.problems() if "its actor was removed" in p]
    scene.sql("""UPDATE audit_entries SET private='{"actor":["00","key:nobody"]}' WHERE number=@n""")
    assert [p for p in scene.problems() if "its actor was changed" in p]


def test_a_person_who_was_erased_leaves_no_false_alarm(scene: Scene) -> None:
    library = scene.library()
    subject = library.conversation(scene.call).row.subject
    other = recording().call("twilio", "barge_in").id
    assert subject
    assert {erasure.state for erasure in library.erase_subject(subject)} == {"done"}
    assert library.prove(other) == []
    library.catalog.close()


def test_a_whole_folder_put_back_to_an_earlier_day_is_found_out_from_outside(
    scene: Scene, tmp_path: Path
) -> None:
    earlier = copy_of(recording(), tmp_path / "earlier")
    shutil.copytree(scene.folder / "secrets", earlier / "secrets", dirs_exist_ok=True)
    library = Library(as_it_was(earlier))
    assert library.prove(scene.call) == []
    assert any("the log was cut" in p for p in library.prove(scene.call, checkpoint=scene.outside))
    library.catalog.close()
