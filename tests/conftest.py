"""For all tests: what this machine could not run is said last and loudly, not lost in the dots."""

import gc
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")  # what is tried is what comes out, not how busy the machine is


def pytest_collection_finish() -> None:
    """EARWITNESS_CHAOS is this suite's own switch, and read by now: programs under test would refuse it."""
    os.environ.pop("EARWITNESS_CHAOS", None)
    gc.collect()
    gc.freeze()  # looking through thousands of tests for garbage would hold up a call by a second


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in skipped)
    if not reasons:
        return
    terminalreporter.section("NOT TESTED ON THIS MACHINE", sep="!", yellow=True, bold=True)
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:4} x {reason}")
