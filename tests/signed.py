"""A desk that webhooks are posted to, and what the providers would send it: signed as they sign."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi.testclient import TestClient
from twilio.request_validator import RequestValidator

from earwitness.journal.segment import leg_folders_of
from earwitness.library import Library
from earwitness.model.conversation import Conversation
from earwitness.pipeline.follow import Follower
from earwitness.redaction.policies import Untouched
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Settings, Signed, SignedByTwilio, Webhooks
from earwitness.store.catalog import Catalog

WHSEC = "whsec_" + base64.b64encode(b"made up for this test").decode()
SECRETS = Webhooks(
    public_url="https://ears.example.org",
    openai=Signed(WHSEC),
    elevenlabs=Signed("wsec_made_up"),
    hume=Signed("hume made up"),
    twilio=SignedByTwilio("token made up"),
)
CALL = "CA" + "0" * 32


class Desk:
    """A desk's application over a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.library = Library(Settings(data_dir=str(folder), webhooks=SECRETS))
        self.app = create_app(self.library, Links(b"test"))
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def close(self) -> None:
        self.app.state.receiving.close()
        self.library.catalog.close()

    def legs(self) -> list[Path]:
        return [leg for day in (self.folder / "journal").glob("*") for leg in leg_folders_of(day)]

    def told(self) -> list[Conversation]:
        """What follows from all that was kept."""
        catalog: Catalog = self.library.catalog
        tick = Follower(self.folder / "journal", catalog, Untouched()).tick()
        return list(tick.changed)

    def post(self, provider: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        return self.client.post(f"/webhooks/{provider}", content=body, headers=headers)

    def openai(self, event: dict[str, Any], name: str = "wh_1", at_s: float | None = None) -> httpx.Response:
        return self.post("openai", *signed_openai(event, name, at_s))

    def elevenlabs(self, event: dict[str, Any]) -> httpx.Response:
        return self.post("elevenlabs", *signed_elevenlabs(json.dumps(event).encode()))

    def hume(self, event: dict[str, Any]) -> httpx.Response:
        body, at = json.dumps(event).encode(), str(int(time.time()))
        made = hmac.new(b"hume made up", body + b"." + at.encode(), hashlib.sha256).hexdigest()
        headers = {"X-Hume-AI-Webhook-Signature": made, "X-Hume-AI-Webhook-Timestamp": at}
        return self.post("hume", body, headers)

    def twilio(self, form: dict[str, str], token: str = "") -> httpx.Response:
        return self.post("twilio", *signed_twilio(form, token))


def signed_openai(
    event: dict[str, Any], name: str, at_s: float | None = None
) -> tuple[bytes, dict[str, str]]:
    body, at = json.dumps(event).encode(), str(int(time.time() if at_s is None else at_s))
    key = base64.b64decode(WHSEC.removeprefix("whsec_"))
    made = base64.b64encode(hmac.digest(key, f"{name}.{at}.".encode() + body, "sha256")).decode()
    return body, {"webhook-id": name, "webhook-timestamp": at, "webhook-signature": f"v1,{made}"}


def signed_elevenlabs(body: bytes) -> tuple[bytes, dict[str, str]]:
    at = str(int(time.time()))
    made = hmac.new(b"wsec_made_up", at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return body, {"ElevenLabs-Signature": f"t={at},v0={made}"}


def signed_twilio(form: dict[str, str], token: str = "") -> tuple[bytes, dict[str, str]]:
    url = "https://ears.example.org/webhooks/twilio"
    made = RequestValidator("token made up").compute_signature(url, form)
    headers = {"X-Twilio-Signature": made, "Content-Type": "application/x-www-form-urlencoded"}
    return urlencode(form).encode(), headers | ({"I-Twilio-Idempotency-Token": token} if token else {})


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "data")
    yield desk
    desk.close()


INCOMING = {
    "id": "evt_1",
    "object": "event",
    "created_at": 1_800_000_000,
    "type": "realtime.call.incoming",
    "data": {
        "call_id": "rtc_1",
        "sip_headers": [
            {"name": "From", "value": "sip:+15555550100@sip.example.com"},
            {"name": "X-Twilio-CallSid", "value": CALL},
        ],
    },
}
CALLED = {
    "type": "post_call_transcription",
    "event_timestamp": 1_800_000_100,
    "data": {
        "agent_id": "agent_1",
        "conversation_id": "conv_1",
        "status": "done",
        "transcript": [
            {"role": "agent", "message": "Hello, what may it be?", "time_in_call_secs": 0},
            {"role": "user", "message": "A tea.", "time_in_call_secs": 2},
            {
                "role": "agent",
                "message": None,
                "time_in_call_secs": 3,
                "tool_calls": [
                    {"request_id": "t1", "tool_name": "order", "params_as_json": '{"what":"tea"}'}
                ],
                "tool_results": [{"request_id": "t1", "result_value": "ordered", "is_error": False}],
            },
            {"role": "agent", "message": "It is on its wa", "interrupted": True, "time_in_call_secs": 4},
        ],
        "metadata": {
            "start_time_unix_secs": 1_800_000_000,
            "cost": 296,
            "termination_reason": "client ended call",
        },
        "analysis": {"call_successful": "success", "transcript_summary": "Tea was ordered."},
    },
}
RECORDED = {"AccountSid": "AC1", "CallSid": CALL, "RecordingSid": "RE1", "RecordingStatus": "absent"}
ENDED = {
    "event_name": "chat_ended",
    "chat_id": "chat_1",
    "chat_group_id": "group_1",
    "end_reason": "USER_ENDED",
    "duration_seconds": 3,
    "end_time": 1_800_000_000_000,
}
