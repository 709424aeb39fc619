"""The desk's part that counts: the lake of all conversations and the metrics asked of it."""

import contextlib
import math
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earwitness.desk.protected import Protected
from earwitness.errors import NotFound, StorageUnavailable
from earwitness.lake.columns import Columns, is_installed
from earwitness.model.conversation import Status

if TYPE_CHECKING:
    from earwitness.lake.asking import Answer

RECENT_FOR_S = 60.0  # whoever asks for recent figures again and again gets them as old as that


class Counting(Protected):
    """The part of the desk that answers over many conversations at once."""

    scratch: Path

    def _open_lake(self) -> None:
        self.columns = Columns(
            self.catalog,
            self.objects,
            self.data_path,
            self.settings.prices,
            copies=(self.data_path if self.vault is None else self.scratch) / "lake-copies",
        )
        self.erasures.purgers.append(self.columns.purge)
        self._recent: dict[tuple[str, str], tuple[float, list[dict[str, Any]]]] = {}

    def metric(self, name: str, **asked: Any) -> "Answer":
        """One of the fifteen metrics over this workspace; `asked`: the fields of `lake.metrics.Asked`.

        Raises `NotFound` for what is no metric, `InvalidInput` for what is no group or time, `SettingsError`
        without the extra `lake`.
        """
        self.columns.require()
        from earwitness.lake.metrics import Asked

        self._touch()
        return self.columns.metrics.ask(self.workspace, name, Asked(**asked))

    def recent(self, name: str) -> list[dict[str, Any]]:
        """A metric of this workspace by provider, over the last 24 hours; at most a minute old. Nothing
        without the extra `lake`, or while its files cannot be read."""
        if not is_installed():
            return []
        asked_s, found = self._recent.get((self.workspace, name), (-math.inf, []))
        if time.monotonic() - asked_s > RECENT_FOR_S:
            from earwitness.lake.metrics import Asked

            asked = Asked(by=("provider",), since=datetime.now(UTC) - timedelta(days=1))
            with contextlib.suppress(StorageUnavailable):
                found = self.columns.metrics.ask(self.workspace, name, asked).points
            self._recent[self.workspace, name] = time.monotonic(), found
        return found

    def metrics_there_are(self) -> list[dict[str, Any]]:
        """All of them, with what each means. Raises `SettingsError` without the extra `lake`."""
        self.columns.require()
        from earwitness.lake.metrics import METRICS

        self._touch()
        names = ("name", "unit", "counts", "meaning", "table")
        return [
            {**{name: getattr(metric, name) for name in names}, "beside": dict(metric.told)}
            for metric in METRICS.values()
        ]

    def rebuild_lake(self) -> int:
        """Make the lake of this workspace again from its conversations; how many it has then.

        For calls that ended while the extra was not installed, and for prices that have changed.
        """
        count = 0
        for recorded in self.conversations():
            figures = recorded.figures()
            if recorded.row.status != Status.ACTIVE and figures is not None:
                try:
                    self.columns.take(recorded.conversation, figures, recorded.understood)
                except NotFound:  # deleted meanwhile
                    continue
                count += 1
        return count

    def clear_lake(self) -> None:
        """Nothing is in it afterwards; the work after the calls fills it again."""
        if is_installed():
            self.columns.lake.clear()
            self.columns.copies.forget()

    def tidy_lake(self) -> int:
        """Days that are over lie in few files afterwards; how many tables of days did not."""
        if not is_installed():
            return 0
        self.columns.copies.forget()
        return self.columns.lake.tidy()
