from pathlib import Path

from earwitness.privacy import proof
from typed import Typist


def test_a_command_leaves_one_entry_with_its_user(own_typist: Typist, order: str) -> None:
    own_typist.type("show", order)
    own_typist.type("transcript", order)
    own_typist.refused("show", "0000")
    own_typist.type("list")
    found = own_typist.json("audit", "--limit", 4)
    assert [(e["action"], e["outcome"], e["conversation"]) for e in found] == [
        ("read", "done", None),
        ("read", "denied", None),
        ("read", "done", order),
        ("read", "done", order),
    ]
    assert {entry["actor"].partition(":")[0] for entry in found} == {"cli"}
    assert [e["facts"]["route"] for e in found][2].endswith("transcript")
    assert "0000" in own_typist.type("audit", "--outcome", "denied").stdout


def test_a_checkpoint_and_its_key_are_printed(own_typist: Typist, order: str) -> None:
    own_typist.type("show", order)
    note = own_typist.type("audit", "--checkpoint").stdout
    assert note.startswith("earwitness/")
    assert len(own_typist.type("audit", "--public-key").stdout.strip()) == 64


def test_a_proof_bundle_is_exported(own_typist: Typist, order: str, tmp_path: Path) -> None:
    made = own_typist.type("export", order, "-o", tmp_path / "out", "--proof").stdout.strip()
    key = own_typist.type("audit", "--public-key").stdout.strip()
    assert proof.main([made, "--key", key]) == 0
    own_typist.type("export", "--all", "-o", tmp_path / "out", "--proof", exits=2)
