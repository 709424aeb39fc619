"""R38, R39, R41, R47: what is sealed, not written in a pause, silenced, or not said before consent."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from websockets.asyncio.client import connect

from chaos_tools import IS_FULL
from earwitness.capture.door import Choice, Door
from earwitness.capture.verbs import Command
from earwitness.clock import Instant
from earwitness.errors import Damaged, Denied
from earwitness.journal.block import leg_seed
from earwitness.journal.record import Kind, Note, Origin
from earwitness.journal.scan import first_block_offset, scan
from earwitness.journal.seal import unlock
from earwitness.journal.segment import segment_paths
from earwitness.journal.writer import Journal
from earwitness.library import open_library
from earwitness.privacy.sealed_objects import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, SealedObjects
from earwitness.store.folder import FolderObjects
from earwitness.store.objects import ObjectInfo
from journal_legs import Legs
from privacy_vaults import vault
from taps import echo, stored_bytes, tapped, upstream

NONCES = 1_000_000 if IS_FULL else 200


@pytest.mark.parametrize("attack", ["swap", "drop", "double", "cut", "move", "another's key"])
def test_r38_what_is_sealed_opens_at_its_place_and_nowhere_else(tmp_path: Path, attack: str) -> None:
    objects = SealedObjects(FolderObjects(tmp_path / "objects"), vault(tmp_path))
    here, there = (f"conversations/2026-11-20/{name}/stereo.flac" for name in ("0190", "0191"))
    for path, letter in ((here, b"a"), (there, b"b")):
        objects.put(path, [letter * (3 * CHUNK_BYTES)])
    file, other = tmp_path / "objects" / here, tmp_path / "objects" / there
    data, stride = file.read_bytes(), CHUNK_BYTES + TAG_BYTES
    head, chunks = data[:HEADER_BYTES], [data[HEADER_BYTES + n * stride :][:stride] for n in range(3)]
    order = {"swap": [1, 0, 2], "drop": [0, 2], "double": [0, 0, 1, 2], "cut": [0, 1]}
    if attack in order:
        file.write_bytes(head + b"".join(chunks[n] for n in order[attack]))
    elif attack == "move":
        file.write_bytes(other.read_bytes())
    else:
        keys = sorted((tmp_path / "keys").glob("??/*/*"))
        contents = [path.read_bytes() for path in keys]
        for path, content in zip(keys, contents[1:] + contents[:1], strict=True):
            path.write_bytes(content)
        objects = SealedObjects(FolderObjects(tmp_path / "objects"), vault(tmp_path))
    with pytest.raises((Damaged, Denied)):
        b"".join(objects.open(here))


class Heads(FolderObjects):
    """Keeps of each file only the head, with its key and what its nonces begin with."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.seen: list[bytes] = []

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        head, *_ = chunks
        self.seen.append(head[-24:])
        return ObjectInfo(path=path, byte_count=0)


def test_r38_no_nonce_of_a_file_is_used_twice_under_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads, keys = Heads(tmp_path / "objects"), vault(tmp_path)
    key = keys.key_of("0190")
    monkeypatch.setattr(keys, "key_of", lambda _: key)  # it is sought in its folder each time
    objects = SealedObjects(heads, keys)
    for _ in range(NONCES):
        objects.put("conversations/2026-11-20/0190/stereo.flac", [b"the same words"], replace=True)
    assert {head[:16] for head in heads.seen} == {key.id}
    assert len(set(heads.seen)) == NONCES


