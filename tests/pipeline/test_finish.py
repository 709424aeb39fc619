"""The work after the call: the same files however often it is begun, and wherever it was stopped."""

import hashlib
import shutil

import numpy as np
import pytest
import soundfile

from earwitness.errors import NotFound, StorageUnavailable
from earwitness.library import Library, open_library
from earwitness.model.conversation import Status
from earwitness.pipeline import finish as finishing
from earwitness.pipeline.finish import finish
from earwitness.projections import summary
from earwitness.store import placements
from journal_legs import Legs
from recorded import PLAYS, as_it_was, copy_of, recording

FILES = {
    "conversation.json",
    "metadata.json",
    "transcript.json",
    "summary.txt",
    "summary.json",
    "extraction.json",
    "events.jsonl",
    "caller.flac",
    "agent.flac",
    "stereo.flac",
    "waveform.json",
    "health.json",
    "analytics.json",
    "figures.json",
}


def a_call(tmp_path, library, **opened):
    """One call, ended, its rows written, its files not yet made."""
    with Legs(tmp_path) as legs:
        leg = legs.open(**opened)
        leg.user(100, "item_1", "Are you open?")
        leg.assistant(1500, "item_2", "Until ten.", np.full(24_000, 900, "<i2").tobytes())
        leg.end(4000)
    library.follower().tick()
    return leg.conversation


def files(library):
    """Every stored file and what is in it."""
    stored = library.objects.list("")
    return {
        info.path: hashlib.sha256(b"".join(library.objects.open(info.path, 0, None))).hexdigest()
        for info in stored
    }


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_every_call_has_all_its_files_and_each_is_what_the_catalog_says(call):
    recorded = recording().call(*call)
    objects = recording().library().objects
    artifacts = recorded.artifacts()
    assert {artifact.name for artifact in artifacts} == FILES
    for artifact in artifacts:
        content = b"".join(objects.open(artifact.path, 0, None))
        assert (len(content), hashlib.sha256(content).hexdigest()) == (artifact.byte_count, artifact.sha256)
        assert (
            artifact.path == f"conversations/{recorded.row.started_at:%Y-%m-%d}/{recorded.id}/{artifact.name}"
        )


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_how_far_a_record_is_trusted_is_the_same_in_list_files_and_answers(call):
    recorded = recording().call(*call)
    told = recorded.health()
    assert recorded.row.health_score == recorded.document()["health"] == told["score"]
    assert recorded.row.health_reasons == list(dict.fromkeys(each["code"] for each in told["reasons"]))
    assert f"health {told['score']} of 100" in recorded.summary()


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_the_summary_of_a_call_that_ended_is_read_as_stored_and_is_what_its_journals_tell(call):
    recorded = recording().call(*call)
    shown = recorded.summary()
    assert "told" not in vars(recorded)  # no journal was read for it
    assert shown == summary.text(recorded.conversation, recorded.understood.summary, recorded.figures())


def test_the_stored_sound_is_the_sound_of_the_journals(tmp_path):
    recorded = recording().call("openai", "order")
    _, read = recorded.stored("stereo.flac")
    (tmp_path / "stereo.flac").write_bytes(b"".join(read(0, 1 << 30)))
    stored, rate_hz = soundfile.read(tmp_path / "stereo.flac", dtype="int16")
    fresh = np.concatenate(list(recorded.audio("stereo", rate_hz=rate_hz).blocks()))
    assert rate_hz == 24_000  # OpenAI's own: nothing is lost by storing
    assert np.array_equal(stored, fresh)


def test_finishing_twice_gives_the_same_files_and_rows(tmp_path, library):
    conversation = a_call(tmp_path, library)
    library.finish("default", conversation)
    first, rows = files(library), library.catalog.dump()
    assert len([path for path in first if path.startswith("conversations/")]) == len(FILES)
    library.finish("default", conversation)
    assert files(library) == first
    assert library.catalog.dump() == rows
    assert library.due() == ()


@pytest.mark.parametrize("stop_after", range(len(FILES)))
def test_work_that_was_stopped_anywhere_is_due_and_ends_with_the_same_files(
    tmp_path, library, monkeypatch, stop_after
):
    conversation = a_call(tmp_path, library)
    put, done = library.objects.put, []

    def put_some(path, chunks, **options):
        if len(done) == stop_after:
            raise StorageUnavailable("killed here")
        done.append(path)
        return put(path, chunks, **options)

    with monkeypatch.context() as patch:
        patch.setattr(library.objects, "put", put_some)
        with pytest.raises(StorageUnavailable):
            library.finish("default", conversation)
    assert library.due() == (("default", conversation),)
    library.finish("default", conversation)
    interrupted = files(library)
    library.unmake("default", conversation)
    library.finish("default", conversation)
    assert interrupted == files(library)
    assert library.due() == ()


