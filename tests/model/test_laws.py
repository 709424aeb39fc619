"""What holds for any events in any order, sensible or not."""

from collections import defaultdict
from collections.abc import Collection

from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.model import events as e
from earwitness.model.conversation import Conversation, Track
from earwitness.model.events import Event, Party, Role, Stamp
from earwitness.model.fold import Fold

MS = 1_000_000
LEGS = ("ai", "phone", "other")
ITEMS = st.sampled_from(("a", "b", "c", "d"))
SOME_ITEM = st.none() | ITEMS
PARTIES = st.sampled_from(Party)
POSITIONS_MS = st.none() | st.integers(-1000, 20_000)
STATUSES = st.sampled_from(("completed", "incomplete", "failed", "cancelled"))
USAGE = st.dictionaries(
    st.sampled_from(("total", "inner")),
    st.integers() | st.floats() | st.booleans() | st.dictionaries(st.just("x"), st.integers()),
)
BYTES = st.integers(-5, 5) | st.sampled_from((160, 161, 960, 4800, 48_000, 1_000_000))
FORMATS = st.tuples(
    st.sampled_from(("mulaw", "pcm_s16le", "alaw", "opus")), st.sampled_from((8000, 16_000, 24_000, 0, -1))
)

KINDS = {
    e.LegOpened: {
        "provider": st.sampled_from(("openai", "twilio")),
        "way": st.sampled_from(("tap", "record")),
        "route": st.just("r"),
        "conversation": st.just("c"),
        "workspace": st.just("w"),
        "subject": st.none() | st.just("s"),
    },
    e.LegAnswered: {"status": st.sampled_from((101, 401))},
    e.LegIdentified: {"provider_ids": st.just({"call_sid": "CA1"}), "links": st.just(("call:CA1",))},
    e.LegClosed: {"why": st.sampled_from(("closed", "lost", "crash", "stopped", "refused", "?"))},
    e.AudioArrived: {
        "party": PARTIES,
        "byte_count": BYTES,
        "item": SOME_ITEM,
        "media_ns": st.none() | st.integers(-1, 20_000).map(lambda ms: ms * MS),
    },
    e.SpeechStarted: {"party": PARTIES, "item": SOME_ITEM, "media_ms": POSITIONS_MS},
    e.SpeechStopped: {"party": PARTIES, "item": SOME_ITEM, "media_ms": POSITIONS_MS},
    e.PlaybackReported: {
        "state": st.sampled_from(("mark_set", "mark_reached", "started", "stopped", "?")),
        "name": st.none() | st.sampled_from(("m1", "m2")),
        "item": SOME_ITEM,
        "response": st.none() | st.just("r"),
    },
    e.PlaybackCut: {
        "evidence": st.sampled_from(e.Evidence),
        "item": SOME_ITEM,
        "played_ms": POSITIONS_MS,
        "heard_text": st.none() | st.just("as told") | st.text(max_size=5),
        "response": st.none() | st.just("r"),
    },
    e.EndAnnounced: {"reason": st.sampled_from(("", "stop"))},
    e.TextTimed: {
        "item": ITEMS,
        "text": st.text(max_size=20),
        "starts_ms": st.lists(st.integers(), max_size=20).map(tuple),
    },
    e.EmotionScored: {
        "item": ITEMS,
        "producer": ITEMS,
        "scores": st.dictionaries(st.sampled_from(("Joy", "Anger", "x")), st.floats()),
        "sentiment": st.none() | st.sampled_from(("positive", "?")),
    },
    e.MessageOpened: {
        "item": ITEMS,
        "role": st.sampled_from(Role),
        "previous": SOME_ITEM,
        "is_first": st.booleans(),
        "is_inserted": st.booleans(),
        "is_audible": st.booleans(),
        "response": st.none() | st.just("r"),
    },
    e.TextArrived: {
        "item": ITEMS,
        "text": st.text(max_size=20),
        "part": st.integers(-1, 2),
        "is_whole": st.booleans(),
    },
    e.MessageClosed: {"item": ITEMS, "status": STATUSES},
    e.MessageRemoved: {"item": ITEMS},
    e.ToolCalled: {"call": ITEMS, "name": SOME_ITEM, "item": SOME_ITEM, "previous": SOME_ITEM},
    e.ToolReturned: {"call": ITEMS, "result": SOME_ITEM, "item": SOME_ITEM, "previous": SOME_ITEM},
    e.ResponseEnded: {"response": st.none() | st.just("r"), "status": STATUSES, "usage": USAGE},
    e.UsageReported: {"source": st.just("transcription"), "usage": USAGE},
    e.DigitPressed: {"digit": st.just("1")},
    e.NoteTaken: {
        "verb": st.sampled_from(("snapshot", "end", "label", "metadata", "?")),
        "data": st.dictionaries(
            st.sampled_from(("label", "labels", "outcome")), st.none() | st.text(max_size=3)
        ),
    },
    e.ProblemReported: {"code": st.just("x"), "message": st.text(max_size=3)},
    e.GapFound: {
        "reason": st.sampled_from(("crash", "parse_error")),
        "first": st.just(1),
        "since_ns": st.none() | st.integers(),
        "until_ns": st.none() | st.integers(),
    },
    e.Undecoded: {"reason": st.text(max_size=3)},
}
STAMPS = st.builds(
    Stamp, st.sampled_from(LEGS), st.integers(0, 9), st.integers(0, 20_000).map(lambda ms: ms * MS)
)
SOUND = st.one_of(
    *(st.builds(k, seen=STAMPS, **KINDS[k]) for k in (e.AudioArrived, e.PlaybackCut, e.PlaybackReported)),
    st.builds(
        lambda seen, party, format: e.FormatSet(
            seen=seen, party=party, encoding=format[0], rate_hz=format[1]
        ),
        STAMPS,
        PARTIES,
        FORMATS,
    ),
)
ANY = st.one_of(*(st.builds(kind, seen=STAMPS, **fields) for kind, fields in KINDS.items()), SOUND)
OPENING = [
    e.LegOpened(
        seen=Stamp(leg, 0, 0),
        provider="twilio" if leg == "phone" else "openai",
        way="tap",
        route="r",
        conversation="c",
        workspace="w",
    )
    for leg in LEGS
] + [
    e.FormatSet(seen=Stamp(leg, 1, 0), party=party, encoding="pcm_s16le", rate_hz=24_000)
    for leg in LEGS
    for party in Party
]


