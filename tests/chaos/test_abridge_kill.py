"""`kill -9` while an original goes: of each leg there is the original or what is shown of it, whole."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

import abridged_kill
from chaos_tools import IS_FULL
from earwitness.journal import recovery
from earwitness.journal.reader import read_leg
from earwitness.journal.seal import keys_in
from earwitness.library import Library
from earwitness.pipeline.abridge import is_abridged
from earwitness.settings import Encryption, Settings
from earwitness.settings.redaction import Redaction
from earwitness.store.redaction_marks import NewMarks
from journal_legs import Legs
from privacy_vaults import master
from redacted_calls import NAME

WORDS = {"ride": ("taxi",)}
DEATHS = 0 if IS_FULL else 3  # 0: one at every step


def redacted(settings: Settings) -> str:
    """A call of two legs of which words were taken out by the settings and by hand; what is shown of it."""
    Library(settings).catalog.close()  # from now on its journals are sealed, where a key is set
    with Legs(settings.data_path) as legs:
        for provider in ("openai", "openai"):
            leg = legs.open(provider, links=("one",))
            leg.user(1_000, "u", f"This is {NAME}. I need a taxi.")
            leg.end(9_000)
    library = Library(settings)
    library.catch_up()
    [call] = library.conversations()
    assert len(call.folders) == 2
    library.redact(call.id, NewMarks(words=(NAME,)))
    shown = library.conversation(call.id).transcript()
    library.catalog.close()
    return shown


def killed(settings: Settings, work: Path) -> list[Path]:
    """The data folder, as each death left it."""
    command = [sys.executable, abridged_kill.__file__, msgspec.json.encode(settings).decode()]
    path = os.pathsep.join(sys.path)
    subprocess.run([*command, work, str(DEATHS)], check=True, env={**os.environ, "PYTHONPATH": path})
    return sorted((work / "killed").iterdir(), key=lambda folder: int(folder.name))


def said(folder: Path) -> bytes:
    return b"".join(record.payload for record in read_leg(folder))


def key_files(library: Library, leg: str) -> set[str]:
    return {path.name for path in (library.data_path / "keys").rglob(f"{leg}/*")}


def whole(library: Library, originals: dict[str, bytes]) -> list[bool]:
    """Each leg is its original or abridged, and none is anything else."""
    [call] = library.conversations()
    states = []
    for folder in call.folders:
        assert recovery.verify(folder).ok, folder
        states.append(is_abridged(folder))
        assert b"taxi" not in said(folder) if states[-1] else said(folder) == originals[folder.name]
        if library.vault:
            assert keys_in(folder) <= key_files(library, folder.name), "what is there can be opened"
    return states


@pytest.mark.parametrize(
    "is_sealed", [True, False] if IS_FULL else [True], ids=lambda it: "sealed" if it else "plain"
)
def test_killed_at_any_step_every_leg_is_its_original_or_what_is_shown_and_it_goes_on(
    tmp_path: Path, is_sealed: bool
) -> None:
    encryption = Encryption(key=master(tmp_path) if is_sealed else "")
    settings = Settings(data_dir=str(tmp_path / "data"), encryption=encryption, redact=Redaction(words=WORDS))
    shown = redacted(settings)
    truth = Library(settings)
    [call] = truth.conversations()
    originals = {folder.name: said(folder) for folder in call.folders}
    assert all(b"taxi" in words for words in originals.values())
    truth.catalog.close()
    folders = killed(settings, tmp_path / "work")
    assert len(folders) >= (DEATHS or 50), "or this rig sees nothing"
    seen = set()
    for folder in folders:
        library = Library(msgspec.structs.replace(settings, data_dir=str(folder)))
        library.sweep()  # as every start does
        seen.add(tuple(whole(library, originals)))
        assert library.conversation(call.id).transcript() == shown, folder
        library.catch_up()
        assert library.prove() == [], folder
        library.abridge(library.conversation(call.id).row)  # as house-keeping does: it is still due
        assert whole(library, originals) == [True, True], folder
        assert library.prove() == [], folder
        for leg in library.conversation(call.id).folders if is_sealed else ():
            assert key_files(library, leg.name) == keys_in(leg), "the original's are gone, with whatever copy"
        library.catalog.close()
        hidden = [path for path in folder.rglob(".*") if path.suffix in (".original", ".abridged")]
        assert hidden == [], folder
        everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).lower()
        assert [word for word in (b"taxi", NAME.lower().encode()) if word in everything] == [], folder
    assert len(seen) > 1, "there were deaths before and after an exchange"