def test_r38_no_nonce_of_a_journal_is_used_twice_under_a_key_whoever_starts_again(tmp_path: Path) -> None:
    """The same records, by four writers one after the other, each on keys that lie there already."""
    blocks: list[tuple[bytes, bytes]] = []
    for start in range(4):
        unlock(tmp_path / "journal", vault(tmp_path))
        journal = Journal(tmp_path / "journal")
        leg = journal.open_leg(f"leg-{start}")
        for number in range(NONCES // 4):
            leg.append(Instant(number, number), Origin.CLIENT, Kind.TEXT, b"the same words")
            if number % 1_000 == 0:
                assert leg.sync(30)
        journal.close()
        for segment in segment_paths(leg.folder):
            with segment.open("rb") as file:
                found = scan(file, leg_seed(leg.leg), first_block_offset(file) or 0)
                blocks += [(part.header.key_id, part.header.nonce) for part in found if part.header]
    unlock(tmp_path / "journal", None)
    assert len({key for key, _ in blocks}) == 4
    assert len(set(blocks)) == len(blocks) > 4


async def test_r39_in_a_pause_nothing_spoken_or_typed_is_written_and_it_ends_by_itself(
    tmp_path: Path,
) -> None:
    async with upstream(echo) as (_, url), tapped(tmp_path, url) as rig:

        async def told(verb: str, **data: object) -> str:
            command = Command(verb=verb, workspace="default", links=("conversation:o",), data=data)
            (state,) = (await rig.tap.obey(command)).values()
            return str(state["state"])

        async with connect(rig.url("/r?ew_conversation=o")) as client:

            async def say(words: str | bytes) -> None:
                await client.send(words)
                await client.recv()

            await say("canary-before")
            assert await told("pause", reason="card", seconds=0.5) == "paused", "answered when it holds"
            await say("canary-typed")
            await say(b"canary-spoken" * 50)
            while await told("keep", keep=["audio", "raw", "transcripts"]) == "paused":
                await say("is it over?")
            await say("canary-after")
        records = await rig.records()
    stored = stored_bytes(tmp_path)
    words = (b"canary-before", b"canary-typed", b"canary-spoken", b"canary-after")
    assert [word in stored for word in words] == [True, False, False, True]
    assert Kind.NOTE in {record.kind for record in records}, "that nothing was kept, and how much, is"


def test_r41_of_words_that_were_taken_out_no_sample_is_left_in_any_track_or_picture(tmp_path: Path) -> None:
    """To the word, in every format, by times and by estimate: tests/redaction/test_sound.py."""
    loud = b"\x10\x27" * 24_000 * 8
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.assistant(1_000, "a", "Of course. You said 4111 1111 1111 1111, is that right?", loud)
        leg.end(20_000)
    library = open_library(tmp_path)
    [call] = library.conversations()
    assert "4111" not in call.transcript()
    heard = soundfile.read(BytesIO(b"".join(call.audio("agent").wav(0, call.audio("agent").wav_size))))
    samples, rate_hz = heard
    is_loud = np.abs(samples) > 0.1
    first, last = np.flatnonzero(is_loud)[[0, -1]]
    quiet_s = np.count_nonzero(~is_loud[first:last]) / rate_hz
    assert 2 < quiet_s < 8, "sixteen digits take seconds to say, and not the whole answer"
    assert np.count_nonzero(is_loud) > rate_hz / 10, "the rest is heard"
    stereo = call.audio("stereo")
    both, _ = soundfile.read(BytesIO(b"".join(stereo.wav(0, stereo.wav_size))))
    assert np.count_nonzero(np.abs(both).max(axis=1)[first:last] <= 0.1) / rate_hz >= quiet_s - 0.2
    library.catalog.close()


@of_hypothesis(max_examples=1_000 if IS_FULL else 200)
@given(st.lists(st.sampled_from(["say", "pause", "resume", "keep", "yes", "no"]), max_size=12))
def test_r47_whatever_the_order_nothing_comes_through_before_consent_and_all_of_it_is_counted(
    order: list[str],
) -> None:
    notes: list[Note] = []
    door = Door(Choice(needs_consent=True), lambda _, note: notes.append(note))
    said, may, is_paused = 0, None, False
    for number, what in enumerate(order):
        now = Instant(number, number)
        if what == "say":
            came = door.admit(now, Kind.TEXT, b'{"type":"x"}')
            assert (came is not None) == (may is True and not is_paused)
            said += may is None
        elif what == "pause" and may is True:
            door.pause(now)
            is_paused = True
        elif what == "resume":
            door.resume(now)
            is_paused = False
        elif what == "keep":
            door.keep(now, raw=True)
        elif what in ("yes", "no") and may is not False:
            is_first = may is None
            door.consent(now, given=what == "yes")
            may = what == "yes"
            if is_first and may:
                assert notes[0].data["messages"] == said, "how much was not kept is known exactly"
        if may is None:
            assert notes == []
