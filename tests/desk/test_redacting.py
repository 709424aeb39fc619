"""Taking out by hand what somebody saw in a recording: all of it is made anew, and nothing old stays."""

import sqlite3

import pytest

from asked import Asker
from earwitness.errors import Conflict, InvalidInput, NotFound
from earwitness.library import Library
from earwitness.privacy.audit import AuditQuery
from earwitness.redaction.conversation import Redactor
from earwitness.settings import Settings
from earwitness.settings.outbound import Mirror
from earwitness.settings.redaction import Redaction
from earwitness.store.redaction_marks import NewMarks, Stretch
from journal_legs import Legs
from redacted_calls import NAME, recorded
from served import run


def kept(folder):
    """Every stored byte but the journal's and the marks'."""
    parts = []
    for path in folder.rglob("*"):
        if not path.is_file() or "journal" in path.relative_to(folder).parts:
            continue
        parts.append(path.read_bytes())
    return b"\n".join(parts).lower()


def test_words_are_gone_from_every_face_and_every_file_but_the_journal(tmp_path):
    library, call = recorded(tmp_path)
    assert NAME.lower().encode() in kept(tmp_path)
    before = {a.name: a.sha256 for a in library.conversation(call).artifacts()}
    done = library.redact(call, NewMarks(words=(NAME.lower(),), reason="asked to"))
    assert (done.state, done.masks) == ("redacted", 2)
    again = library.conversation(call)
    assert [m.text for m in again.messages()] == [
        "This is [by_hand] speaking.",
        "Hello [by_hand], how can I help?",
        "I need a taxi to the station.",
    ]
    shown = f"{again.document()}{again.summary()}{again.transcript()}{again.extraction()}"
    shown += f"{list(again.events())}{again.snapshots()}{again.analytics()}"
    assert "unterwasser" not in shown.lower()
    assert not list(library.search("Wilhelmina"))
    after = {a.name: a.sha256 for a in again.artifacts()}
    assert after.keys() == before.keys()
    assert after["stereo.flac"] != before["stereo.flac"]
    assert library.prove() == []
    library.catalog.close()
    marks = sqlite3.connect(tmp_path / "catalog.db")
    assert marks.execute("select words from redaction_marks").fetchone() == (NAME.lower(),)
    marks.execute("pragma secure_delete=on")
    marks.execute("delete from redaction_marks")
    marks.commit()
    marks.execute("pragma wal_checkpoint(truncate)")
    marks.close()
    assert b"unterwasser" not in kept(tmp_path)


def test_a_stretch_is_silent_on_every_track_and_its_words_are_masked(tmp_path):
    library, call = recorded(tmp_path)
    library.redact(call, NewMarks(stretches=(Stretch(from_ms=2_900, to_ms=4_500),)))
    again = library.conversation(call)
    assert [m.text for m in again.messages()][1] == "[by_hand]"
    for track in ("agent", "stereo", "agent-sent"):
        sound = again.audio(track)
        blocks = list(sound.blocks())
        assert not any(block.any() for block in blocks), track
    [peaks] = again.waveform()["zooms"]
    assert {p for name in ("high", "low") for channel in peaks[name] for p in channel} == {0}
    raw = library.unredacted("case 7").conversation(call)
    assert NAME.upper() in raw.transcript()
    assert any(block.any() for block in raw.audio("agent").blocks())


def test_marks_survive_a_rebuild_and_go_with_the_conversation(tmp_path):
    library, call = recorded(tmp_path)
    library.redact(call, NewMarks(words=("taxi",)))
    library.reindex()
    assert "taxi" not in library.conversation(call).transcript()
    library.erase(call)
    assert not library.marks.of("default", call)


@pytest.mark.parametrize("was_held", [False, True], ids=["at once", "when its hold ends"])
def test_single_words_of_an_erased_call_are_in_no_part_of_the_search_index(tmp_path, was_held):
    library, call = recorded(tmp_path)
    assert b"wilhelmina" in kept(tmp_path)
    if was_held:
        library.hold(call, reason="case 7")
        assert library.erase(call).state == "deferred"
        assert {hit.conversation_id for hit in library.search("wilhelmina")} == {call}
        library.release(call)
    else:
        library.erase(call)
    library.catalog.close()
    assert b"wilhelmina" not in kept(tmp_path)


def test_without_a_mark_it_is_redacted_by_the_rules_of_today(tmp_path):
    library, call = recorded(tmp_path)
    library.catalog.close()
    rules = {"redact": {"words": {"ride": ("taxi",)}}}
    later = Library(Settings(data_dir=str(tmp_path), **rules_of(rules)))
    assert "taxi" in "".join(m.text for m in later.conversation(call).messages())
    assert later.redact(call).state == "redacted"
    assert "[ride]" in "".join(m.text for m in later.conversation(call).messages())


def rules_of(settings):
    return {"redact": Redaction(**settings["redact"])}


def test_it_holds_where_the_settings_take_out_nothing(tmp_path):
    library, call = recorded(tmp_path, redact=Redaction(enabled=False))
    library.redact(call, NewMarks(words=("taxi",)))
    assert "taxi" not in library.conversation(call).transcript()


