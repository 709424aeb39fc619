"""R33: a stranger checks a bundle offline, with the standard library and `cryptography` alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.errors import Conflict
from earwitness.library import Library
from earwitness.privacy import proof
from earwitness.settings import Settings
from recorded import copy_of, recording


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A bundle, and the public key as its maker publishes it."""
    folder = tmp_path_factory.mktemp("bundle")
    library = Library(Settings(data_dir=str(copy_of(recording(), folder))))
    for _ in range(5):
        library.audit.note("read", workspace="default", actor="key:a")
    call = recording().call("twilio", "order").id
    bundle = library.bundle(call, folder / "out")
    with pytest.raises(Conflict):
        library.bundle(call, folder / "out")
    key = library.checkpoints.public_key.hex()
    library.catalog.close()
    return bundle, key


def test_the_program_in_the_bundle_proves_it_without_anything_of_ours(made: tuple[Path, str]) -> None:
    bundle, key = made
    blocker = "import sys; sys.modules['earwitness'] = None; import runpy; sys.argv = sys.argv[1:]; "
    code = blocker + "runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", code, str(bundle / "verify.py"), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=bundle)
    assert (done.returncode, done.stdout) == (0, "proven\n"), done
    assert proof.main([str(bundle), "--key", "00" * 32]) == 1


def test_the_key_may_be_a_file_and_what_is_no_key_is_said(
    made: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, key = made
    file = tmp_path / "key.txt"
    file.write_text(key + "\n", "utf-8")  # as `earwitness audit --public-key` prints it
    assert proof.main([str(bundle), "--key", str(file)]) == 0
    file.write_text("no key\n", "utf-8")
    for wrong in (str(file), str(tmp_path / "nowhere.txt"), key[2:], "x" * 5000, "\0"):
        with pytest.raises(SystemExit) as ended:
            proof.main([str(bundle), "--key", wrong])
        assert ended.value.code == 2
        assert "is no public key: give 64 hex digits, or a file" in capsys.readouterr().err


def test_one_changed_byte_anywhere_is_told_and_named(made: tuple[Path, str]) -> None:
    bundle, key = made
    public = bytes.fromhex(key)
    for path in sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != "verify.py"):
        whole = path.read_bytes()
        places = (0, len(whole) // 2, len(whole) - 1) if path.suffix != ".json" else (len(whole) // 2,)
        for place in places:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            assert proof.main([str(bundle), "--key", key]) == 1, (path, place)
        path.write_bytes(whole)
        path.rename(path.with_name("elsewhere"))
        assert proof.main([str(bundle), "--key", key]) == 1, path
        path.with_name("elsewhere").rename(path)
    assert list(proof.problems_of_bundle(bundle, public)) == []
    (bundle / "more.txt").write_text("I was here too")
    assert list(proof.problems_of_bundle(bundle, public)) == ["more.txt does not belong here"]
    (bundle / "more.txt").unlink()


def test_a_bundle_made_to_fit_a_changed_file_does_not_fit_the_signature(made: tuple[Path, str]) -> None:
    bundle, key = made
    manifest = bundle / "manifest.json"
    whole = manifest.read_bytes()
    document = json.loads(whole)
    summary = bundle / "summary.txt"
    words = summary.read_bytes()
    summary.write_bytes(b"nothing was said")
    document["files"]["summary.txt"] = proof.hashlib.sha256(b"nothing was said").hexdigest()
    manifest.write_bytes(proof.canonical(document))
    assert "manifest.json is not the one that was signed" in list(
        proof.problems_of_bundle(bundle, bytes.fromhex(key))
    )
    manifest.write_bytes(whole)
    summary.write_bytes(words)
