from pathlib import Path

from earwitness.privacy.audit import Audit
from earwitness.privacy.checkpoints import Checkpoints
from earwitness.privacy.proving import problems_of_log
from earwitness.store.catalog import Catalog


def test_a_log_that_grows_between_its_checkpoints_is_proven_by_each(
    catalog: Catalog, audit: Audit, tmp_path: Path
) -> None:
    points = Checkpoints(audit, catalog.database, tmp_path)
    first = points.make().note
    for _ in range(3):
        audit.note("read", workspace="default", actor="key:a")
        points.make()
    assert list(problems_of_log(audit, points.stored(), points.public_key, first)) == []


def test_a_checkpoint_of_somebody_else_proves_nothing(catalog: Catalog, audit: Audit, tmp_path: Path) -> None:
    points = Checkpoints(audit, catalog.database, tmp_path / "ours")
    other = Checkpoints(audit, catalog.database, tmp_path / "theirs").make().note
    [problem] = problems_of_log(audit, [], points.public_key, other)
    assert "not signed by this installation" in problem
