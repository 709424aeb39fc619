"""R44, R45: workspaces never see one another, and whatever is asked, the API answers."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as of_hypothesis
from websockets.asyncio.client import connect

from asked import Asker, routes
from chaos_tools import IS_FULL
from earwitness.capture.verbs import Command
from earwitness.library import Library
from earwitness.server import live
from earwitness.server.guard import OPEN
from earwitness.settings import Settings
from taps import echo, tapped, upstream


@pytest.fixture(autouse=True)
def no_endless_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.0)


def test_r44_no_list_search_stream_or_count_of_one_workspace_tells_of_another(two_houses: Asker) -> None:
    desk = two_houses
    for method, path in routes(desk.app):
        if path in OPEN or method not in ("GET", "HEAD") or "{" in path:
            continue
        for key, others in (("admin", "acme"), ("other", "default")):
            told = desk.ask(f"{path}?q=word", key, method)
            assert told.status_code < 500, path
            assert f"RID-{others}" not in told.text, path
            assert f"word of {others}" not in told.text, path
        assert desk.ask(path, None, method).status_code == 401
        assert desk.ask(path, "capture", method).status_code == 403
    seen = desk.ask("/api/v1/search", params={"q": "word"}).json()
    assert "RID-default" in json.dumps(seen), "or this test sees nothing"


async def test_r44_a_call_of_one_workspace_never_joins_one_of_another(tmp_path: Path) -> None:
    """Though both are called the same, through the same tap, at the same time."""
    async with (
        upstream(echo) as (_, url),
        tapped(tmp_path, url, listen={"require_key": True}, admit=lambda key: key) as rig,
        connect(rig.url("/r?ew_key=default&ew_conversation=same")) as ours,
        connect(rig.url("/r?ew_key=acme&ew_conversation=same")) as theirs,
    ):
        for client in (ours, theirs):
            await client.send("hello")
            await client.recv()
        stop = Command(verb="stop", workspace="acme", links=("conversation:same",), data={})
        assert len(await rig.tap.obey(stop)) == 1, "and a word of one is not for the other"
    library = Library(Settings(data_dir=str(tmp_path)))
    library.catch_up()
    for workspace in ("default", "acme"):
        (call,) = library.of_workspace(workspace).conversations()
        assert len(call.folders) == 1
    library.catalog.close()


@pytest.mark.filterwarnings("ignore")  # of the tool's own
def test_r45_whatever_is_asked_the_api_answers_and_never_falls_over(
    two_houses: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20,000 cases in the full form; 5xx is the fault, 422 is an answer."""
    monkeypatch.setattr(live, "LONGEST_S", 0.0)  # else a stream of what happens now goes on for minutes
    desk = two_houses
    schema = schemathesis.openapi.from_dict(desk.app.openapi())
    operations = [result.ok() for result in schema.get_all_operations()]
    operations = [op for op in operations if op.method.upper() in ("GET", "POST", "PUT", "DELETE")]
    assert len(operations) > 50
    each = 24_000 // len(operations) if IS_FULL else 4  # some have fewer ways to be asked
    faults: list[str] = []
    asked = 0
    for operation in operations:

        @of_hypothesis(max_examples=each, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            sent = case.as_transport_kwargs(base_url="http://127.0.0.1:5001")
            sent.pop("cookies", None)
            headers = {k: v for k, v in dict(sent.pop("headers", {})).items() if k.lower() != "authorization"}
            headers |= {"Authorization": f"Bearer {desk.keys['other']}"}
            with suppress(httpx.InvalidURL, UnicodeEncodeError, ValueError):
                body = sent.pop("data", None)
                asked += 1
                answer = desk.client.request(
                    sent["method"],
                    sent["url"],
                    headers=headers,
                    content=body,
                    json=sent.get("json"),
                    params=sent.get("params"),
                )
                if answer.status_code >= 500 and answer.status_code != 503:
                    faults.append(f"{sent['method']} {sent['url']} {sent.get('params')}: {answer.text[:200]}")

        ask()
    print(f"{asked} cases of {len(operations)} operations")
    assert faults == []
    assert desk.ask("/healthz", None).status_code == 200
