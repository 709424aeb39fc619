import sqlalchemy as sa

from earwitness.store.schema import metadata


def test_every_column_says_what_it_means_and_every_row_whose_it_is() -> None:
    for table in metadata.sorted_tables:
        assert table.comment
        assert all(column.comment for column in table.columns), table.name
        assert "workspace_id" in table.c or table.name in ("workspaces", "audit_checkpoints")


def test_every_foreign_key_has_an_index_that_serves_it() -> None:
    for table in metadata.sorted_tables:
        served = [[column.name for column in index.columns] for index in table.indexes]
        served += [[c.name for c in key.columns] for key in table.constraints if _is_index(key)]
        for key in table.foreign_key_constraints:
            names = set(key.column_keys)
            assert any(set(index[:1]) <= names for index in served), (table.name, names)


def _is_index(constraint: sa.Constraint) -> bool:
    return isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint)
