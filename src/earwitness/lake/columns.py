"""What the work after a call does with the lake: it takes a conversation in, or lets it go.

Parquet needs the extra `lake`. Without it nothing is taken in; `earwitness lake rebuild` makes up for it.
"""

from collections.abc import Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from earwitness.errors import NotFound, SettingsError
from earwitness.lake.tables import rows_of
from earwitness.model.conversation import Conversation
from earwitness.projections.figures import Figures
from earwitness.projections.understood import Understood
from earwitness.settings.understanding import Price
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects
from earwitness.store.rows import ConversationRow

if TYPE_CHECKING:
    from earwitness.lake.asking import Metrics
    from earwitness.lake.copies import Copies
    from earwitness.lake.files import Lake

FOLDER = "lake"  # of the object store
PACKAGES = ("pyarrow", "duckdb", "ibis")


class Columns:
    """The lake of an installation. `copies`: a folder for copies of its files, where those cannot be read
    where they lie; in memory, where all else is encrypted."""

    def __init__(
        self,
        catalog: Catalog,
        objects: Objects,
        data_path: Path,
        prices: Mapping[str, Price],
        *,
        copies: Path,
    ) -> None:
        self._catalog = catalog
        self._objects = objects
        self._data_path = data_path
        self._prices = prices
        self._folder = copies

    def take(self, conversation: Conversation, figures: Figures, known: Understood) -> bool:
        """The lake has the rows of this conversation, that has ended; says whether that changed anything."""
        if not is_installed():
            return False
        try:
            failed_saves = self._catalog.get(conversation.workspace, conversation.id).failed_saves
        except NotFound:  # deleted this very moment
            return False
        rows = rows_of(conversation, figures, known, self._prices, failed_saves=failed_saves)
        return self.lake.take(conversation.workspace, conversation.id, conversation.began_at_ns, rows)

    def remove(self, workspace: str, conversation: str) -> None:
        """The lake has no row of it afterwards."""
        try:
            row = self._catalog.get(workspace, conversation)
        except NotFound:
            return
        self.purge(row)

    def purge(self, row: ConversationRow) -> None:
        """No file has a row of it afterwards. Raises `SettingsError` where there are files, and the packages
        to write them anew are not."""
        if not is_installed():
            if next(iter(self._objects.list(FOLDER)), None) is not None:
                raise missing()
            return
        if self.lake.remove(row.workspace_id, row.id, row.began_at_ns):
            self.copies.forget()

    @cached_property
    def lake(self) -> "Lake":
        """Its files. Raises `SettingsError` without the extra."""
        self.require()
        from earwitness.lake.files import Lake

        return Lake(self._objects, self._data_path)

    def require(self) -> None:
        """Raises `SettingsError` without the extra."""
        if not is_installed():
            raise missing()

    @cached_property
    def copies(self) -> "Copies":
        from earwitness.lake.copies import Copies

        return Copies(self._objects, self._folder)

    @cached_property
    def metrics(self) -> "Metrics":
        """What can be asked of it. Raises `SettingsError` without the extra."""
        lake = self.lake
        from earwitness.lake.asking import Metrics

        return Metrics(lake, self.copies)


def is_installed() -> bool:
    """Whether the packages of the extra `lake` are there."""
    return all(find_spec(name) for name in PACKAGES)


def missing() -> SettingsError:
    return SettingsError("the lake needs the packages of its extra", hint="pip install 'earwitness[lake]'")
