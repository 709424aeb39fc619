"""Recordings that Twilio made are fetched once, from where they may lie, and join their call in time."""

import io
import time
from base64 import b64encode
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

import msgspec
import numpy as np
import pytest
import soundfile

from earwitness.audio.codecs import encode
from earwitness.clock import NS_PER_S, ManualClock
from earwitness.desk.fetching import MOST_ATTEMPTS, Fetching
from earwitness.errors import NotFound, StorageUnavailable
from earwitness.library import Library
from earwitness.settings import SignedByTwilio, Webhooks
from earwitness.simulator.lines import spoken
from journal_legs import Legs
from recorded import as_it_was
from recordings_server import ACCOUNT, TOKEN, RecordingsServer

SAID = ("order", "order_number", "bye", "ask_hours")
BEGAN_S = int(time.time()) - 3600
OFF_MS = 700


def talk(names):
    gap = np.zeros(6000, np.int16)
    return np.concatenate([part for name in names for part in (gap, spoken(name, 8000))])


def stereo(samples, channels=2):
    file = io.BytesIO()
    both = np.stack([samples, np.zeros_like(samples)][:channels], axis=1)
    soundfile.write(file, both, 8000, format="WAV", subtype="PCM_16")
    return file.getvalue()


def telephone(data_dir):
    """A call that was recorded here: from 1000 ms on the caller says their lines."""
    with Legs(data_dir, began_s=BEGAN_S) as legs:
        leg = legs.open("twilio", links=("call:CA1",), clock="here")
        form = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        start = {"streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"], "mediaFormat": form}
        leg.client(0, {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start})
        sound = encode("mulaw", talk(SAID))
        for number, at in enumerate(range(0, len(sound), 160)):
            media = {"track": "inbound", "chunk": str(number + 1), "timestamp": str(number * 20)}
            media["payload"] = b64encode(sound[at : at + 160]).decode()
            leg.client(1020 + number * 20, {"event": "media", "streamSid": "MZ1", "media": media})
        leg.end(1030 + len(sound) / 8, why="closed")


def told(data_dir, url, **form):
    """What Twilio says when the recording is there."""
    start = format_datetime(datetime.fromtimestamp(BEGAN_S, UTC))
    body = {"CallSid": "CA1", "RecordingSid": "RE1", "RecordingStatus": "completed", "RecordingUrl": url}
    body |= {"RecordingStartTime": start, "RecordingDuration": "20", **form}
    with Legs(data_dir, began_s=BEGAN_S + 60) as legs:
        leg = legs.open("twilio", way="webhook", clock="here")
        leg.server(1, {"delivery": [f"twilio:{hash(urlencode(body))}"], "form": urlencode(body)})
        leg.end(2)


@pytest.fixture
def server():
    # The recording lacks the first 300 ms before the caller's lines: 700 ms less than their leg has.
    server = RecordingsServer(stereo(np.concatenate([np.zeros(2400, np.int16), talk(SAID)])))
    yield server
    server.close()


@pytest.fixture
def library(tmp_path):
    how = SignedByTwilio(secret=TOKEN, account_sid=ACCOUNT, recording_hosts=("127.0.0.1",))
    library = Library(msgspec.structs.replace(as_it_was(tmp_path), webhooks=Webhooks(twilio=how)))
    yield library
    library.catalog.close()


def fetch(library):
    """One round; the call as it is then."""
    library.catch_up()
    [fetching] = library.carriers()
    for due in fetching.due():
        fetching.ship(*due)
    library.catch_up()
    [recorded] = library.conversations()
    return recorded


def fetched(recorded):
    return [leg for leg in recorded.document()["legs"] if leg["way"] == "fetched"]


def metadata(recorded):
    return recorded.document()["metadata"]


def test_a_recording_of_twilio_joins_its_call_and_its_clock_is_set(tmp_path, library, server):
    telephone(tmp_path)
    told(tmp_path, server.url)
    library.catch_up()
    [before] = library.conversations()
    recorded = fetch(library)
    assert recorded.id == before.id
    assert server.asked == [f"{server.url.partition(str(server.port))[2]}.wav?RequestedChannels=2"]
    [leg] = fetched(recorded)
    assert leg["provider_ids"] == {"call_sid": "CA1", "recording_sid": "RE1"}
    assert abs(leg["clock_offset_ms"] + OFF_MS) <= 10, leg
    assert (leg["clock_certainty"] > 0.8, leg["is_clock_set"]) == (True, True)
    assert f"clock {leg['clock_offset_ms']:+d} ms" in recorded.summary()
    assert metadata(recorded)["recording_fetch"] == "joined"
    assert library.prove() == []
    assert library.carriers()[0].due() == ()


