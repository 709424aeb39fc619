"""Throwing the original of a redacted conversation away: all that was shown of it stays, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from earwitness.clock import ACKNOWLEDGED_STEP
from earwitness.journal import recovery
from earwitness.journal.record import Ended, Kind, Origin
from earwitness.library import Library
from earwitness.model.events import LegOpened, TextTimed
from earwitness.pipeline.abridge import is_abridged
from earwitness.settings import Settings
from earwitness.settings.redaction import Redaction
from journal_legs import Legs
from recorded import OPENAI, OTHERS, copy_of, recording

WORDS = {"said": ("order", "today", "number", "pizza", "a moment", "way", "hold", "bye")}


def shown(library: Library, call: str) -> dict[str, Any]:
    """Every face of it, but for what says that it is abridged."""
    recorded = library.conversation(call)
    return {
        "document": {**recorded.document(), "is_abridged": None},
        "summary": recorded.summary_document(),
        "transcript": recorded.transcript(),
        "events": [each for each in recorded.events() if type(each) not in (LegOpened, TextTimed)],
        "figures": recorded.figures(),
        "health": recorded.health(),
        "sound": {
            track: b"".join(block.tobytes() for block in recorded.audio(track).blocks())
            for track in ("caller", "agent", "stereo", "agent-sent")
        },
        "messages": recorded.messages(),
        "tools": recorded.tool_calls(),
        "peaks": recorded.waveform(),
    }


@pytest.mark.parametrize(
    ("providers", "plays"),
    [
        (OPENAI, [("openai", "order"), ("twilio", "barge_in")]),
        (OTHERS, [(name, "barge_in") for name in OTHERS]),
    ],
)
def test_all_that_is_shown_of_a_recorded_call_stays_as_it_was(
    providers: tuple[str, ...], plays: list[tuple[str, str]], tmp_path: Path
) -> None:
    made = recording(providers)
    ids = [made.call(*play).id for play in plays]
    folder = copy_of(made, tmp_path)
    library = Library(Settings(data_dir=str(folder), redact=Redaction(words=WORDS)))
    for play, call in zip(plays, ids, strict=True):
        library.finish("default", call)
        row = library.conversation(call).row
        assert row.redaction == "redacted", play
        before = shown(library, call)
        library.abridge(row)
        after = shown(library, call)
        for name in before:
            assert after[name] == before[name], (name, *play)
        again = library.conversation(call)
        assert again.row.is_abridged
        assert all(map(is_abridged, again.folders))
        assert library.prove(call) == []


NUMBER = 7 * ACKNOWLEDGED_STEP
SECRETS = ("4111 1111 1111 1111", "415-555-0132", "jane@corp.example", "sesame")


@pytest.fixture
def spoken(tmp_path: Path) -> Library:
    """A call that says a secret at every place there is, over two legs."""
    with Legs(tmp_path) as legs:
        mail = {"mail": "jane@corp.example"}
        leg = legs.open(path="/v1/realtime?phone=415-555-0132", metadata=mail, links=("one",))
        leg.user(1_000, "u", "My card is 4111 1111 1111 1111, the code word sesame.", None)
        leg.client(1_500, {"type": "session.update", "session": {"instructions": "call 415-555-0132"}})
        leg.note(2_000, "snapshot", label="x", mail="jane@corp.example")
        leg.append(2_100, Origin.SERVER, Kind.PING, b"jane@corp.example")
        leg.gap(2_200, reason="overrun", first=9, count=1)
        leg.append(2_500, Origin.CLIENT, Kind.CLOSE, b"\x03\xe8for jane@corp.example")
        leg.tell(3_000, Kind.ENDED, Ended(why="closed", by="client", detail="mail jane@corp.example"))
        leg.writer.close()
        other = legs.open("generic", ms=500, links=("one",))
        other.append(700, Origin.CLIENT, Kind.RAW, b"4111 1111 1111 1111")
        other.end(2_900)
    library = Library(Settings(data_dir=str(tmp_path), redact=Redaction(words={"word": ("sesame",)})))
    library.catch_up()
    return library


def test_no_secret_is_in_any_stored_byte_afterwards(spoken: Library, tmp_path: Path) -> None:
    [call] = spoken.conversations()
    assert len(call.folders) == 2
    before = {folder.name: recovery.verify(folder) for folder in call.folders}
    told = list(call.events())
    spoken.abridge(call.row)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).lower()
    digits = everything.replace(b" ", b"").replace(b"-", b"")
    for secret in SECRETS:
        assert secret.encode() not in everything, secret
    assert b"4111111111111111" not in digits
    again = spoken.conversation(call.id)
    for folder in again.folders:
        now = recovery.verify(folder)
        assert now.ok, now.problems
        assert now.records == before[folder.name].records
    assert [type(event) for event in again.events()] == [type(event) for event in told]
    assert spoken.prove() == []


def test_done_twice_and_rebuilt_from_nothing_it_is_the_same(spoken: Library, tmp_path: Path) -> None:
    [call] = spoken.conversations()
    spoken.abridge(call.row)
    before = shown(spoken, call.id)
    heads = [recovery.verify(folder).head for folder in call.folders]
    spoken.abridge(spoken.conversation(call.id).row)
    assert [recovery.verify(folder).head for folder in call.folders] == heads
    spoken.catalog.close()
    for file in tmp_path.glob("catalog.db*"):
        file.unlink()
    anew = Library(spoken.settings)
    anew.catch_up()
    assert anew.conversation(call.id).row.is_abridged
    assert shown(anew, call.id) == before


def test_messages_that_were_saved_one_by_one_keep_their_numbers_and_form(tmp_path: Path) -> None:
    with Legs(tmp_path) as legs:
        leg = legs.open(way="ingest", subject="RID1")
        body = {"message_id": NUMBER, "role": "user", "content": "card 4111 1111 1111 1111", "said_at_ns": 5}
        leg.client(1_000, body)
        leg.end(2_000)
    library = Library(Settings(data_dir=str(tmp_path)))
    library.catch_up()
    [call] = library.conversations()
    library.abridge(call.row)
    [(_, record)] = [each for each in call.records() if each[1].kind is Kind.TEXT]
    assert b'"message_id":%d' % NUMBER in record.payload
    assert b"4111" not in record.payload
    [message] = library.conversation(call.id).messages()
    assert (message.id, message.text) == (NUMBER, "card XXXX-XXXX-XXXX-XXXX")
