"""Webhooks are believed when their sender knew the secret; compared with the official libraries."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from elevenlabs import ElevenLabs
from elevenlabs.core.api_error import ApiError
from openai import InvalidWebhookSignatureError, OpenAI
from starlette.datastructures import QueryParams
from twilio.request_validator import RequestValidator

from earwitness.capture import signatures
from earwitness.capture.signatures import Proof, TwilioProof, TwilioSecrets
from earwitness.errors import SettingsError
from shared import SHARED

NOW_S = 1_800_000_000
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
WHSEC = "whsec_" + base64.b64encode(b"a secret of ours, made up").decode()
WSEC = "wsec_made_up"
BODY = '{"type": "realtime.call.incoming", "said": "grün"}'.encode()
URL = "https://ears.example.org/webhooks/twilio?shop=7"
SECRETS = TwilioSecrets(auth_token="made up token", shared_key="made up key")


def holds(proof: Proof, body: bytes = BODY) -> bool:
    for start in range(0, len(body), 7):
        proof.update(body[start : start + 7])
    return proof.holds()


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def signed_openai(at_s: int = NOW_S, secret: str = WHSEC, body: bytes = BODY) -> dict[str, str]:
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else secret.encode()
    made = base64.b64encode(mac(key, f"wh_1.{at_s}.".encode() + body)).decode()
    return {"webhook-id": "wh_1", "webhook-timestamp": str(at_s), "webhook-signature": f"v1,{made}"}


def signed_elevenlabs(at_s: int = NOW_S, body: bytes = BODY) -> dict[str, str]:
    made = mac(WSEC.encode(), f"{at_s}.".encode() + body).hex()
    return {"elevenlabs-signature": f"t={at_s},v0={made}"}


def signed_hume(at_s: int = NOW_S, body: bytes = BODY) -> dict[str, str]:
    made = mac(b"made up", body + f".{at_s}".encode()).hex()
    return {"x-hume-ai-webhook-signature": made, "x-hume-ai-webhook-timestamp": str(at_s)}


def signed_twilio(url: str, form: Mapping[str, Any] | str) -> dict[str, str]:
    made = RequestValidator(SECRETS.auth_token).compute_signature(url, form)
    return {**FORM, "x-twilio-signature": made}


# -- the vectors -----------------------------------------------------------------------------------------


def vectors() -> list[dict[str, Any]]:
    file = SHARED / "protocols/specs/webhook_signature_vectors.json" if SHARED else None
    return json.loads(file.read_bytes()) if file and file.exists() else []


@pytest.mark.parametrize("vector", [*vectors()] or [None], ids=lambda v: v and f"{v['provider']}-{v['name']}")
def test_every_checked_vector_comes_out_as_it_should(vector: dict[str, Any] | None) -> None:
    if vector is None:
        pytest.skip("needs ../shared/protocols/specs/webhook_signature_vectors.json")
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    body = vector.get("body", "").encode()
    if vector["provider"] == "twilio":
        secrets = TwilioSecrets(auth_token=vector["secret"], shared_key=vector["secret"])
        if "form" in vector:
            headers, body = {**headers, **FORM}, urlencode(vector["form"]).encode()
        proof: Proof = TwilioProof(secrets, headers, vector["url"])
    else:
        proof = getattr(signatures, vector["provider"])(vector["secret"], headers, vector["now"])
    assert holds(proof, body) is vector["valid"]


# -- OpenAI ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", [WHSEC, "no prefix at all"])
@pytest.mark.parametrize("off_s", [-301, -300, 0, 300, 301])
def test_openai_is_believed_within_five_minutes_both_ways(
    off_s: int, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = signed_openai(NOW_S + off_s, secret)
    ours = holds(signatures.openai(secret, headers, NOW_S))
    monkeypatch.setattr("time.time", lambda: NOW_S)
    try:
        OpenAI(api_key="x").webhooks.verify_signature(BODY, headers, secret=secret)
        theirs = True
    except InvalidWebhookSignatureError:
        theirs = False
    assert ours is theirs is (abs(off_s) <= 300)


def test_of_several_openai_signatures_one_must_fit_and_be_of_the_known_kind() -> None:
    headers = signed_openai()
    good = headers["webhook-signature"]
    for value, is_good in [(f"v1,AAAA v1,%% {good}", True), (good.replace("v1,", "v2,"), False), ("", False)]:
        assert holds(signatures.openai(WHSEC, {**headers, "webhook-signature": value}, NOW_S)) is is_good


def test_a_signing_secret_that_is_cut_short_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(SettingsError, match=r"webhooks\.openai\.secret"):
        signatures.openai("whsec_abc", signed_openai(), NOW_S)


# -- ElevenLabs and Hume ---------------------------------------------------------------------------------


@pytest.mark.parametrize("off_s", [-1801, -1800, 0, 86_400])
def test_elevenlabs_is_believed_for_half_an_hour(off_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signed_elevenlabs(NOW_S + off_s)
    monkeypatch.setattr("time.time", lambda: NOW_S)
    try:
        ElevenLabs(api_key="x").webhooks.construct_event(BODY.decode(), headers["elevenlabs-signature"], WSEC)
        theirs = True
    except ApiError:
        theirs = False
    assert holds(signatures.elevenlabs(WSEC, headers, NOW_S)) is theirs is (off_s >= -1800)


@pytest.mark.parametrize("off_s", [-181, -180, 0, 180, 181])
def test_hume_is_believed_for_three_minutes(off_s: int) -> None:
    proof = signatures.hume("made up", signed_hume(NOW_S + off_s), NOW_S)
    assert holds(proof) is (abs(off_s) <= 180)


def test_hume_signs_the_body_before_the_time() -> None:
    made = mac(b"made up", f"{NOW_S}.".encode() + BODY).hex()
    headers = {"x-hume-ai-webhook-signature": made, "x-hume-ai-webhook-timestamp": str(NOW_S)}
    assert not holds(signatures.hume("made up", headers, NOW_S))


@pytest.mark.parametrize("at", ["", "-1", "1e9", "٣", "9" * 5000, " 1800000000"])
def test_a_time_that_is_none_is_not_believed(at: str) -> None:
    made = mac(b"made up", BODY + f".{at}".encode()).hex()
    headers = {"x-hume-ai-webhook-signature": made, "x-hume-ai-webhook-timestamp": at}
    assert not holds(signatures.hume("made up", headers, NOW_S))


# -- what holds for all of them --------------------------------------------------------------------------

MAKERS = {"openai": signed_openai, "elevenlabs": signed_elevenlabs, "hume": signed_hume}
OWN = {"openai": WHSEC, "elevenlabs": WSEC, "hume": "made up"}


@pytest.mark.parametrize("provider", MAKERS)
def test_without_a_secret_or_a_signature_or_with_another_body_nothing_is_believed(provider: str) -> None:
    headers = MAKERS[provider]()
    prove = getattr(signatures, provider)
    assert holds(prove(OWN[provider], headers, NOW_S))
    assert not holds(prove("", headers, NOW_S))
    assert not holds(prove("another", headers, NOW_S))
    assert not holds(prove(OWN[provider], {}, NOW_S))
    assert not holds(prove(OWN[provider], headers, NOW_S), BODY + b" ")
    for name in headers:
        assert not holds(prove(OWN[provider], {**headers, name: "x"}, NOW_S))


# -- Twilio ----------------------------------------------------------------------------------------------

FIELDS = {"CallSid": "CA1", "RecordingStatus": "completed", "Empty": "", "Said": "grün & mehr"}


@pytest.mark.parametrize(
    ("signed_for", "asked_at", "is_good"),
    [
        (URL, URL, True),
        (URL.replace(".org/", ".org:443/"), URL, True),
        (URL, URL.replace(".org/", ".org:443/"), True),
        (URL.replace(".org/", ".org:8443/"), URL.replace(".org/", ".org:8443/"), True),
        (URL.replace("shop=7", "shop=8"), URL, False),
        (URL.replace("https", "http"), URL, False),
    ],
)
def test_a_form_of_twilio_is_signed_with_its_address(signed_for: str, asked_at: str, is_good: bool) -> None:
    headers = signed_twilio(signed_for, FIELDS)
    body = urlencode(FIELDS).encode()
    assert holds(TwilioProof(SECRETS, headers, asked_at), body) is is_good


def test_a_form_with_a_name_twice_is_signed_as_the_official_library_has_it() -> None:
    body = "b=2&a=1&b=1&b=2"
    headers = signed_twilio(URL, QueryParams(body))
    assert holds(TwilioProof(SECRETS, headers, URL), body.encode())


def test_a_form_that_was_changed_is_not_believed() -> None:
    headers = signed_twilio(URL, FIELDS)
    for change in ({"CallSid": "CA2"}, {"More": "x"}):
        assert not holds(TwilioProof(SECRETS, headers, URL), urlencode({**FIELDS, **change}).encode())
    assert not holds(TwilioProof(SECRETS, headers, URL), b"")
    assert not holds(TwilioProof(SECRETS, headers, URL), b"CallSid=\xff")
    assert not holds(TwilioProof(TwilioSecrets(), headers, URL), urlencode(FIELDS).encode())


def test_a_body_that_is_no_form_is_signed_by_its_hash_or_not_at_all() -> None:
    told = f"{URL}&bodySHA256={hashlib.sha256(BODY).hexdigest()}"
    as_json = {**signed_twilio(told, {}), "content-type": "application/json"}
    assert RequestValidator(SECRETS.auth_token).validate(told, BODY.decode(), as_json["x-twilio-signature"])
    assert holds(TwilioProof(SECRETS, as_json, told))
    assert not holds(TwilioProof(SECRETS, as_json, told), BODY + b" ")
    untold = {**signed_twilio(URL, {}), "content-type": "application/json"}
    assert holds(TwilioProof(SECRETS, untold, URL), b"")
    assert not holds(TwilioProof(SECRETS, untold, URL)), "the signature says nothing of this body"


def test_a_shared_key_signs_with_the_longer_hash_and_no_other_key_does() -> None:
    text = URL + "".join(f"{name}{FIELDS[name]}" for name in sorted(FIELDS))
    body = urlencode(FIELDS).encode()

    def headers(key: str, algorithm: str = "HMAC_SHA256") -> dict[str, str]:
        return {
            **FORM,
            "x-twilio-signature": base64.b64encode(mac(key.encode(), text.encode())).decode(),
            "x-twilio-webhooks-signature-settings": f"key=webhooks_1, algorithm={algorithm}",
        }

    assert holds(TwilioProof(SECRETS, headers(SECRETS.shared_key), URL), body)
    assert not holds(TwilioProof(SECRETS, headers(SECRETS.auth_token), URL), body)
    assert not holds(TwilioProof(SECRETS, headers(SECRETS.shared_key, "HMAC_MD5"), URL), body)
    only_token = TwilioSecrets(auth_token=SECRETS.auth_token)
    assert not holds(TwilioProof(only_token, headers(""), URL), body)


def test_a_handshake_is_signed_by_its_address_alone() -> None:
    for url in ("wss://ears.example.org/phone;ew_conversation=7", "wss://ears.example.org:443/phone"):
        headers = {"x-twilio-signature": RequestValidator(SECRETS.auth_token).compute_signature(url, {})}
        assert holds(TwilioProof(SECRETS, headers, url), b"")
        assert not holds(TwilioProof(SECRETS, headers, url + "/x"), b"")


def test_an_address_with_an_impossible_port_is_believed_by_nobody() -> None:
    assert not holds(TwilioProof(SECRETS, signed_twilio(URL, {}), "https://ears.example.org:99999/"), b"")
