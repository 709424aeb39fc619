import hashlib
import json
from pathlib import Path

from typed import Typist


def test_a_person_gets_all_of_theirs_and_nothing_of_others(
    own_typist: Typist, order: str, tmp_path: Path
) -> None:
    subject = own_typist.json("show", order)["subject"]
    own_typist.type("subject", "export", subject, "-o", tmp_path / "out")
    ids = {row["id"] for row in own_typist.json("list", "--subject", subject)}
    folders = {path.parent.name for path in (tmp_path / "out").rglob("stereo.flac")}
    assert order in folders == ids
    looked = json.loads((tmp_path / "out" / "access.json").read_text())
    assert " show " in " ".join(str(entry["facts"].get("route")) for entry in looked)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())["files"]
    names = {p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert manifest.keys() == names - {"manifest.json"}
    for name, digest in manifest.items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    own_typist.refused("subject", "export", subject, "-o", tmp_path / "out")
    own_typist.refused("subject", "export", "nobody", "-o", tmp_path / "none")
