"""The web app's pure parts, by their own tests (Vitest), and its types."""

import subprocess

import pytest

from browsed import ROOT


def test_vitest_finds_nothing_wrong() -> None:
    if not (ROOT / "web" / "node_modules" / ".bin" / "vitest").exists():
        pytest.skip("needs the web app's tools: make web (Node 20)")
    done = subprocess.run(
        ["npm", "--prefix", "web", "test"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
