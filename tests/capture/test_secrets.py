# ruff: noqa: E501  tables
"""Credentials at every place they travel, in every shape that is known: struck, and nothing else changed."""

import base64
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.capture.secrets import (
    is_credential_name,
    strike,
    strike_headers,
    strike_target,
    strike_text,
)

SHAPES = {
    "openai": "sk-proj-AbCd0123_efGh-4567",
    "openai ephemeral": "ek_68af296e8e408191a1120ab6383263c2",
    "anthropic": "sk-ant-api03-AbCd0123_efGh",
    "elevenlabs": "sk_0123456789abcdef0123456789abcdef0123456789abcdef",
    "xai": "xai-AbCdEfGh01234567890",
    "groq": "gsk_AbCdEfGh01234567890ijkl",
    "hugging face": "hf_AbCdEfGhIjKlMnOpQrSt",
    "github": "ghp_AbCdEfGhIjKlMnOpQrSt0123",
    "github fine": "github_pat_11ABCDEFG0abcdefghij",
    "slack": "xoxb-1234567890-abcdefgh",
    "google": "AIza" + "SyA-1234567890abcdefghijklmnopqrstu",
    "aws": "AKIAIOSFODNN7EXAMPLE",
    "webhook": "whsec_AbCdEfGhIjKlMnOp0123=",
    "signed token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4",
}
NAMES = [
    "api_key", "apiKey", "API_KEY", "openai_api_key", "x-api-key", "xi-api-key", "xi_api_key", "x-goog-api-key",
    "Authorization", "access_token", "accessToken", "refresh_token", "client_secret", "secret", "password",
    "ew_key", "private_key", "Cookie", "conversation_signature", "aws_secret_access_key",
]  # fmt: skip


@pytest.mark.parametrize("pad", [0, 300, 5000])
def test_a_bare_token_is_struck_where_it_can_be_one(pad):
    """RFC 6750, 2.1: a token has no blanks. Words on their way to a speaker are called tokens too."""
    frame = {"text": "a" * pad, "deep": [{"token": "hunter2.hunter2-~+/=", "n": 1.5}]}
    struck = json.loads(strike(json.dumps(frame).encode()))
    assert struck == {**frame, "deep": [{"token": "[struck]", "n": 1.5}]}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("pad", [0, 300, 5000])
def test_the_value_of_a_field_with_such_a_name_is_struck_and_the_rest_stays(name, pad):
    frame = {
        "type": "x",
        "text": "a" * pad,
        "deep": [{name: 'qu"o\\te éß hunter2hunter2', "n": 1.5}],
        "z": None,
    }
    for dump in (json.dumps(frame), json.dumps(frame, ensure_ascii=False), json.dumps(frame, indent=2)):
        struck = json.loads(strike(dump.encode()))
        frame["deep"][0][name] = "[struck]"
        assert struck == frame


@pytest.mark.parametrize("name", NAMES)
def test_so_is_one_in_json_that_travels_as_text_inside_json(name):
    inner = json.dumps({"a": 1, name: 'hunter2 "hunter2" \\ \n é', "b": "stays"})
    struck = json.loads(strike(json.dumps({"type": "function_call", "arguments": inner}).encode()))
    assert json.loads(struck["arguments"]) == {"a": 1, name: "[struck]", "b": "stays"}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    "place",
    [
        '{{"text":"my key is {} ok"}}',
        '{{"text":"{}"}}',
        "{}",
        "say\n{}\n",
        '{{"instructions":"' + "long text without much of anything " * 40 + ' {}","x":1}}',
        '{{"url":"https://h/p?q={}&r=1"}}',
    ],
)
def test_a_known_shape_is_struck_wherever_it_stands(shape, place):
    assert strike(place.format(shape).encode()) == place.format("[struck]").encode()


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER", "Basic"])
def test_what_follows_bearer_is_struck(word):
    assert strike(f'{{"h":"{word} abcDEF123456789"}}'.encode()) == f'{{"h":"{word} [struck]"}}'.encode()


@pytest.mark.parametrize(
    "name", ["key", "token", "api_key", "access_token", "sig", "signature", "xi-api-key"]
)
def test_addresses_inside_a_frame_lose_their_credentials(name):
    frame = f'{{"url":"wss://h/p?a=1&{name}=S3cret-S3cret&b=2"}}'
    assert strike(frame.encode()) == frame.replace("S3cret-S3cret", "[struck]").encode()
    assert strike_text("postgresql://user:hunter2@db/x") == "postgresql://user:[struck]@db/x"


def test_every_header_of_a_remote_tool_is_struck_but_its_names_stay():
    tool = {
        "type": "mcp",
        "server_url": "https://h",
        "headers": {"X-Mine": "abc", "X-Two": 'd"e'},
        "n": {"a": "b"},
    }
    struck = json.loads(strike(json.dumps({"tools": [tool]}).encode()))
    assert struck["tools"][0]["headers"] == {"X-Mine": "[struck]", "X-Two": "[struck]"}
    assert struck["tools"][0]["n"] == {"a": "b"}


