"""What the tests of exports share: a chat whose words are meant to do harm, taken in as a vCon."""

from pathlib import Path
from typing import Any

from earwitness.desk.recorded import Recorded
from earwitness.exports.formats import format_named
from earwitness.exports.recording import Options, Recording
from earwitness.library import Library
from imported import write

PARTIES = [{"name": "Ana", "role": "customer"}, {"name": "Bot", "role": "agent"}]


def chat(library: Library, folder: Path, *said: str, name: str = "a", second: int = 1) -> Recorded:
    """A conversation of typed messages, caller and agent by turns, one a second."""
    texts: list[dict[str, Any]] = [
        {
            "type": "text",
            "start": f"2026-03-01T09:00:{second + number:02d}Z",
            "parties": number % 2,
            "encoding": "none",
            "body": text,
        }
        for number, text in enumerate(said)
    ]
    head = {"vcon": "0.4.0", "uuid": f"call-{name}", "created_at": "2026-03-01T09:01:00Z"}
    file = write(folder / f"{name}.vcon", {**head, "parties": PARTIES, "dialog": texts})
    (taken,) = library.import_path(file)
    return library.conversation(taken.conversation)


def text_of(recording: Recording, form: str, **options: Any) -> str:
    return b"".join(format_named(form).of_one(recording, Options(**options))).decode()
