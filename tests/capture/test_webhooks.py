"""A delivery is kept once, whole, and known again by its names, also by another process."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.capture.webhooks import SYNC_EVERY_BYTES, Deliveries, names_of
from earwitness.errors import StorageUnavailable
from earwitness.journal.leg import LegWriter
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind
from earwitness.journal.segment import leg_folders_of
from earwitness.journal.writer import Journal


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def legs(root: Path) -> list[Path]:
    return sorted(leg for day in root.glob("*-*-*") for leg in leg_folders_of(day))


def test_a_delivery_is_a_leg_that_is_whole(journal: Journal, tmp_path: Path) -> None:
    deliveries = Deliveries(journal, "acme", lambda _: False)
    assert deliveries.keep("openai", ("openai:wh_1",), b'{"type": "x"}', is_form=False)
    opened, told, ended = read_leg(legs(tmp_path)[0])
    assert json.loads(opened.payload)["workspace"] == "acme"
    assert json.loads(told.payload) == {"delivery": ["openai:wh_1"], "body": {"type": "x"}}
    assert json.loads(ended.payload)["why"] == "done"


@pytest.mark.parametrize(
    ("body", "is_form", "kept"),
    [
        (b"a=1&b=%20", True, {"form": "a=1&b=%20"}),
        (b"{broken", False, {"text": "{broken"}),
        (b"\xff", False, {"text": "\ufffd"}),
        (b"[" * 5000, False, {"text": "[" * 5000}),
    ],
)
def test_a_body_of_any_kind_is_kept(
    journal: Journal, tmp_path: Path, body: bytes, is_form: bool, kept: dict[str, str]
) -> None:
    assert Deliveries(journal, "default", lambda _: False).keep("twilio", ("n",), body, is_form=is_form)
    told = [record for record in read_leg(legs(tmp_path)[0]) if record.kind is Kind.TEXT]
    assert [json.loads(record.payload) for record in told] == [{"delivery": ["n"], **kept}]


def test_any_of_its_names_makes_a_delivery_known(journal: Journal, tmp_path: Path) -> None:
    deliveries = Deliveries(journal, "default", lambda links: "webhook:old" in links)
    assert deliveries.keep("twilio", ("a", "b"), b"x=1", is_form=True)
    assert not deliveries.keep("twilio", ("b", "c"), b"x=1", is_form=True)
    assert not deliveries.keep("twilio", ("old",), b"x=1", is_form=True), "the catalog knows it"
    again = Deliveries(journal, "default", lambda _: False)
    again.resume(legs(tmp_path))
    assert not again.keep("twilio", ("a",), b"x=1", is_form=True)
    assert len(legs(tmp_path)) == 1


def test_the_same_told_twice_at_once_is_kept_once(journal: Journal, tmp_path: Path) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def sound() -> Iterator[bytes]:
        entered.set()
        go_on.wait(10)
        yield b"sound"

    deliveries = Deliveries(journal, "default", lambda _: False)
    first = threading.Thread(
        target=lambda: deliveries.keep("elevenlabs", ("n",), b"{}", is_form=False, sound=sound())
    )
    first.start()
    assert entered.wait(10)
    with pytest.raises(StorageUnavailable):
        deliveries.keep("elevenlabs", ("n",), b"{}", is_form=False)
    go_on.set()
    first.join()
    assert not deliveries.keep("elevenlabs", ("n",), b"{}", is_form=False)
    assert len(legs(tmp_path)) == 1


def test_a_delivery_whose_disk_did_not_answer_is_not_written_again_when_it_does(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = Deliveries(journal, "default", lambda _: False)
    with monkeypatch.context() as patched:
        patched.setattr(LegWriter, "sync", lambda *_, **__: False)
        for _ in range(2):
            with pytest.raises(StorageUnavailable):
                deliveries.keep("openai", ("n",), b"{}", is_form=False)
    deliveries.keep("openai", ("n",), b"{}", is_form=False)
    assert not deliveries.keep("openai", ("n",), b"{}", is_form=False)
    assert len(legs(tmp_path)) == 1


def test_sound_whose_disk_does_not_answer_is_no_delivery(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = Deliveries(journal, "default", lambda _: False)
    sound = [bytes(SYNC_EVERY_BYTES), b"more"]
    with monkeypatch.context() as patched:
        patched.setattr(LegWriter, "sync", lambda *_, **__: False)
        with pytest.raises(StorageUnavailable):
            deliveries.keep("elevenlabs", ("n",), b"{}", is_form=False, sound=sound)
    half = legs(tmp_path)
    assert deliveries.keep("elevenlabs", ("n",), b"{}", is_form=False, sound=sound)
    again = Deliveries(journal, "default", lambda _: False)
    again.resume(half)
    assert again.keep("elevenlabs", ("n",), b"{}", is_form=False), "half a delivery is none"


def test_repetitions_have_a_name_in_common_and_others_have_not() -> None:
    told = b'{"type": "post_call_audio", "data": {"conversation_id": "c", "x": %d}}'
    assert names_of("elevenlabs", {}, told % 1) == names_of("elevenlabs", {}, told % 2)
    assert names_of("elevenlabs", {}, told % 1) != names_of(
        "elevenlabs", {}, told.replace(b"audio", b"t") % 1
    )
    chat = b'{"event_name": "tool_call", "chat_id": "c", "tool_call_message": {"tool_call_id": "%d"}}'
    assert names_of("hume", {}, chat % 1) != names_of("hume", {}, chat % 2)
    assert names_of("hume", {}, b"no json") != names_of("hume", {}, b"[]")
    assert names_of("openai", {"webhook-id": "wh_1"}, b"1") == names_of(
        "openai", {"webhook-id": "wh_1"}, b"2"
    )
    token = {"i-twilio-idempotency-token": "t"}
    assert set(names_of("twilio", token, b"a=1")) & set(names_of("twilio", token, b"a=2"))
    assert set(names_of("twilio", token, b"a=1")) & set(names_of("twilio", {}, b"a=1"))
    assert not set(names_of("twilio", {}, b"a=1")) & set(names_of("twilio", {}, b"a=2"))
