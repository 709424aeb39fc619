"""What everybody may see of the wire: how a message is built, and nothing of what was said."""

import json

import pytest

from earwitness.redaction.outline import outline

SECRETS = ("4111 1111", "411", "Jane", "SGVsbG8=", "jane@doe.org", "7")


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "build",
    [
        lambda s: {"type": "response.audio_transcript.delta", "delta": s},
        lambda s: {"event": "media", "media": {"payload": s}},
        lambda s: {"event": "dtmf", "dtmf": {"digit": s}},
        lambda s: {"type": "x", "item": {"content": [{"type": "text", "text": s}], "name": s}},
        lambda s: {"arguments": json.dumps({"type": s})},
        lambda s: [s, {"a": [s]}],
        lambda s: s,
    ],
)
def test_nothing_that_was_said_is_in_the_outline_of_a_message(build, secret):
    shown = outline(json.dumps(build(secret)).encode()).decode()
    assert json.loads(shown) != build(secret)
    assert secret not in shown


def test_numbers_and_names_may_be_secrets_too():
    shown = json.loads(
        outline(b'{"cvv": 123, "4111111111111111": true, "output_index": 2, "audio_end_ms": 480}')
    )
    assert shown == {"cvv": "[withheld]", "[withheld]": True, "output_index": 2, "audio_end_ms": 480}


def test_what_a_message_is_stays():
    message = {"type": "response.done", "event_id": "event_1", "response": {"status": "completed"}}
    assert json.loads(outline(json.dumps(message).encode())) == message


@pytest.mark.parametrize("payload", [b"4111 1111", b"\xff\x00", b"[" * 2000, b"", b"{"])
def test_what_is_no_json_is_withheld_whole(payload):
    assert outline(payload) == b"[withheld]"
