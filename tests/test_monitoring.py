"""What is shipped for Prometheus and Grafana asks for what a live server tells, and for nothing else."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from asked import Asker
from earwitness.library import Library
from earwitness.settings import Settings
from journal_legs import Legs

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


@pytest.fixture
def own_asker(tmp_path: Path) -> Iterator[Asker]:
    """A server with one call of this minute."""
    library = Library(Settings(data_dir=str(tmp_path)))
    with Legs(tmp_path, time.time() - 60) as legs:
        leg = legs.open()
        leg.user(100, "item_1", "Are you open?")
        leg.end(4000)
    library.catch_up()
    library.catalog.close()
    asker = Asker(tmp_path)
    yield asker
    asker.close()


def test_every_metric_of_the_rules_and_the_dashboard_is_told_by_a_live_server(own_asker: Asker) -> None:
    own_asker.library.watching.set_rule("default", "any", {"watch": "latency"}, by="test")
    answer = own_asker.ask("/metrics").text
    known = set(re.findall(r"^# TYPE (\w+) ", answer, re.MULTILINE))
    rules = (DEPLOY / "prometheus/rules.yml").read_text("utf-8")
    board = (DEPLOY / "grafana/dashboard.json").read_text("utf-8")
    for name, text in (("rules", rules), ("dashboard", board)):
        used = set(re.findall(r"earwitness_\w+", text))
        assert used, name
        assert used <= known, (name, used - known)
    assert known == set(re.findall(r"earwitness_\w+", board)), "the dashboard shows all there is"


def test_labels_of_the_rules_and_the_dashboard_are_those_that_are_told(own_asker: Asker) -> None:
    answer = own_asker.ask("/metrics").text
    labels = set(re.findall(r"[{,](\w+)=", answer)) | {"rule", "state", "reason"}
    texts = [
        (DEPLOY / name).read_text("utf-8") for name in ("prometheus/rules.yml", "grafana/dashboard.json")
    ]
    used = {
        name
        for text in texts
        for name in re.findall(r"\$labels\.(\w+)|\{\{(\w+)\}\}", text)
        for name in name
        if name
    }
    assert used - {"__name__"} <= labels


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    board = json.loads((DEPLOY / "grafana/dashboard.json").read_text("utf-8"))
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]}
    assert len(places) == len(board["panels"])
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool: apt-get install prometheus")
def test_promtool_takes_the_rules() -> None:
    done = subprocess.run(
        ["promtool", "check", "rules", DEPLOY / "prometheus/rules.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
