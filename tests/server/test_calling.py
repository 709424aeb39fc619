"""A webhook that tells of a call by SIP begins its recording; both are one conversation."""

import asyncio
import base64
import hmac
import json
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from earwitness.library import Library
from earwitness.model.conversation import Status
from earwitness.pipeline.follow import Follower
from earwitness.redaction.policies import Untouched
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Settings, Signed, Sip, Webhooks
from fake_sip import FakeSip

KEY = b"made up for this test"


async def tell(app: FastAPI, event: object) -> int:
    body, at = json.dumps(event).encode(), str(int(time.time()))
    made = base64.b64encode(hmac.digest(KEY, f"wh_1.{at}.".encode() + body, "sha256")).decode()
    headers = {"webhook-id": "wh_1", "webhook-timestamp": at, "webhook-signature": f"v1,{made}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://ears") as client:
        answer = await client.post("/webhooks/openai", content=body, headers=headers)
    if app.state.calling.tasks:
        await asyncio.wait(tuple(app.state.calling.tasks), timeout=10)
    return answer.status_code


@pytest.mark.parametrize("api_key", ["sk-made-up", ""])
async def test_a_call_that_is_told_of_is_recorded_once_where_there_is_a_key(
    tmp_path: Path, api_key: str
) -> None:
    event = {"type": "realtime.call.incoming", "data": {"call_id": "rtc_1", "sip_headers": []}}
    async with FakeSip() as fake:
        secret = "whsec_" + base64.b64encode(KEY).decode()
        settings = Settings(
            data_dir=str(tmp_path),
            webhooks=Webhooks(openai=Signed(secret)),
            sip=Sip(api_key=api_key, api_base=fake.url, accept={"model": "gpt-realtime"}),
        )
        library = Library(settings)
        app = create_app(library, Links(b"test"))
        for _ in range(2):
            assert await tell(app, event) == 200
    app.state.receiving.close()
    assert (len(fake.accepted), len(fake.connected)) == ((1, 1) if api_key else (0, 0))
    (conversation,) = Follower(tmp_path / "journal", library.catalog, Untouched()).tick().changed
    assert [leg.way for leg in conversation.legs] == ["webhook", "sip"][: len(conversation.legs)]
    assert [message.text for message in conversation.messages] == (["Hello."] if api_key else [])
    assert (conversation.status, conversation.findings) == (Status.COMPLETE, ())
    library.catalog.close()


@pytest.mark.parametrize("event", [{"type": "live.call.incoming", "data": {}}, {"data": 7}, [], "x"])
async def test_other_news_begins_nothing(tmp_path: Path, event: object) -> None:
    async with FakeSip() as fake:
        secret = "whsec_" + base64.b64encode(KEY).decode()
        sip = Sip(api_key="sk-made-up", api_base=fake.url)
        settings = Settings(data_dir=str(tmp_path), webhooks=Webhooks(openai=Signed(secret)), sip=sip)
        library = Library(settings)
        app = create_app(library, Links(b"test"))
        assert await tell(app, event) == 200
    app.state.receiving.close()
    library.catalog.close()
    assert fake.connected == []
