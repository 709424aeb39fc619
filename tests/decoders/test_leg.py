"""What the recorder itself says of a leg."""

from earwitness.decoders import LegDecoder
from earwitness.journal.record import Kind, Origin, Record
from earwitness.model.events import LegOpened, Party
from wirelogs import BEGAN_NS, MS, Playbook, record, text


def test_leg_opens_with_all_that_was_said_of_it_from_outside() -> None:
    leg = Playbook(
        "openai",
        route="openai",
        links=["conversation:order-7"],
        subject="RID001",
        labels=["test"],
        metadata={"city": "Bern"},
        headers=[["USER-Agent", "agents/1"], ["Host", "x"]],
        peer="127.0.0.1:4000",
        path="/v1/realtime",
    )
    assert leg.opening == [
        "LegOpened provider=openai way=tap route=openai conversation=conversation workspace=default"
        ' links=["conversation:order-7"] subject=RID001 labels=["test"] metadata={"city": "Bern"}'
        " path=/v1/realtime user_agent=agents/1 peer=127.0.0.1:4000"
    ]


def test_answer_and_refusal() -> None:
    leg = Playbook("openai")
    told = leg.tell("answered", {"status": 101, "reason": "Switching Protocols"})
    assert told == ['LegAnswered status=101 detail="Switching Protocols"']
    refused = {"status": 401, "reason": "Unauthorized", "body": '{"error":"key"}'}
    assert leg.tell("answered", refused) == [
        r'LegAnswered status=401 detail="Unauthorized: {\"error\":\"key\"}"'
    ]


def test_time_is_steady_even_when_the_wall_clock_is_set_back() -> None:
    decoder = LegDecoder()
    decoder.feed(record(0, 0, "opened", {"provider": "openai"}))
    late = Record(
        1, 7_000 + 250 * MS, BEGAN_NS - 3_600_000 * MS, Origin.RECORDER, Kind.NOTE, b'{"verb":"end"}'
    )
    (note,) = decoder.feed(late)
    assert note.seen == ("leg", 1, BEGAN_NS + 250 * MS)


def test_note_is_handed_on() -> None:
    note = {"verb": "snapshot", "data": {"label": "quote"}}
    assert Playbook("openai").tell("note", note) == ['NoteTaken verb=snapshot data={"label": "quote"}']


def test_gap_is_handed_on_whole() -> None:
    gap = {"reason": "overrun", "first": 3, "count": 2, "since_ns": 5, "until_ns": 9, "lost_bytes": 70}
    told = "GapFound reason=overrun first=3 count=2 since_ns=5 until_ns=9 lost_bytes=70 detail=full"
    assert Playbook("openai").tell("gap", {**gap, "detail": "full"}) == [told]


def test_pings_say_nothing() -> None:
    leg = Playbook("twilio")
    assert leg.raw(b"", kind=Kind.PING) + leg.raw(b"beat", kind=Kind.PONG) == []


def test_first_close_frame_tells_who_closed_and_with_what() -> None:
    leg = Playbook("openai")
    assert leg.tell("server closes", {"code": 1001, "reason": "going away"}) == []
    assert leg.tell("client closes", {"code": 1001}) == []
    assert leg.tell("ended", {"why": "closed"}) == [
        'LegClosed why=closed by=server code=1001 detail="going away"'
    ]
    assert leg.decoder.finish() == []


def test_close_frame_may_be_empty() -> None:
    leg = Playbook("openai")
    leg.raw(b"", origin=Origin.CLIENT, kind=Kind.CLOSE)
    assert leg.tell("ended", {"why": "closed"}) == ["LegClosed why=closed by=client"]


def test_leg_without_an_end_crashed_and_says_so_once() -> None:
    leg = Playbook("openai")
    gap, closed = leg.decoder.finish()
    assert (gap.reason, gap.first, gap.since_ns) == ("crash", 1, closed.seen.at_ns)
    assert (closed.why, closed.seen.record) == ("crash", 0)
    assert leg.decoder.finish() == []


def test_leg_without_a_single_record_is_no_leg() -> None:
    assert LegDecoder().finish() == []


def test_unreadable_opening_still_opens_the_leg() -> None:
    decoder = LegDecoder("leg-9")
    opened, undecoded = decoder.feed(text(0, Origin.RECORDER, b"{", kind=Kind.OPENED))
    assert isinstance(opened, LegOpened)
    assert (opened.seen.leg, opened.provider, opened.conversation) == ("leg-9", "unknown", "leg-9")
    assert undecoded.reason == "unreadable"
    (silent,) = decoder.feed(record(1, 1, "server", {"type": "session.created"}))
    assert silent.reason == "no decoder for a leg whose beginning is lost"


def test_second_opening_is_left_over() -> None:
    leg = Playbook("openai")
    assert leg.tell("opened", {"provider": "twilio"}) == [
        'Undecoded reason="the leg was opened before" name=OPENED'
    ]


def test_what_the_recorder_said_badly_is_left_over() -> None:
    leg = Playbook("openai")
    assert leg.raw(b"[]", Origin.RECORDER, Kind.NOTE) == ["Undecoded reason=unreadable name=NOTE"]
    assert leg.raw(b"\xff", Origin.RECORDER, Kind.ANSWERED) == ["Undecoded reason=unreadable name=ANSWERED"]
    assert leg.raw(b"", Origin.RECORDER, Kind.GAP) == [
        'GapFound reason=damage first=3 detail="unreadable gap"'
    ]
    assert leg.raw(b"", Origin.RECORDER, Kind.ENDED) == ["LegClosed why=unknown"]


def test_garbage_is_told_once() -> None:
    leg = Playbook("openai")
    told = leg.raw(b"GET /", kind=Kind.RAW) + leg.raw(b" HTTP", kind=Kind.RAW)
    assert told == ['Undecoded reason="no WebSocket frames from here on" name=RAW']


def test_audio_can_be_read_again_from_any_record_of_the_leg() -> None:
    opened = record(0, 0, "opened", {"provider": "openai"})
    sound = record(7, 1, "client", {"type": "input_audio_buffer.append", "audio": "<6 bytes>"})
    decoder = LegDecoder()
    assert list(decoder.audio(opened)) == []
    assert list(decoder.audio(sound)) == list(decoder.audio(sound)) == [(Party.CALLER, b"\xff" * 6)]
    assert isinstance(decoder.feed(opened)[0], LegOpened)
