"""Recording from inside a program, against its real journal."""

import json
import logging
import subprocess
import sys
import threading

import msgspec
import pytest

import earwitness
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Kind, Note, Origin
from taps import ended, opened, seen, stored_bytes


def only_leg(folder):
    (leg,) = leg_folders(folder / "journal")
    return list(read_leg(leg))


def test_what_is_handed_over_becomes_one_leg_in_order(tmp_path):
    with earwitness.record(
        provider="openai",
        conversation="order-7",
        subject="RID001",
        labels=["pilot"],
        metadata={"shop": 3},
        data_dir=tmp_path,
        path="/v1/realtime?model=m&api_key=k",
    ) as leg:
        leg.received('{"type": "session.created"}')
        leg.sent({"type": "response.create"})
        leg.received(b'{"type":"error"}')
        leg.received(bytes([0, 255, 1]))
        leg.snapshot("quote_completed", price=4)
        leg.label("vip")
        leg.end(outcome="quote_completed", satisfaction="high")
    records = only_leg(tmp_path)
    first = opened(records)
    assert (first.leg, first.conversation, first.way) == (leg.leg, leg.conversation, "record")
    assert (first.provider, first.links, first.subject) == ("openai", ("conversation:order-7",), "RID001")
    assert (first.labels, first.metadata, first.path) == (
        ("pilot",),
        {"shop": 3},
        "/v1/realtime?model=m&api_key=[struck]",
    )
    assert seen(records, Origin.SERVER) == [
        (Kind.TEXT, b'{"type": "session.created"}'),
        (Kind.TEXT, b'{"type":"error"}'),
        (Kind.BINARY, b"\x00\xff\x01"),
    ]
    assert seen(records, Origin.CLIENT) == [(Kind.TEXT, b'{"type":"response.create"}')]
    notes = [msgspec.json.decode(r.payload, type=Note) for r in records if r.kind is Kind.NOTE]
    assert notes == [
        Note(verb="snapshot", data={"label": "quote_completed", "price": 4}),
        Note(verb="label", data={"labels": ["vip"]}),
        Note(verb="end", data={"outcome": "quote_completed", "satisfaction": "high"}),
    ]
    assert (ended(records).why, ended(records).detail) == ("done", "")
    assert [r.number for r in records] == list(range(len(records)))


def test_events_of_the_official_library_are_kept_as_they_went_over_the_wire(tmp_path):
    from openai.types.realtime import ResponseCreateEvent

    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        leg.sent(ResponseCreateEvent(type="response.create", event_id="e1"))
    ((_, payload),) = seen(only_leg(tmp_path), Origin.CLIENT)
    assert json.loads(payload) == {"type": "response.create", "event_id": "e1"}


def test_what_flush_has_promised_is_on_disk_although_the_program_is_killed(tmp_path):
    program = f"""
import earwitness, os, signal
leg = earwitness.record(provider="openai", data_dir={str(tmp_path)!r})
for i in range(500):
    leg.received(str(i))
assert leg.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    payloads = [payload for _, payload in seen(only_leg(tmp_path), Origin.SERVER)]
    assert payloads == [str(i).encode() for i in range(500)]


def test_a_program_that_ends_without_closing_ends_its_legs_in_order(tmp_path):
    program = f"""
