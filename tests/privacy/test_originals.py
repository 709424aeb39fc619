"""Of what was redacted the original goes in time: from its journals, with its keys, and from the bucket."""

import pytest
from msgspec.structs import replace

from earwitness.errors import Conflict, NotFound
from earwitness.journal.reader import LegReader
from earwitness.journal.seal import keys_in, unlock
from earwitness.library import Library
from earwitness.pipeline.abridge import is_abridged
from earwitness.privacy.audit import AuditQuery
from earwitness.privacy.vault import open_vault
from earwitness.settings import Encryption, ObjectStore, RetentionRule, Settings
from earwitness.store.redaction_marks import NewMarks
from privacy_vaults import master
from recorded import copied
from redacted_calls import NAME, kept_for, passed, recorded
from s3_server import moto


def test_the_original_goes_when_it_is_due_and_what_is_shown_stays(tmp_path):
    library, call = kept_for("30d", tmp_path)
    library.retention._look = lambda: passed(29)
    assert library.retention.run().originals == ()
    library.retention._look = lambda: passed(31)
    before = library.conversation(call).transcript()
    assert "taxi" in library.unredacted("case 7").conversation(call).transcript()
    [planned] = library.retention.plan().originals
    assert (planned.id, planned.rule) == (call, "redact.keep_raw")
    assert "taxi" in library.unredacted("case 7").conversation(call).transcript()
    assert [due.id for due in library.retention.run().originals] == [call]
    assert library.conversation(call).transcript() == before
    assert library.retention.run().originals == ()
    with pytest.raises(Conflict, match="original"):
        library.split(call, ["0199"])
    with pytest.raises(NotFound, match="not kept any more"):
        library.unredacted("case 7").conversation(call).transcript()
    assert [entry.conversation_id for entry in library.trail(AuditQuery(action="abridge"))] == [call]
    assert library.prove() == []


def test_without_a_period_it_stays_as_long_as_the_call(tmp_path):
    library, _ = kept_for("", tmp_path)
    assert library.retention.run().originals == ()


def test_of_a_call_of_which_nothing_was_taken_out_the_original_stays(tmp_path):
    library, call = recorded(tmp_path)
    library.retention._look = lambda: passed(31)
    assert (library.conversation(call).row.redaction, library.retention.run().originals) == ("clear", ())


def test_what_is_held_or_must_be_kept_stays_as_it_was_recorded(tmp_path):
    library, call = kept_for("1d", tmp_path / "held")
    library.hold(call, reason="case 7")
    assert library.retention.run().deferred == {call: "a legal hold"}
    assert "taxi" in library.unredacted("case 7").conversation(call).transcript()
    law = {"law": RetentionRule(at_least="1y")}
    library, call = kept_for("1d", tmp_path / "law", retention=law)
    assert "retention rule law" in library.retention.run().deferred[call]
    assert "taxi" in library.unredacted("case 7").conversation(call).transcript()


def test_its_keys_go_with_it_so_that_no_copy_of_it_opens(tmp_path):
    encryption = Encryption(key=master(tmp_path))
    open_vault(Settings(data_dir=str(tmp_path / "data"), encryption=encryption))
    library, call = kept_for("30d", tmp_path / "data", encryption=encryption)
    [folder] = library.conversation(call).folders
    copied(folder, tmp_path / "copy" / folder.name)
    before = keys_in(folder)
    assert before
    library.retention.run()
    now = keys_in(folder)
    assert now
    assert not now & before
    assert {path.name for path in (tmp_path / "data" / "keys").rglob(f"{folder.name}/*")} == now
    unlock(tmp_path / "copy", library.vault)
    [gap] = LegReader(tmp_path / "copy" / folder.name).read(final=True)
    assert b"locked" in gap.payload


def test_marks_by_hand_go_too_and_more_can_be_taken_out_afterwards(tmp_path):
    library, call = recorded(tmp_path)
    library.redact(call, NewMarks(words=(NAME,)))
    library.abridge(library.conversation(call).row)
    assert not library.marks.of("default", call)
    every_byte = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert NAME.lower().encode() not in every_byte.lower()
    done = library.redact(call, NewMarks(words=("taxi",)))
    assert (done.state, done.masks) == ("redacted", 3)
    assert library.conversation(call).messages()[0].text == "This is [by_hand] speaking."


def test_a_start_lets_go_what_was_decided_and_interrupted(tmp_path, monkeypatch):
    library, call = kept_for("30d", tmp_path)
    [folder] = library.conversation(call).folders

    def killed(_):
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr("earwitness.capture.exchanging._settle", killed)
        with pytest.raises(KeyboardInterrupt):
            library.retention.run()
    assert not is_abridged(folder)
    library.catalog.close()
    again = Library(library.settings)
    again.sweep()
    assert is_abridged(folder)
    again.retention._look = lambda: passed(31)
    again.retention.run()
    assert again.conversation(call).row.is_abridged
    assert "[ride]" in again.conversation(call).transcript()


def test_an_original_in_the_bucket_goes_from_there_too_and_a_lost_machine_brings_back_what_is_shown(
    tmp_path, monkeypatch
):
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        bucket = server.bucket()
        far = {"object_store_url": f"s3://{bucket}", "object_store": ObjectStore(keep_local_hours=0)}
        library, call = kept_for("30d", tmp_path / "data", **far)
        library.shipping.ship("default", call)
        assert not list((tmp_path / "data" / "journal").rglob("*.ewj")), "it lies in the bucket alone"
        library.retention.run()
        library.shipping.ship("default", call)

        def stored():
            keys = [one["Key"] for one in server.client().list_objects_v2(Bucket=bucket)["Contents"]]
            return {key: server.client().get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}

        assert any(key.endswith(".ewj") for key in stored())
        assert not [key for key, data in stored().items() if b"taxi" in data.lower()]
        before = library.conversation(call).transcript()
        anew = Library(replace(library.settings, data_dir=str(tmp_path / "other")))
        anew.reindex()
        assert anew.conversation(call).row.is_abridged
        assert anew.conversation(call).transcript() == before
