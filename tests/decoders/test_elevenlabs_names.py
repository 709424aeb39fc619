"""What of ElevenLabs is not read, and says so."""

import pytest

from earwitness.decoders.elevenlabs import ElevenLabsAgents
from earwitness.decoders.elevenlabs_names import OTHER_SOCKETS, PASSED_OVER
from wirelogs import Playbook


def test_nothing_that_is_passed_over_is_read() -> None:
    assert not ElevenLabsAgents().names & PASSED_OVER.keys()
    for name in PASSED_OVER:
        assert Playbook("elevenlabs").server(name) == []


@pytest.mark.parametrize("part", OTHER_SOCKETS)
def test_other_sockets_are_told_once(part: str) -> None:
    leg = Playbook("elevenlabs", path=f"/v1/x{part}y?agent_id=a")
    assert leg.server("user_transcript") == [f'Undecoded reason="no decoder for {OTHER_SOCKETS[part]}"']
    assert leg.server("audio") == leg.client(user_audio_chunk="AAAA") == []


def test_speech_engine_is_known_by_its_header() -> None:
    header = ("X-Elevenlabs-Speech-Engine-Authorization", "[struck]")
    leg = Playbook("elevenlabs", path="/my/own", headers=[header])
    assert leg.server("init") == ['Undecoded reason="no decoder for ElevenLabs Speech Engine"']
