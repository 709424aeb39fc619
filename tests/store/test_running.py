"""Which conversations run, and whether their rows have changed."""

from pathlib import Path

from earwitness.model.conversation import Status
from earwitness.store.catalog import Catalog
from earwitness.store.running import revision, running
from store_calls import a_full_call


def test_running_conversations_are_named_with_a_revision_that_changes_with_their_rows(tmp_path: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{tmp_path}/catalog.db")
    call = a_full_call(status=Status.ACTIVE, ended_ns=None)
    catalog.put(call)
    before = running(catalog.database, call.workspace, most=10)
    assert list(before) == [call.id]
    assert running(catalog.database, "another", most=10) == {}
    catalog.put(a_full_call(status=Status.ACTIVE, ended_ns=None, outcome="sold"))
    assert running(catalog.database, call.workspace, most=10)[call.id] != before[call.id]
    catalog.put(a_full_call(status=Status.COMPLETE))
    assert running(catalog.database, call.workspace, most=10) == {}
    assert revision(catalog.database, call.workspace, call.id) is not None
    assert revision(catalog.database, call.workspace, "01999999-9999-7999-8999-999999999999") is None
    catalog.close()