import earwitness
leg = earwitness.record(provider="openai", data_dir={str(tmp_path)!r})
leg.received("last words")
"""
    subprocess.run([sys.executable, "-c", program], check=True)
    records = only_leg(tmp_path)
    assert seen(records, Origin.SERVER) == [(Kind.TEXT, b"last words")]
    assert ended(records).why == "done"


def test_an_exception_of_the_program_passes_through_and_is_told(tmp_path):
    with pytest.raises(ZeroDivisionError), earwitness.record(provider="openai", data_dir=tmp_path):
        1 / 0  # noqa: B018
    assert ended(only_leg(tmp_path)).detail == "ZeroDivisionError"


class Spiteful:
    def model_dump_json(self, **options):
        raise RuntimeError("no")


@pytest.mark.parametrize("event", [Spiteful(), object(), {"a": object()}, 7, None, {1: {2}, "x": object()}])
def test_what_cannot_be_put_into_words_is_a_gap_and_never_an_error(tmp_path, event):
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        leg.received("before")
        assert leg.flush()
        leg.received(event)
        leg.received("after")
        assert not leg.flush(), "flush must not vouch for what was lost"
    records = only_leg(tmp_path)
    assert leg.lost_count == 1
    kinds = [record.kind for record in records]
    assert kinds == [Kind.OPENED, Kind.TEXT, Kind.GAP, Kind.TEXT, Kind.ENDED]


def test_after_close_nothing_is_taken_and_nothing_raised(tmp_path):
    leg = earwitness.record(provider="openai", data_dir=tmp_path)
    leg.close()
    leg.received("late")
    leg.snapshot("late")
    leg.close()
    assert not leg.flush()
    assert [record.kind for record in only_leg(tmp_path)] == [Kind.OPENED, Kind.ENDED]


def test_where_nothing_can_be_recorded_the_program_runs_on_and_the_log_says_so(tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    with (
        caplog.at_level(logging.WARNING, "earwitness"),
        earwitness.record(provider="openai", data_dir=tmp_path / "file") as leg,
    ):
        leg.received("x")
        leg.end()
        assert not leg.flush(0.1)
    assert "unrecorded" in caplog.text


def test_no_credential_reaches_the_disk(tmp_path):
    planted = "sk-proj-Planted0123456789abcdef"
    with earwitness.record(
        provider="openai", data_dir=tmp_path, metadata={"api_key": planted}, path=f"/x?token={planted}"
    ) as leg:
        leg.sent({"type": "session.update", "session": {"tools": [{"authorization": planted}]}})
        leg.received(f'{{"client_secret": {{"value": "{planted}"}}}}')
        leg.snapshot("s", password=planted)
    assert planted.encode() not in stored_bytes(tmp_path)


def test_threads_may_share_a_recorder(tmp_path):
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        threads = [
            threading.Thread(target=lambda n=n: [leg.received(f"{n}:{i}") for i in range(200)])
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    payloads = [payload.decode() for _, payload in seen(only_leg(tmp_path), Origin.SERVER)]
    for n in range(4):
        assert [p for p in payloads if p.startswith(f"{n}:")] == [f"{n}:{i}" for i in range(200)]


def test_importing_the_package_loads_nothing_heavy():
    program = (
        "import earwitness, sys; print([m for m in sys.modules if m.split('.')[0] in ('msgspec', 'numpy')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
    with pytest.raises(AttributeError):
        earwitness.no_such_thing  # noqa: B018


def test_what_is_kept_is_chosen_and_said_by_verbs(tmp_path):
    with earwitness.record(provider="openai", data_dir=tmp_path, keep=("raw", "transcripts")) as leg:
        leg.sent({"type": "input_audio_buffer.append", "audio": "AAAA"})
        leg.pause("card", seconds=60)
        leg.sent({"type": "canary-meanwhile"})
        leg.resume()
        leg.keep("raw")
        leg.sent({"type": "note", "text": "canary-words"})
        leg.announce("ai")
        leg.consent(given=False)
        leg.sent({"type": "canary-refused"})
    records = only_leg(tmp_path)
    assert [payload for _, payload in seen(records, Origin.CLIENT)] == [
        b'{"type":"input_audio_buffer.append","audio":"[not kept: 3 bytes]"}',
        b'{"type":"note","text":"[not kept]"}',
    ]
    notes = [msgspec.json.decode(r.payload, type=Note).verb for r in records if r.kind is Kind.NOTE]
    assert notes == ["pause", "resume", "keep", "announcement", "consent", "stop", "left_out"]
    assert b"canary" not in stored_bytes(tmp_path)


def test_nothing_is_written_before_consent_not_even_that_there_is_a_call(tmp_path):
    with earwitness.record(provider="openai", data_dir=tmp_path, require_consent=True) as leg:
        leg.sent({"type": "canary-before"})
        assert not leg.flush(0.1)
        assert not list(leg_folders(tmp_path / "journal"))
        leg.consent(how="spoken")
        leg.sent({"type": "after"})
        assert leg.flush()
    assert seen(only_leg(tmp_path), Origin.CLIENT) == [(Kind.TEXT, b'{"type":"after"}')]
    earwitness.record(provider="openai", data_dir=tmp_path / "never", require_consent=True).close()
    assert b"canary" not in stored_bytes(tmp_path)
    assert not list(leg_folders(tmp_path / "never" / "journal"))


def test_a_pause_holds_against_other_threads_that_hand_over_meanwhile(tmp_path):
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        is_over = threading.Event()

        def hand_over():
            while not is_over.is_set():
                leg.sent({"type": "before"})

        threads = [threading.Thread(target=hand_over) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(50):
            leg.pause()
            leg.sent({"type": "canary"})
            leg.resume()
        is_over.set()
        for thread in threads:
            thread.join()
    assert b"canary" not in stored_bytes(tmp_path)
