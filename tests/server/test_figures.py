"""Recent figures are those of the last 24 hours, by provider, and no older than a minute."""

import time

import numpy as np

from earwitness.desk import counting
from earwitness.library import Library
from earwitness.server.figures import figures
from earwitness.settings import Settings
from journal_legs import Legs


def record(library: Library, began_s: float) -> None:
    with Legs(library.data_path, began_s) as legs:
        leg = legs.open()
        leg.user(100, "item_1", "Are you open?")
        leg.assistant(1500, "item_2", "Until ten.", np.full(24_000, 900, "<i2").tobytes())
        leg.end(4000)
    library.catch_up()


def test_calls_of_the_last_day_are_counted_and_older_ones_are_not(tmp_path, monkeypatch):
    library = Library(Settings(data_dir=str(tmp_path)))
    assert figures(library)["earwitness_duration_seconds"] == []
    record(library, time.time() - 3 * 86_400)
    record(library, time.time() - 600)
    assert figures(library)["earwitness_duration_seconds"] == []  # as it was a moment ago
    monkeypatch.setattr(counting, "RECENT_FOR_S", -1.0)
    assert figures(library)["earwitness_duration_seconds"] == [({"provider": "openai"}, 4.0)]
    assert figures(library)["earwitness_upload_success"] == [({"provider": "openai"}, 1.0)]
    assert library.of_workspace("acme").recent("duration") == []
    library.catalog.close()