def folded(events: list[Event]) -> Conversation:
    fold = Fold("c")
    for event in events:
        fold.apply(event)
    return fold.conversation()


def in_time(events: list[Event]) -> list[Event]:
    return [*OPENING, *sorted(events, key=lambda event: event.seen.at_ns)]


def check_track(track: Track) -> None:
    covered: defaultdict[str, int] = defaultdict(int)
    end_ns = None
    for span in track.spans:
        assert end_ns is None or span.at_ns >= end_ns
        assert span.byte_count > 0
        assert span.byte_count % span.format.bytes_per_frame == 0
        assert span.from_byte >= covered[span.leg]
        end_ns, covered[span.leg] = span.end_ns, span.from_byte + span.byte_count
    assert sum(span.byte_count for span in track.spans) <= track.byte_count


def check(conversation: Conversation, told: Collection[str] = ()) -> None:
    for track in (*conversation.tracks.values(), *conversation.sent.values()):
        check_track(track)
    for message in conversation.messages:
        if message.heard_ms is not None and message.sent_ms is not None:
            assert 0 <= message.heard_ms <= message.sent_ms
        assert message.text.startswith(message.heard_text) or message.heard_text in told
        assert message.heard_ms is None or message.heard_ms >= 0
        assert message.ended_ns is None or message.ended_ns >= message.started_ns
    assert len({message.key for message in conversation.messages}) == len(conversation.messages)
    at = [interruption.at_ns for interruption in conversation.interruptions]
    assert at == sorted(at)


@given(st.lists(ANY, max_size=40))
def test_no_events_in_any_order_break_the_fold(events: list[Event]) -> None:
    told = {(event.heard_text or "").strip() for event in events if isinstance(event, e.PlaybackCut)}
    check(folded(events), told)


@settings(max_examples=200)
@given(st.lists(SOUND, max_size=60))
def test_spans_never_overlap_and_never_exceed_what_was_sent(events: list[Event]) -> None:
    check(folded(in_time(events)))


@given(st.lists(ANY, max_size=40))
def test_the_same_events_give_the_same_conversation_looked_at_on_the_way_or_not(events: list[Event]) -> None:
    fold = Fold("c")
    for event in in_time(events):
        fold.apply(event)
        fold.conversation()
    assert fold.conversation() == folded(in_time(events))


@given(st.lists(ANY, max_size=40))
def test_no_message_that_was_opened_is_lost(events: list[Event]) -> None:
    opened = {(event.seen.leg, event.item) for event in events if isinstance(event, e.MessageOpened)}
    found = {(message.leg, message.item) for message in folded(events).messages}
    assert opened <= found
