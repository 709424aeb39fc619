"""The lake and its metrics from end to end: what the work after calls puts in, erasing takes out."""

import numpy as np
import pytest

from earwitness.errors import SettingsError
from earwitness.lake import arrow, columns
from earwitness.lake.tables import TABLES
from earwitness.library import Library
from earwitness.settings import Settings
from earwitness.settings.understanding import Price
from journal_legs import Legs
from privacy_vaults import encrypted


def record(library, **opened):
    """One call, that has ended and whose files are made."""
    with Legs(library.data_path) as legs:
        leg = legs.open(**opened)
        leg.user(100, "item_1", "Are you open?")
        leg.assistant(1500, "item_2", "Until ten.", np.full(24_000, 900, "<i2").tobytes())
        leg.end(4000)
    library.catch_up()
    return leg.conversation


def stored(library):
    """Every file of the lake, by path."""
    return {info.path: b"".join(library.objects.open(info.path)) for info in library.objects.list("lake")}


def ids(library, workspace="default"):
    return {
        row["conversation_id"]
        for table in TABLES
        for info in library.columns.lake.files(table, workspace)
        for row in arrow.from_parquet(table, b"".join(library.objects.open(info.path))).to_pylist()
    }


@pytest.fixture
def library(tmp_path):
    library = Library(Settings(data_dir=str(tmp_path / "data")))
    yield library
    library.catalog.close()


def test_a_call_counts_once_the_work_after_it_is_done(library):
    assert library.metric("volume").points == []
    record(library)
    [point] = library.metric("volume", by=("day", "provider")).points
    assert (point["provider"], point["value"]) == ("openai", 1)
    [point] = library.metric("messages").points
    assert point["value"] == 2


def test_finishing_a_call_again_changes_no_file_of_the_lake(library):
    call = record(library)
    before = stored(library)
    library.finish("default", call)
    assert stored(library) == before


def test_a_reindex_makes_the_lake_again_as_it_was_and_without_what_was_no_call(library):
    record(library)
    before = stored(library)
    library.columns.lake.clear()
    assert library.reindex() == 1
    assert stored(library) == before


def test_what_is_erased_counts_no_more_and_is_in_no_file(library):
    gone, stays = record(library), record(library)
    library.tidy_lake()
    assert len(stored(library)) == len({path.split("/")[1] for path in stored(library)})
    library.erase(gone)
    assert ids(library) == {stays}
    assert library.metric("volume").points[0]["value"] == 1


def test_an_encrypted_lake_lies_sealed_and_is_asked_from_copies_in_memory_that_erasing_takes_along(tmp_path):
    library = Library(encrypted(tmp_path))
    call = record(library, labels=["SECRETLABEL"], route="line")
    assert library.metric("volume", by=("label",)).points[0]["label"] == "SECRETLABEL"
    lying = [path for path in library.data_path.rglob("*") if path.is_file() and path.suffix == ".parquet"]
    assert lying
    assert not any(b"PAR1" in path.read_bytes() or b"SECRETLABEL" in path.read_bytes() for path in lying)
    copies = library.scratch / "lake-copies"
    assert any(copies.rglob("*.parquet"))
    library.erase(call)
    assert not any(copies.rglob("*.parquet"))
    assert library.metric("volume").points == []
    library.catalog.close()


def test_new_prices_count_for_old_calls_after_the_lake_is_made_again(tmp_path):
    settings = {"data_dir": str(tmp_path)}
    library = Library(Settings(**settings))
    record(library)
    assert library.metric("cost").points[0]["count"] == 0
    priced = Library(Settings(**settings, prices={"openai": Price(per_call=3.5)}))
    assert priced.rebuild_lake() == 1
    assert priced.metric("cost").points[0]["value"] == 3.5


def test_without_its_packages_all_else_works_and_asking_says_what_to_install(library, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(columns, "PACKAGES", ("no_such_package",))
        call = record(library)
        assert library.conversation(call).figures() is not None
        assert stored(library) == {}
        for ask in (lambda: library.metric("volume"), library.metrics_there_are):
            with pytest.raises(SettingsError) as refused:
                ask()
            assert "earwitness[lake]" in refused.value.hint
    assert library.rebuild_lake() == 1
    assert library.metric("volume").points[0]["value"] == 1
    with monkeypatch.context() as patched:
        patched.setattr(columns, "PACKAGES", ("no_such_package",))
        with pytest.raises(SettingsError):  # or its rows would stay in files nobody can write anew
            library.erase(call)
    assert library.erasures.go_on()[0].state == "done"
    assert stored(library) == {}


def test_a_try_to_store_that_failed_is_counted_and_stands_in_the_metric(library):
    call = record(library)
    library.catalog.note_failed_save("default", call)
    library.rebuild_lake()
    [point] = library.metric("upload_success").points
    assert (point["value"], point["failures"]) == (0.5, 1)
