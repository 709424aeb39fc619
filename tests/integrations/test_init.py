"""Which objects can be attached."""

import pytest

import earwitness
from earwitness.errors import InvalidInput
from earwitness.integrations import attach


def test_an_object_nobody_knows_is_refused_with_what_is_known(tmp_path):
    with pytest.raises(InvalidInput) as refused:
        earwitness.attach(object(), data_dir=tmp_path)
    assert "RealtimeSession" in refused.value.hint
    assert not (tmp_path / "journal").exists()


def test_an_object_of_a_known_class_that_is_not_what_it_was_goes_unrecorded_and_says_so(tmp_path, caplog):
    kind = type("ChatSocketClient", (), {"__module__": "hume.empathic_voice.chat.socket_client"})
    leg = attach(kind(), data_dir=tmp_path)
    assert "goes unrecorded" in caplog.text
    leg.received("x")
    leg.end(outcome="none")
    leg.close()
