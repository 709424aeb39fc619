"""What the tests of protection share: an audit log in a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.privacy.audit import Audit
from earwitness.store.catalog import Catalog


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog.open(f"sqlite:///{tmp_path / 'catalog.db'}")
    yield opened
    opened.close()


@pytest.fixture
def audit(catalog: Catalog) -> Audit:
    return Audit(catalog.database)