@pytest.mark.parametrize("before", ["its files are deleted", "they are made anew"])
def test_killed_on_the_way_the_next_start_goes_on_and_nothing_old_is_served(tmp_path, monkeypatch, before):
    library, call = recorded(tmp_path)
    library.conversation(call).stored("transcript.json")

    def killed(*_):
        raise KeyboardInterrupt

    if before == "they are made anew":
        monkeypatch.setattr(library, "finish", killed)
    else:
        monkeypatch.setattr(library.objects, "delete", killed)
    with pytest.raises(KeyboardInterrupt):
        library.redact(call, NewMarks(words=("taxi",)))
    with pytest.raises(NotFound):
        library.conversation(call).stored("transcript.json")
    assert "taxi" not in library.conversation(call).transcript()
    library.catalog.close()
    again = Library(Settings(data_dir=str(tmp_path)))
    again.catch_up()
    assert "taxi" not in "".join(m.text for m in again.conversation(call).messages())
    assert not list(again.search("taxi"))


def test_a_redaction_that_fails_is_quarantined_and_nothing_is_published(tmp_path, monkeypatch):
    library, call = recorded(tmp_path)

    def fails(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(Redactor, "_in_messages", fails)
    done = library.redact(call, NewMarks(words=("taxi",)))
    assert done.state == "quarantined"
    again = library.conversation(call)
    assert (again.row.redaction, again.document()["redaction"]) == ("quarantined", "quarantined")
    assert {m.text for m in again.messages()} == {"[withheld]"}
    assert not any(block.any() for block in again.audio().blocks())
    assert not list(library.search("taxi"))
    assert [f for f in again.conversation.findings if f.code == "redaction_failed"]


def test_what_is_not_shown_cannot_be_asked_for(tmp_path):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(1_000, "u", "My card is 4111 1111 1111 1111.")
        leg.end(2_000)
    library = Library(Settings(data_dir=str(tmp_path)))
    library.catch_up()
    [call] = library.conversations()
    with pytest.raises(InvalidInput, match="nowhere"):
        library.redact(call.id, NewMarks(words=("4111",)))
    for wrong in (NewMarks(words=("--",)), NewMarks(stretches=(Stretch(from_ms=5, to_ms=5),))):
        with pytest.raises(InvalidInput):
            library.redact(call.id, wrong)


def test_a_running_call_is_redacted_when_it_has_ended(tmp_path):
    with Legs(tmp_path) as legs:
        legs.open().user(1_000, "u", "Hello there.")
        library = Library(Settings(data_dir=str(tmp_path)))
        library.follower().tick()
        with pytest.raises(Conflict):
            library.redact("latest", NewMarks(words=("Hello",)))


def test_over_http_it_needs_the_right_to_change_and_is_in_the_trail(tmp_path):
    library, call = recorded(tmp_path)
    library.catalog.close()
    asker = Asker(tmp_path, Settings())
    path = f"/api/v1/conversations/{call}/redact"
    body = {"words": ["taxi"], "stretches": [{"from_ms": 0, "to_ms": 500}], "reason": "asked to"}
    assert asker.ask(path, "read", "POST", json=body).status_code == 403
    answer = asker.ask(path, "write", "POST", json=body)
    assert answer.json() == {"conversation_id": call, "state": "redacted", "masks": 1}
    assert asker.ask(path, "write", "POST", json={"words": [""]}).status_code == 422
    assert asker.ask(path, "write", "POST", json={"what": 1}).status_code == 422
    entries = asker.ask("/api/v1/audit?action=redact", key="admin").json()["entries"]
    assert [e["outcome"] for e in entries].count("denied") == 1
    assert any("asked to" in str(entry) for entry in entries)
    asker.close()


def test_on_the_command_line_what_was_done_is_said_and_who_did_it_is_in_the_trail(tmp_path):
    library, call = recorded(tmp_path)
    library.catalog.close()
    done = run(
        "--data-dir", tmp_path, "redact", call, "--words", "taxi", "--stretch", "0", "0.5", folder=tmp_path
    )
    assert (done.returncode, done.stdout) == (0, f"{call}  redacted, 1 masks\n")
    missing = run("--data-dir", tmp_path, "redact", call, "--words", "bus", folder=tmp_path)
    assert (missing.returncode, "nowhere" in missing.stderr) == (1, True)
    library = Library(Settings(data_dir=str(tmp_path)))
    [entry] = library.audit.entries(AuditQuery(action="redact", conversation=call))
    assert entry.facts == {"words": 1, "stretches": 1}
    assert "cli:" in str(entry.document())
    library.catalog.close()


@pytest.mark.parametrize("act", ["redact", "abridge"])
def test_what_was_taken_out_is_neither_in_the_mirror_nor_in_the_lake(tmp_path, act):
    there = tmp_path / "mirror"
    library, call = recorded(tmp_path / "data", mirror=Mirror(url=str(there), layout="default"))

    def deliver():
        for carrier in library.carriers():
            for workspace, conversation in list(carrier.due()):
                carrier.ship(workspace, conversation)

    def mirrored():
        return b"".join(path.read_bytes() for path in there.rglob("*") if path.is_file()).lower()

    deliver()
    assert NAME.lower().encode() in mirrored()
    library.redact(call, NewMarks(words=(NAME,)))
    if act == "abridge":
        library.abridge(library.conversation(call).row)
    deliver()
    assert b"by_hand" in mirrored()
    assert b"unterwasser" not in mirrored()
    lake = list((tmp_path / "data").rglob("*.parquet"))
    assert lake
    assert not [path for path in lake if b"unterwasser" in path.read_bytes().lower()]
