import pytest

from earwitness.store import rows
from earwitness.store.keys import ApiKey
from earwitness.store.schema import metadata

KINDS = [kind for kind in vars(rows).values() if isinstance(kind, type) and issubclass(kind, rows.Row)]


@pytest.mark.parametrize("kind", [*(kind for kind in KINDS if kind is not rows.Row), ApiKey])
def test_the_fields_of_a_row_are_columns_of_its_table(kind: type[rows.Row]) -> None:
    assert set(kind.__struct_fields__) <= set(metadata.tables[kind.TABLE].c.keys())


def test_no_row_holds_a_secret() -> None:
    assert not [name for name in ApiKey.__struct_fields__ if "secret" in name or "sha256" in name]
