"""Promises and attacks of protection that no test beside the code shows as a whole, one test each.

Those that one does stand in `ELSEWHERE`, which is checked.
"""

import resource
from pathlib import Path

import psutil
import pytest

from earwitness.clock import SystemClock
from earwitness.errors import Conflict
from earwitness.journal.record import Kind, Origin
from earwitness.journal.writer import Journal
from earwitness.library import Library
from earwitness.pipeline.lock import FolderLock
from earwitness.settings import RetentionRule, Settings
from recorded import copy_of, recording
from served import run, serving, until

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "R29": "tests/journal/test_format.py::test_our_reader_reads_the_pages_example",
    "R31": "tests/journal/test_recovery.py::"
    "test_recovery_killed_at_each_of_its_steps_and_run_again_comes_to_the_same",
    "R32": "tests/security/test_tampering.py::test_a_change_is_named",
    "R32 from outside": "tests/security/test_tampering.py::"
    "test_even_the_owner_of_the_signing_key_is_found_out_by_a_checkpoint_kept_elsewhere",
    "R33": "tests/test_bundle.py::test_the_program_in_the_bundle_proves_it_without_anything_of_ours",
    "R36": "tests/security/test_canaries.py::"
    "test_two_hundred_strings_of_a_person_who_was_erased_are_in_no_stored_byte",
    "R36 after a restore": "tests/privacy/test_erasure.py::"
    "test_what_comes_back_from_an_older_copy_goes_again",
    "R37": "tests/security/test_at_rest.py::test_nothing_is_readable_at_rest_and_everything_by_asking",
    "R38 blocks": "tests/journal/test_seal.py::"
    "test_a_block_moved_elsewhere_does_not_open_though_every_checksum_is_made_to_fit",
    "R38 files": "tests/privacy/test_sealed_objects.py::"
    "test_chunks_that_are_not_where_they_were_sealed_do_not_open",
    "R43 S08 S09 S10 S11": "tests/security/test_canaries.py::"
    "test_no_secret_of_any_shape_at_any_place_is_in_a_stored_byte",
    "R46": "tests/server/test_witness.py::test_every_route_is_witnessed_for_every_kind_of_asker",
    "R46 before the bytes": "tests/server/test_witness.py::"
    "test_nothing_is_answered_that_cannot_be_written_down",
    "S01": "tests/server/test_witness.py::test_anothers_conversation_is_denied_in_the_trail_of_whoever_asked",
    "S32": "tests/store/test_checking.py::test_rows_that_say_otherwise_are_named_by_table_key_and_column",
    "S33": "tests/security/test_tampering.py::test_a_change_is_named",
}


@pytest.mark.parametrize("promise", ELSEWHERE)
def test_what_is_shown_elsewhere_is_there(promise: str) -> None:
    file, _, name = ELSEWHERE[promise].partition("::")
    assert f"def {name}(" in (ROOT / file).read_text("utf-8")


def test_r27_a_leg_that_exists_is_never_overwritten_and_is_its_owners_alone(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / "journal") for _ in range(2)]
    leg = journals[0].open_leg("leg-1")
    leg.append(SystemClock().now(), Origin.CLIENT, Kind.TEXT, b"first")
    assert leg.sync(5)
    before = {path: path.read_bytes() for path in leg.folder.iterdir()}
    with pytest.raises(Conflict):
        journals[1].open_leg("leg-1")
    assert {path: path.read_bytes() for path in leg.folder.iterdir()} == before
    assert {path.stat().st_mode & 0o777 for path in leg.folder.iterdir()} == {0o600}
    assert leg.folder.stat().st_mode & 0o777 == 0o700
    for journal in journals:
        journal.close()


def test_r28_a_second_process_is_told_who_holds_the_folder_and_a_dead_one_holds_nothing(
    tmp_path: Path,
) -> None:
    with FolderLock(tmp_path / "data"):
        refused = run("--data-dir", tmp_path / "data", "reindex", folder=tmp_path)
        assert (refused.returncode, "in use by process" in refused.stderr) == (3, True)
    assert run("--data-dir", tmp_path / "data", "reindex", folder=tmp_path).returncode == 0


def test_r34_while_it_is_held_no_way_there_is_deletes_it(tmp_path: Path) -> None:
    data = copy_of(recording(), tmp_path)
    rules = {"all": RetentionRule(at_most="1d")}
    library = Library(Settings(data_dir=str(data), retention=rules))
    call = library.conversation(recording().call("openai", "order").id)
    assert call.row.subject
    library.hold(call.id, reason="case 17")
    journals = {path: path.read_bytes() for leg in call.folders for path in leg.iterdir()}
    assert library.erase(call.id).state == "deferred"
    assert {e.conversation_id: e.state for e in library.erase_subject(call.row.subject)}[
        call.id
    ] == "deferred"
    library.keep_house()
    library.retention.run()
    library.reindex()
    library.sweep()
    assert {path: path.read_bytes() for path in journals} == journals
    assert library.conversation(call.id).transcript() == call.transcript()
    changes = [entry.action for entry in library.audit.every() if entry.conversation_id == call.id]
    assert changes.count("hold") == 1
    library.catalog.close()


def test_s42_a_crash_of_the_recorder_or_the_desk_leaves_no_image_of_the_memory(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        served.api()
        desk = until(served.desk)
        for process in (psutil.Process(served.process.pid), desk):
            assert process.rlimit(resource.RLIMIT_CORE) == (0, 0)
