from pathlib import Path

import pytest
import sqlalchemy as sa

from earwitness.privacy.audit import Audit
from earwitness.privacy.checkpoints import Checkpoints
from earwitness.privacy.proving import problems_of_log
from earwitness.store import trail
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


@pytest.mark.parametrize("hole", [range(at, at + length) for length in (1, 2) for at in range(7)])
def test_entries_that_are_missing_are_named_wherever_they_were(
    catalog: Catalog, audit: Audit, tmp_path: Path, hole: range
) -> None:
    points = Checkpoints(audit, catalog.database, tmp_path)
    for _ in range(9):
        audit.note("read", workspace="default", actor="key:a")
    outside = points.make().note
    with catalog.database.writing() as connection:
        connection.execute(sa.delete(trail.audit_entries).where(trail.audit_entries.c.number.in_(hole)))
    told = list(problems_of_log(audit, points.stored(), points.public_key, outside))
    named = f"entry {hole[0]} is" if len(hole) == 1 else f"entries {hole[0]} to {hole[-1]} are"
    assert told[0] == f"audit {named} missing"
    assert any("the checkpoint kept outside" in problem for problem in told[1:])