@pytest.mark.parametrize(
    "frame",
    [
        {"logprobs": [{"token": " Hello there", "logprob": -0.1, "bytes": [72]}]},
        {"type": "text", "token": "moment, let me check. ", "last": False},
        {"type": "text", "token": "reservations", "last": False},
        {"type": "text", "token": "555-0123-4567", "last": True, "lang": "en-US"},
        {"type": "text", "last": True, "token": "a reservation at half past 7"},
        {"type": "text", "last": True, "token": "Goodbye."},
        {"token": "congratulations!", "type": "text"},
        {"usage": {"total_tokens": 12345678, "input_token_details": {"text_tokens": 100}}},
        {"text": "the task-force asked for a token of trust, a key, and a basic risk-assessment"},
        {"type": "input_audio_buffer.append", "audio": base64.b64encode(bytes(range(256)) * 9).decode()},
        {
            "dtmf": {"key": "5"},
            "response_id": "resp_0123456789abcdef0123456789",
            "item_id": "item_abcdefghijklmnop",
        },
        {"event": "mark", "streamSid": "MZ18ad3ab5a668481ce02b83e7395059f0", "mark": {"name": "sk-short"}},
    ],
)
def test_what_is_no_credential_stays_as_it_is(frame):
    text = json.dumps(frame).encode()
    assert strike(text) is text


def test_sound_is_never_touched_whatever_its_bytes_spell():
    chance = random.Random(5)
    for _ in range(300):
        sound = base64.b64encode(chance.randbytes(160)).decode()
        words = "".join(chance.choice(["AIza", "AKIA", "eyJ", "sk", sound[:9], "bearer"]) for _ in range(60))
        frame = json.dumps({"event": "media", "media": {"payload": words + "A" * (-len(words) % 4)}}).encode()
        assert strike(frame) is frame


def test_a_frame_that_looks_like_clean_ones_but_for_a_secret_is_still_struck():
    def frame(extra, number):
        sound = "QUJD" * 60
        return f'{{"event":"media","n":"{number}","media":{{"payload":"{sound}"}}{extra}}}'.encode()

    for number in range(5):
        assert strike(frame("", number)) == frame("", number)
    assert strike(frame(',"api_key":"123456"', 6)) == frame(',"api_key":"[struck]"', 6)
    assert strike(frame(',"api_key":"[struck]"', 7)) == frame(',"api_key":"[struck]"', 7)
    assert strike(frame(',"x":"sk-1234567890123456"', 8)) == frame(',"x":"[struck]"', 8)


@given(st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text("ab -_.:/\\\"é1", max_size=40)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("abc_", max_size=6), inner, max_size=3)),
))  # fmt: skip
def test_json_without_credentials_comes_back_byte_for_byte(value):
    text = json.dumps(value).encode()
    if b"://" not in text:
        assert strike(text) == text


@given(st.binary(max_size=400))
def test_striking_twice_changes_no_more(data):
    assert strike(strike(data)) == strike(data)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "api-key", "X-Api-Key", "xi-api-key", "x-goog-api-key", "Cookie", "Set-Cookie",
     "Proxy-Authorization", "X-Earwitness-Key", "X-Hume-Api-Key", "X-Twilio-Signature", "X-Amz-Security-Token"],
)  # fmt: skip
def test_headers_that_carry_credentials_keep_only_their_names(name):
    assert strike_headers(((name, "anything at all"),)) == ((name, "[struck]"),)


def test_other_headers_stay_and_lose_only_shapes():
    headers = (
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("User-Agent", "x/1"),
        ("Referer", "https://h/?token=S3cretS3cret"),
    )
    assert strike_headers(headers) == (*headers[:2], ("Referer", "https://h/?token=[struck]"))


@pytest.mark.parametrize(
    ("offered", "kept"),
    [
        ("realtime, openai-insecure-api-key.sk-abc, openai-beta.realtime-v1",
         "realtime, openai-insecure-api-key.[struck], openai-beta.realtime-v1"),
        ("xai-client-secret.KEY", "xai-client-secret.[struck]"),
        ("bearer.abc.def", "bearer.[struck]"),
        ("base64url.bearer.authorization.k8s.io.QUJD,base64.channel.k8s.io",
         "base64url.bearer.authorization.[struck],base64.channel.k8s.io"),
        ("token, abc123", "token, [struck]"),
        ("realtime, ek_68af296e8e408191a1120ab6383263c2", "realtime, [struck]"),
        ("convai", "convai"),
    ],
)  # fmt: skip
def test_keys_in_subprotocols_are_struck(offered, kept):
    assert strike_headers((("Sec-WebSocket-Protocol", offered),)) == (("Sec-WebSocket-Protocol", kept),)


@pytest.mark.parametrize(
    "name",
    ["key", "token", "api_key", "api-key", "apiKey", "access_token", "xi-api-key", "signature", "ew_key",
     "conversation_signature", "authorization", "X-Amz-Signature", "X-Amz-Credential", "sig", "password", "api%5Fkey"],
)  # fmt: skip
def test_query_values_with_such_names_are_struck_and_the_names_kept(name):
    assert strike_target(f"/v1/x?model=m&{name}=S3cret&b=") == f"/v1/x?model=m&{name}=[struck]&b="


@pytest.mark.parametrize(
    "target", ["/v1/realtime?model=gpt-realtime&call_id=rtc_1", "/a//b?", "/a?x&y=&&z=%20", "/"]
)
def test_other_targets_stay_byte_for_byte(target):
    assert strike_target(target) == target


def test_a_shape_in_a_path_or_a_harmless_parameter_is_struck_even_when_encoded():
    assert (
        strike_target("/a/sk-proj-AbCd0123efGh4567/b?x=sk%2Dproj%2DAbCd0123efGh4567")
        == "/a/[struck]/b?x=[struck]"
    )


def test_names_are_known_in_every_spelling():
    assert all(is_credential_name(name) for name in NAMES)
    assert not any(
        is_credential_name(name) for name in ("model", "agent_id", "call_id", "max_tokens", "keyboard")
    )
