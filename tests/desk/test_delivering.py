"""What leaves by itself after a call."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from collector import Collector
from earwitness.desk.delivering import Carrier
from earwitness.errors import StorageUnavailable
from earwitness.library import Library
from earwitness.privacy.audit import AuditQuery
from earwitness.settings import Settings
from earwitness.settings.outbound import Mirror, Otel
from earwitness.settings.redaction import Redaction
from earwitness.store import deliveries
from earwitness.store.chosen import objects_at
from exported import chat
from s3_server import moto

SAID = ("I want a quote for my Toyota Camry", "Of course")


def opened(tmp_path: Path, **settings: Any) -> Library:
    return Library(Settings(data_dir=str(tmp_path / "data"), redact=Redaction(enabled=False), **settings))


def round_of(carrier: Carrier) -> int:
    due = list(carrier.due())
    for workspace, conversation in due:
        carrier.ship(workspace, conversation)
    return len(due)


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_call_lies_in_the_mirror_in_its_layout_and_leaves_it_when_it_is_erased(tmp_path: Path) -> None:
    there = tmp_path / "mirror"
    library = opened(tmp_path, mirror=Mirror(url=str(there), layout="s3"))
    call = chat(library, tmp_path, *SAID)
    [carrier] = library.carriers()
    assert round_of(carrier) == 1
    shape = rf"conversations/2026-03-01/call-a/{call.id}_(conversation|summary|insurance_data).json"
    assert len(files(there)) == 3
    assert all(re.fullmatch(shape, path) for path in files(there))
    [data] = there.rglob("*_insurance_data.json")
    assert json.loads(data.read_text())["vehicleMake"] == "Toyota"
    assert round_of(carrier) == 0  # it is there
    asked = AuditQuery(workspace="default", conversation=call.id, action="mirror")
    [entry] = library.audit.entries(asked)
    assert entry.facts["files"] == 3
    library.erase(call.id)
    assert files(there) == set()
    assert deliveries.of_conversation(library.catalog.database, "default", call.id) == ()


def test_what_is_made_anew_is_sent_anew_and_what_it_no_longer_has_goes(tmp_path: Path) -> None:
    there = tmp_path / "mirror"
    library = opened(tmp_path, mirror=Mirror(url=str(there), layout="s3"))
    call = chat(library, tmp_path, *SAID)
    [carrier] = library.carriers()
    round_of(carrier)
    [row] = deliveries.of_conversation(library.catalog.database, "default", call.id)
    left = there / "conversations" / "left.json"
    left.write_text("{}")
    deliveries.save(library.catalog.database, replace(row, paths=[*row.paths, "conversations/left.json"]))
    library.unmake("default", call.id)
    library.catch_up()
    assert round_of(carrier) == 1
    assert not left.exists()
    assert len(files(there)) == 3


def test_a_mirror_that_is_no_longer_set_is_cleared_all_the_same(tmp_path: Path) -> None:
    there = tmp_path / "mirror"
    library = opened(tmp_path, mirror=Mirror(url=str(there), layout="recordings"))
    call = chat(library, tmp_path, *SAID)
    [carrier] = library.carriers()
    round_of(carrier)
    assert len(files(there)) == 3
    library.catalog.close()
    other = opened(tmp_path)
    assert other.carriers() == []
    other.erase(call.id)
    assert files(there) == set()


def test_what_became_part_of_another_call_leaves_the_mirror(tmp_path: Path) -> None:
    there = tmp_path / "mirror"
    library = opened(tmp_path, mirror=Mirror(url=str(there), layout="s3"))
    call = chat(library, tmp_path, *SAID)
    [carrier] = library.carriers()
    round_of(carrier)
    library.catalog.remove("default", call.id)
    assert list(carrier.due()) == []
    assert files(there) == set()


def test_a_mirror_that_does_not_take_it_is_tried_later_and_told_of(tmp_path: Path) -> None:
    there = tmp_path / "mirror"
    there.write_text("a file where a folder should be")
    library = opened(tmp_path, mirror=Mirror(url=str(there), layout="s3"))
    call = chat(library, tmp_path, *SAID)
    [carrier] = library.carriers()
    with pytest.raises(StorageUnavailable):
        round_of(carrier)
    assert list(carrier.due()) == []  # not before a while has passed
    [problem] = library.check()["problems"]
    assert problem.startswith(f"conversation {call.id} is not at mirror:s3:")
    [row] = deliveries.of_conversation(library.catalog.database, "default", call.id)
    there.unlink()
    deliveries.save(library.catalog.database, replace(row, again_at=row.changed_at))
    assert round_of(carrier) == 1
    assert library.check()["problems"] == []


def test_traces_of_calls_of_today_go_to_the_collector_once(tmp_path: Path) -> None:
    import earwitness

    with Collector() as collector:
        how = Otel(traces_url=collector.url)
        with earwitness.record(provider="generic", data_dir=str(tmp_path / "data")) as leg:
            leg.received({"type": "message", "role": "user", "text": "hello"})
        library = opened(tmp_path, otel=how)
        library.catch_up()
        chat(library, tmp_path, *SAID)  # of long ago: collectors refuse what is old
        [carrier] = library.carriers()
        assert round_of(carrier) == 1
        assert round_of(carrier) == 0
    [root] = [span for span in collector.spans if not span.parent_span_id]
    assert root.name.startswith("invoke_agent")
    assert "hello" not in str(collector.requests)
    assert library.audit.entries(AuditQuery(workspace="default", action="trace"))


def test_nothing_leaves_unless_it_is_set(tmp_path: Path) -> None:
    assert opened(tmp_path).carriers() == []


def test_a_mirror_may_be_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        url = f"s3://{server.bucket()}/calls"
        library = opened(tmp_path, mirror=Mirror(url=url, layout="s3"))
        call = chat(library, tmp_path, *SAID)
        [carrier] = library.carriers()
        assert round_of(carrier) == 1
        there = objects_at(url, library.settings)
        assert len(list(there.list("conversations"))) == 3
        library.erase(call.id)
        assert list(there.list("conversations")) == []
