"""The public Python surface: what it offers, and what it costs to import."""

import subprocess
import sys

import pytest

import earwitness


@pytest.mark.parametrize("name", earwitness.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(earwitness, name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'recrod'"):
        _ = earwitness.recrod


def test_importing_the_package_loads_no_room_and_no_server() -> None:
    loaded = (
        "import sys, earwitness; print(*(m for m in sys.modules if m.startswith(('earwitness.', 'fastapi'))))"
    )
    run = subprocess.run([sys.executable, "-c", loaded], check=True, capture_output=True, text=True)
    assert run.stdout.split() == []
