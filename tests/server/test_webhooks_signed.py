"""Of what is posted to webhooks only what its provider signed is believed."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from earwitness.library import Library
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Settings, Webhooks
from signed import (
    CALLED,
    ENDED,
    INCOMING,
    RECORDED,
    SECRETS,
    Desk,
    desk,
    signed_elevenlabs,
    signed_openai,
    signed_twilio,
)

__all__ = ["desk"]


def unsigned() -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    sealed = {
        "openai": signed_openai(INCOMING, "wh_1"),
        "elevenlabs": signed_elevenlabs(json.dumps(CALLED).encode()),
        "twilio": signed_twilio(RECORDED),
    }
    for provider, (body, headers) in sealed.items():
        yield provider, "another body", body.replace(b"1", b"2", 1), headers
        yield provider, "no signature", body, {}
        yield provider, "an empty body", b"", headers
        for name in headers:
            yield provider, f"another {name}", body, headers | {name: "t=1,v0=00"}
    yield "openai", "an old one", *signed_openai(INCOMING, "wh_1", time.time() - 400)
    yield "hume", "no signature", json.dumps(ENDED).encode(), {}


@pytest.mark.parametrize(("provider", "why", "body", "headers"), list(unsigned()))
def test_what_is_not_signed_is_refused_and_has_no_effect(
    desk: Desk, provider: str, why: str, body: bytes, headers: dict[str, str]
) -> None:
    answer = desk.post(provider, body, headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json"), why
    assert not (desk.folder / "journal").exists()


def test_without_a_secret_nothing_is_believed(tmp_path: Path) -> None:
    library = Library(Settings(data_dir=str(tmp_path)))
    client = TestClient(create_app(library, Links(b"test")))
    for provider, (body, headers) in {
        "openai": signed_openai(INCOMING, "wh_1"),
        "twilio": signed_twilio(RECORDED),
    }.items():
        assert client.post(f"/webhooks/{provider}", content=body, headers=headers).status_code == 401
    library.catalog.close()


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        (
            Webhooks(trusts_proxy=True),
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ears.example.org"},
            200,
        ),
        (Webhooks(), {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "ears.example.org"}, 401),
        (Webhooks(public_url="https://ears.example.org/"), {"X-Forwarded-Host": "evil.example.org"}, 200),
    ],
)
def test_what_a_proxy_says_of_the_address_counts_only_where_it_is_to(
    tmp_path: Path, settings: Webhooks, headers: dict[str, str], status: int
) -> None:
    told = Webhooks(public_url=settings.public_url, trusts_proxy=settings.trusts_proxy, twilio=SECRETS.twilio)
    library = Library(Settings(data_dir=str(tmp_path), webhooks=told))
    app = create_app(library, Links(b"test"))
    body, signature = signed_twilio(RECORDED)
    answer = TestClient(app).post("/webhooks/twilio", content=body, headers=signature | headers)
    assert answer.status_code == status
    app.state.receiving.close()
    library.catalog.close()


@pytest.mark.parametrize("provider", ["openai", "hume", "twilio"])
def test_a_body_that_is_too_long_is_refused(desk: Desk, provider: str) -> None:
    _, headers = {"openai": signed_openai(INCOMING, "wh_1"), "twilio": signed_twilio(RECORDED)}.get(
        provider,
        (
            b"",
            {"X-Hume-AI-Webhook-Signature": "00" * 32, "X-Hume-AI-Webhook-Timestamp": str(int(time.time()))},
        ),
    )
    assert desk.post(provider, b"x" * (1 << 20) + b"x", headers).status_code == 413
    assert not (desk.folder / "journal").exists()
