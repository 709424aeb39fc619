"""What is asked of a lake, wherever its files lie."""

import pytest

from earwitness.lake import arrow, files
from earwitness.lake.asking import Metrics
from earwitness.lake.copies import Copies
from earwitness.lake.files import Lake
from earwitness.lake.metrics import METRICS, Asked
from earwitness.settings import ObjectStore
from earwitness.store.folder import FolderObjects
from earwitness.store.s3 import S3Objects
from lake_rows import began_ns, identity, rows_of_call
from s3_server import moto

CALLS, GONE = 7, 3


@pytest.fixture
def bucket(tmp_path, monkeypatch):
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield S3Objects(f"s3://{server.bucket()}/voice", ObjectStore(), tmp_path / "spool")


def answers(objects, folder):
    """Every metric by day and provider, before and after a call was erased; and the names of all files."""
    lake = Lake(objects, folder)
    metrics = Metrics(lake, Copies(objects, folder / "copies"))

    def asked():
        found = [metrics.ask("default", name, Asked(by=("day", "provider"))) for name in METRICS]
        return [(each.metric, each.points) for each in found]

    for number in range(CALLS):
        lake.take("default", identity(number), began_ns(number), rows_of_call(number))
    before = asked()
    lake.remove("default", identity(GONE), began_ns(GONE))
    return before, asked(), sorted(info.path for info in objects.list("lake"))


def test_a_lake_in_a_bucket_answers_as_one_in_a_folder_and_forgets_as_well(bucket, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MANY", 3)
    (tmp_path / "near").mkdir()
    (tmp_path / "far").mkdir()
    near = answers(FolderObjects(tmp_path / "objects"), tmp_path / "near")
    far = answers(bucket, tmp_path / "far")
    assert far == near
    before, after, names = far
    assert before != after
    assert any("part-" in name for name in names)
    for name in names:
        rows = arrow.from_parquet(name.split("/")[1], b"".join(bucket.open(name)))
        assert identity(GONE) not in rows["conversation_id"].to_pylist()
