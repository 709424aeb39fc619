"""What a command loads before it answers: no more than the answer takes."""

import subprocess
import sys

import pytest

from played import Played

# what decodes, hears, redacts, counts and sends: work after a call, which a look at what is kept is not
WORK = {
    "earwitness.library",
    "earwitness.audio",
    "earwitness.decoders",
    "earwitness.redaction",
    "earwitness.pipeline",
    "earwitness.lake",
    "earwitness.outbound",
    "earwitness.capture",
    "alembic",
    "numpy",
    "phonenumbers",
    "pyarrow",
    "soundfile",
    "fastapi",
    "starlette",
    "textual",
}
STORE = {"sqlalchemy", "cryptography", "earwitness.store"}
RUN = """
import sys
from earwitness.cli import main
try:
    main(sys.argv[1:])
finally:
    print(*sys.modules, file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """Every module, and every package above one, that this command had loaded when it ended."""
    done = subprocess.run([sys.executable, "-c", RUN, *words], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr[:5000]
    names = done.stderr.splitlines()[-1].split()
    return {".".join(name.split(".")[:depth]) for name in names for depth in (1, 2)} | set(names)


def test_help_and_completion_load_no_store() -> None:
    for words in (["--help"], ["list", "--help"], ["completion", "bash"]):
        assert not loaded(*words) & (WORK | STORE), words


@pytest.mark.parametrize(
    "words",
    [
        ["list"],
        ["list", "--json", "--min-messages", "2"],
        ["search", "order"],
        ["show", "latest"],
        ["show", "latest", "--json"],
        ["stats", "latest"],
        ["check"],
        ["audit"],
        ["doctor"],
    ],
    ids=" ".join,
)
def test_a_look_at_what_is_kept_loads_no_work_after_a_call(played: Played, words: list[str]) -> None:
    found = loaded("--data-dir", str(played.folder), *words)
    assert "sqlalchemy" in found, "it asked the catalog"
    assert not found & WORK


def test_a_word_that_a_file_does_not_hold_is_told_from_the_journal(played: Played) -> None:
    assert loaded("--data-dir", str(played.folder), "transcript", "latest") & WORK
