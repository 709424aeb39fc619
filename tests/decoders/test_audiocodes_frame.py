"""One frame of AudioCodes by itself."""

import pytest

from earwitness.decoders.audiocodes_frame import FORMATS, format_named, party_named, read_frame, sound_of
from earwitness.decoders.wire import Unreadable
from earwitness.model.events import Party


def test_name_is_read_without_blanks_and_the_sound_under_either_key() -> None:
    frame = read_frame(b'{"type": " userStream.chunk ", "audio": "AQI="}')
    assert (frame.type, sound_of(frame)) == ("userStream.chunk", b"\x01\x02")
    assert sound_of(read_frame(b'{"audioChunk": "AQ==", "audio": "AQI="}')) == b"\x01"


def test_value_of_a_wrong_kind_hides_no_other() -> None:
    frame = read_frame(
        b'{"type": "playStream.chunk", "streamId": 1.5, "participant": [], "audioChunk": "AQ=="}'
    )
    assert (frame.type, frame.streamId, frame.participant) == ("playStream.chunk", None, None)
    assert sound_of(frame) == b"\x01"


@pytest.mark.parametrize("name", [None, "", "caller", "Caller-leg", "customer 2", "user"])
def test_caller_has_many_names(name: str | None) -> None:
    assert party_named(name) is Party.CALLER


@pytest.mark.parametrize("name", ["agent", "callee", "supervisor"])
def test_everybody_else_is_staff(name: str) -> None:
    assert party_named(name) is Party.HUMAN_AGENT


@pytest.mark.parametrize("container", ["raw", "wav"])
def test_every_coding_comes_raw_or_in_a_wav(container: str) -> None:
    assert [format_named(f"{container}/{coding}") for coding in FORMATS] == list(FORMATS.values())


@pytest.mark.parametrize("name", ["", "raw", "raw/opus", "mp3/lpcm16", "lpcm16"])
def test_other_formats_are_not_known(name: str) -> None:
    with pytest.raises(Unreadable, match="unknown audio format"):
        format_named(name)
