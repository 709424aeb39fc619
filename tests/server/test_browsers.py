"""Browser applications of other origins."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from earwitness.errors import SettingsError
from earwitness.library import Library
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Listen, Settings
from earwitness.settings.reading import load

OURS, STRANGE = "https://app.example.org", "https://evil.example.org"


def preflight(folder: Path, origin: str, *origins: str) -> dict[str, str]:
    settings = Settings(data_dir=str(folder), api=Listen(cors_origins=origins))
    client = TestClient(create_app(Library(settings), Links(b"x")))
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type"
    answer = client.options("/api/v1/chat/save-message", headers=asked)
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control")}


def test_an_origin_that_is_named_may_call_and_no_other(tmp_path: Path) -> None:
    assert preflight(tmp_path, OURS, OURS)["access-control-allow-origin"] == OURS
    assert "access-control-allow-credentials" not in preflight(tmp_path, OURS, OURS)
    assert "access-control-allow-origin" not in preflight(tmp_path, STRANGE, OURS)
    assert not preflight(tmp_path, OURS), "off unless set"


@pytest.mark.parametrize("origin", ["*", "app.example.org", "https://app.example.org/", "null"])
def test_what_is_no_origin_is_refused_at_the_start(tmp_path: Path, origin: str) -> None:
    with pytest.raises(SettingsError):
        preflight(tmp_path, OURS, origin)


def test_the_environment_names_several_with_commas(tmp_path: Path) -> None:
    settings = load(environ={"EARWITNESS_API__CORS_ORIGINS": f"{OURS}, {STRANGE}"})
    assert settings.api.origins == (OURS, STRANGE)