def test_a_recording_alone_is_heard(tmp_path, library, server):
    told(tmp_path, server.url)
    tracks = fetch(library).conversation.tracks
    assert {party: bool(track.spans) for party, track in tracks.items() if track.spans} == {"caller": True}


def test_the_same_recording_twice_changes_nothing(tmp_path, library, server):
    telephone(tmp_path)
    told(tmp_path, server.url)
    first = fetch(library).document()["legs"]
    told(tmp_path, server.url, CallStatus="completed")
    recorded = fetch(library)
    assert fetched(recorded) == [leg for leg in first if leg["way"] == "fetched"]
    assert len(server.asked) == 1


def test_states_that_are_not_completed_fetch_nothing(tmp_path, library, server):
    told(tmp_path, server.url, RecordingStatus="absent")
    recorded = fetch(library)
    assert (server.asked, fetched(recorded)) == ([], [])
    assert metadata(recorded)["recording_status"] == "absent"


@pytest.mark.parametrize(
    "url",
    [
        "https://recordings.example.org/RE1",
        "http://api.twilio.com/RE1",
        "https://127.0.0.1.example.org/RE1",
        "https://127.0.0.1@example.org/RE1",
        "https://[::1/RE1",
        "file:///etc/passwd",
    ],
)
def test_no_other_place_is_given_the_credentials(tmp_path, library, url):
    told(tmp_path, url)
    recorded = fetch(library)
    assert metadata(recorded)["recording_fetch"] == "failed"
    assert metadata(recorded)["recording_fetch_problem"]


def test_no_redirect_is_followed(tmp_path, library, server):
    other = RecordingsServer(server.sound)
    server.status, server.location = 307, other.url
    told(tmp_path, server.url)
    recorded = fetch(library)
    other.close()
    assert other.asked == []
    assert "redirected" in metadata(recorded)["recording_fetch_problem"]


@pytest.mark.parametrize("sound", [b"no sound", stereo(talk(("bye",)), channels=1)])
def test_what_is_no_sound_of_two_sides_is_told(tmp_path, library, server, sound):
    server.sound = sound
    told(tmp_path, server.url)
    problem = metadata(fetch(library))["recording_fetch_problem"]
    assert problem.startswith("the recording")
    assert not list(tmp_path.glob("*.wav"))


def round_of(library, clock, **bounds):
    how = library.settings.webhooks.twilio
    database = library.catalog.database
    return Fetching(how, library.journal_root, database, library.any, library.spool, clock=clock, **bounds)


def test_what_is_too_long_is_told(tmp_path, library, server):
    told(tmp_path, server.url)
    library.catch_up()
    fetching = round_of(library, ManualClock(wall_ns=time.time_ns()), most_bytes=1000)
    fetching.ship(*fetching.due()[0])
    assert "longer than 1000 bytes" in metadata(fetch(library))["recording_fetch_problem"]


def test_what_does_not_come_is_tried_again_ever_more_rarely_and_then_told(tmp_path, library, server):
    told(tmp_path, server.url)
    library.catch_up()
    server.status = 404
    clock = ManualClock(wall_ns=time.time_ns())
    for _ in range(MOST_ATTEMPTS - 1):
        fetching = round_of(library, clock)  # as after a restart
        [due] = fetching.due()
        with pytest.raises(StorageUnavailable, match="HTTP 404"):
            fetching.ship(*due)
        assert round_of(library, clock).due() == ()
        clock.advance(3600 * NS_PER_S)
    fetching.ship(*fetching.due()[0])
    assert metadata(fetch(library))["recording_fetch_problem"].endswith("HTTP 404")
    assert len(server.asked) == MOST_ATTEMPTS


def test_a_call_that_is_erased_on_the_way_gets_no_recording(tmp_path, library, server, monkeypatch):
    told(tmp_path, server.url)
    library.catch_up()
    [recorded] = library.conversations()
    [fetching] = library.carriers()
    download = fetching._download

    def erase_meanwhile(url, file):
        download(url, file)
        library.erase(recorded.id, reason="asked to")

    monkeypatch.setattr(fetching, "_download", erase_meanwhile)
    with pytest.raises(NotFound):
        fetching.ship(*fetching.due()[0])
    library.catch_up()
    assert list(library.conversations()) == []


def test_without_credentials_nothing_is_fetched(tmp_path):
    library = Library(as_it_was(tmp_path))
    assert library.carriers() == []
    library.catalog.close()
