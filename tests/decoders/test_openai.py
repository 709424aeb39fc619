"""An OpenAI Realtime socket: names, sound, and frames that are not what they should be."""

from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record

APPEND = "input_audio_buffer.append"
DELTA = "response.output_audio.delta"


def test_sound_before_any_word_of_its_format_is_pcm_at_24_khz() -> None:
    leg = Playbook("openai")
    assert leg.client(APPEND, audio="<960 bytes>") == [
        "FormatSet party=caller encoding=pcm_s16le rate_hz=24000",
        "AudioArrived party=caller byte_count=960",
    ]
    assert leg.client(APPEND, audio="<3 bytes>") == ["AudioArrived party=caller byte_count=3"]
    assert leg.server(DELTA, item_id="a1", delta="<4 bytes>") == [
        "FormatSet party=agent encoding=pcm_s16le rate_hz=24000",
        "AudioArrived party=agent byte_count=4 item=a1",
    ]


def test_beta_names_mean_the_same() -> None:
    leg = Playbook("openai")
    assert leg.server("response.audio.delta", item_id="a1", delta="<4 bytes>")[1:] == [
        "AudioArrived party=agent byte_count=4 item=a1"
    ]
    beta = leg.server("response.text.delta", item_id="a2", delta="Hi")
    assert beta == ["MessageOpened item=a2 role=assistant", "TextArrived item=a2 text=Hi"]


def test_blanks_around_a_name_and_numbers_as_ids_are_taken() -> None:
    leg = Playbook("openai")
    assert leg.server(f" {DELTA} ", item_id=7, delta="<4 bytes>")[1:] == [
        "AudioArrived party=agent byte_count=4 item=7"
    ]


def test_json_in_a_binary_message_is_json() -> None:
    leg = Playbook("openai")
    told = leg.raw(b'{"type":"input_audio_buffer.append","audio":"AAAA"}', Origin.CLIENT, Kind.BINARY)
    assert told[1:] == ["AudioArrived party=caller byte_count=3"]
    assert leg.raw(b"\x00\xff", Origin.CLIENT, Kind.BINARY) == ['Undecoded reason="not UTF-8"']


def test_escaped_and_unpadded_base64_is_sound() -> None:
    leg = Playbook("openai")
    told = leg.raw(rb'{"type":"input_audio_buffer.append","audio":"\/\u002b8"}', Origin.CLIENT)
    assert told[1:] == ["AudioArrived party=caller byte_count=2"]


def test_empty_sound_is_nothing() -> None:
    assert Playbook("openai").client(APPEND, audio="") == []


def test_frames_that_are_not_what_they_should_be_are_left_over() -> None:
    leg = Playbook("openai")
    assert leg.client(APPEND) == [f'Undecoded reason="no audio" name={APPEND}']
    assert leg.client(APPEND, audio=5) == [f'Undecoded reason="no audio" name={APPEND}']
    assert leg.client(APPEND, audio="A*") == [f'Undecoded reason="bad base64" name={APPEND}']
    assert leg.server("response.audio.delta", delta="A") == [
        'Undecoded reason="bad base64" name=response.audio.delta'
    ]
    assert leg.server("response.sung") == ['Undecoded reason="unknown event" name=response.sung']
    assert leg.server(a=1) == ['Undecoded reason="no type"']
    assert leg.raw(b"hello") == ['Undecoded reason="not JSON"']
    assert leg.raw(b"[]") == ['Undecoded reason="not a JSON object"']


def test_what_was_told_before_a_frame_went_wrong_is_kept() -> None:
    failed = "conversation.item.input_audio_transcription.failed"
    assert Playbook("openai").server(failed, error={"code": "bad", "message": "no"}) == [
        "ProblemReported code=bad message=no",
        f'Undecoded reason="no item_id" name={failed}',
    ]


def test_audio_gives_the_bytes_in_the_party_s_name() -> None:
    leg = Playbook("openai")
    said = record(1, 0, "client", {"type": APPEND, "audio": "<2 bytes>"})
    answered = record(2, 0, "server", {"type": "response.audio.delta", "delta": "<3 bytes>"})
    broken = record(3, 0, "server", {"type": DELTA, "delta": "A*"})
    heard = [list(leg.decoder.audio(one)) for one in (said, answered, broken)]
    assert heard == [[(Party.CALLER, b"\xff\xff")], [(Party.AGENT, b"\xff\xff\xff")], []]
