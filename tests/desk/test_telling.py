"""From a call to a webhook: each thing once, over restarts too; and of what is erased only that it was."""

import json
import time

import numpy as np
import pytest

from earwitness.capture import signatures
from earwitness.library import Library
from earwitness.model.conversation import Status
from earwitness.server.worker import Worker
from earwitness.settings import Settings
from earwitness.settings.outbound import Endpoint
from journal_legs import Legs
from receiver import SECRET, Receiver
from store_calls import a_call

WORDS = "my card is 4111 1111 1111 1111"


@pytest.fixture
def settings(tmp_path):
    there = Endpoint(url="https://far.example", secret="s")
    return Settings(data_dir=str(tmp_path / "data"), outbound={"far": there})


@pytest.fixture
def library(settings):
    library = Library(settings)
    yield library
    library.catalog.close()


def record(library, began_s=None):
    began_s = time.time() - 60 if began_s is None else began_s
    with Legs(library.data_path, began_s) as legs:
        leg = legs.open(subject="RID-SECRET", labels=["vip"])
        leg.user(100, "item_1", WORDS)
        leg.assistant(1500, "item_2", "Thank you.", np.full(24_000, 900, "<i2").tobytes())
        leg.end(4000)
    library.catch_up()
    return leg.conversation


def told(library):
    return [(row.event, row.state) for row in reversed(library.deliveries())]


def test_that_a_call_ended_and_that_words_were_taken_out_is_told_once(library, settings):
    call = record(library)
    assert told(library) == [("completed", "waiting"), ("redacted", "waiting")]
    library.finish("default", call)
    Library(settings).reindex()
    assert len(told(library)) == 2
    body = library.deliveries()[-1].body
    assert (body["type"], body["data"]["conversation"]) == ("conversation.completed", call)
    assert body["data"]["labels"] == ["vip"]


def test_no_word_that_was_said_and_nobodys_name_is_told(library):
    record(library)
    text = json.dumps([row.body for row in library.deliveries()])
    for secret in ("card", "4111", "RID-SECRET", "Thank you"):
        assert secret not in text


def test_that_a_call_began_is_told_while_it_runs_and_once_over_a_restart_too(library, settings):
    running = a_call(status=Status.ACTIVE, began_at_ns=time.time_ns(), ended_ns=None)
    for each in (library, library, Library(settings)):
        each.tell_of(running)
    assert told(library) == [("started", "waiting")]


def test_a_server_hands_it_over_by_itself_signed(tmp_path):
    receiver = Receiver()
    there = Endpoint(url=receiver.url, secret=SECRET, allow_private=True)
    library = Library(Settings(data_dir=str(tmp_path / "data"), outbound={"far": there}))
    with Legs(library.data_path, time.time() - 60) as legs:
        leg = legs.open()
        leg.user(100, "item_1", "Are you open?")
        leg.end(4000)
    worker = Worker(library)
    worker.start()
    try:
        assert receiver.came.wait(60)
    finally:
        worker.stop()
        receiver.close()
    headers, body, _ = receiver.got[-1]
    assert json.loads(body)["data"]["conversation"] == leg.conversation
    proof = signatures.openai(SECRET, headers, time.time())
    proof.update(body)
    assert proof.holds()


def test_of_calls_that_are_long_past_nobody_is_told(library):
    record(library, time.time() - 3 * 86_400)
    assert told(library) == []


def test_of_an_erased_call_only_that_is_told_that_it_was_erased(library):
    call = record(library)
    library.erase(call)
    assert told(library) == [("completed", "erased"), ("redacted", "erased"), ("erased", "waiting")]
    assert library.deliveries()[0].body["data"] == {"conversation": call, "workspace": "default"}