def test_what_killed_work_left_in_the_scratch_folder_is_swept_at_the_next_start(tmp_path, library):
    a_call(tmp_path, library)
    left = tmp_path / "scratch" / "tmpkilled" / "conversations" / "stereo.flac"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half a file")
    opened = open_library(tmp_path)
    assert not left.exists()
    assert len(opened.conversation("latest").artifacts()) == len(FILES)
    assert list((tmp_path / "scratch").iterdir()) == []
    opened.catalog.close()


def test_a_call_that_runs_has_no_files_yet(tmp_path, library):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(100, "item_1", "Are you open?")
        leg.flush()
        library.follower().tick()
        assert library.finish("default", leg.conversation).status is Status.ACTIVE
        assert files(library) == {}


def test_files_of_a_call_that_is_deleted_while_they_are_made_are_not_kept(tmp_path, library, monkeypatch):
    conversation = a_call(tmp_path, library)
    keep = finishing._keep

    def delete_then_keep(*args):
        monkeypatch.setattr(finishing, "_keep", keep)
        library.erase(conversation)
        keep(*args)

    monkeypatch.setattr(finishing, "_keep", delete_then_keep)
    with pytest.raises(NotFound):
        library.finish("default", conversation)
    assert [name for name in files(library) if not name.startswith("tombstones/")] == []
    assert list(library.conversations()) == []
    folders = list((tmp_path / "journal").glob("*/*"))
    assert folders == []


def test_a_leg_that_joins_while_the_call_is_told_stays_joined(tmp_path, library, monkeypatch):
    conversation = a_call(tmp_path, library)
    other = a_call(tmp_path, library, links=("other:1",))
    [leg] = [leg.id for leg in library.catalog.legs("default", other)]
    follower, put = library.follower(), library.catalog.put

    def join_then_put(*told, **how):
        monkeypatch.setattr(library.catalog, "put", put)
        placements.place(library.catalog.database, "default", {leg: conversation}, "somebody")
        follower.tick()
        return put(*told, **how)

    monkeypatch.setattr(library.catalog, "put", join_then_put)
    library.finish("default", conversation)
    assert len(library.catalog.legs("default", conversation)) == 2
    assert library.due() == (("default", conversation),)


def test_files_that_are_kept_while_a_leg_is_moved_are_made_anew(tmp_path, library, monkeypatch):
    conversation = a_call(tmp_path, library)
    other = a_call(tmp_path, library, links=("other:1",))
    unmake = library.unmake

    def unmake_then_finish(workspace, reopened):
        unmake(workspace, reopened)
        if reopened == conversation:
            monkeypatch.setattr(library, "unmake", unmake)
            follower._on_reopened = unmake
            library.finish(workspace, reopened)

    monkeypatch.setattr(library, "unmake", unmake_then_finish)
    follower = library.follower()
    [leg] = [leg.id for leg in library.catalog.legs("default", other)]
    placements.place(library.catalog.database, "default", {leg: conversation}, "somebody")
    follower.tick()
    assert library.due() == (("default", conversation),)
    library.finish("default", conversation)
    assert len(library.conversation(conversation).document()["legs"]) == 2


def test_a_call_that_was_deleted_before_is_not_brought_back(tmp_path, library):
    conversation = a_call(tmp_path, library)
    folders = library.folders("default", conversation)
    library.erase(conversation)
    finish(conversation, folders, library.catalog, library.objects, tmp_path / "scratch", library.policies)
    assert list(library.conversations()) == []
    assert [name for name in files(library) if not name.startswith("tombstones/")] == []


# -- all of it once more -----------------------------------------------------------------------------


def dump_of(data_dir):
    library = Library(as_it_was(data_dir))
    try:
        return library.catalog.dump(), files(library)
    finally:
        library.catalog.close()


def test_reindex_gives_the_same_catalog_and_the_same_files_for_every_scenario(tmp_path):
    data_dir = copy_of(recording(), tmp_path)
    rows, stored = dump_of(data_dir)
    assert rows.count('"text"') > 60  # messages
    library = Library(as_it_was(data_dir))
    assert library.reindex() == len(PLAYS)
    library.catalog.close()
    assert dump_of(data_dir) == (rows, stored)


def test_a_catalog_that_was_deleted_comes_back_from_the_journals(tmp_path):
    data_dir = copy_of(recording(), tmp_path)
    rows, stored = dump_of(data_dir)
    for file in data_dir.glob("catalog.db*"):
        file.unlink()
    shutil.rmtree(data_dir / "objects")
    open_library(as_it_was(data_dir)).catalog.close()
    assert dump_of(data_dir) == (rows, stored)
