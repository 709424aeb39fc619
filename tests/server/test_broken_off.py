"""An answer that fails on its way: whoever fetches it sees that it is not whole."""

import http.client
import urllib.request
from pathlib import Path

import pytest

from earwitness.library import Library
from played import Played
from recorded import as_it_was, copied
from served import serving
from typed import AS_IT_WAS


def test_an_export_that_fails_in_the_middle_does_not_arrive_as_if_it_were_whole(
    played: Played, tmp_path: Path
) -> None:
    data = copied(played.folder, tmp_path / "data")
    library = Library(as_it_was(data))
    key = library.keys.create("reader", ("read",)).text
    rows = list(library.conversations())
    library.catalog.close()
    [file] = (data / "objects").rglob(f"{rows[-1].id}/analytics.json")
    with serving(tmp_path, key=key, env=AS_IT_WAS) as served:
        status, whole = served.get("/api/v1/export?format=jsonl")
        assert (status, len(whole.splitlines())) == (200, len(rows))
        file.write_bytes(b"{")  # of the last one
        headers = {"Authorization": f"Bearer {key}"}
        asked = urllib.request.Request(f"{served.api()}/api/v1/export?format=jsonl", headers=headers)
        with urllib.request.urlopen(asked, timeout=60) as answer, pytest.raises(http.client.IncompleteRead):
            answer.read()
        assert "already started" in served.said()
        assert served.get("/healthz")[0] == 200
