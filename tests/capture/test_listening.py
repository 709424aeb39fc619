"""A port that cannot be had: whose it is, where, and what to set."""

import socket

import pytest

from earwitness.capture.listening import cannot_listen
from earwitness.errors import InUse, SettingsError


def refusal(host: str, port: int) -> OSError:
    with pytest.raises(OSError) as raised:  # noqa: PT011  whichever the system gives
        socket.create_server((host, port))
    return raised.value


def test_a_taken_port_is_in_use_and_the_setting_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        told = cannot_listen(refusal("127.0.0.1", port), "api", "127.0.0.1", port)
    assert isinstance(told, InUse)
    assert f"127.0.0.1:{port}" in str(told)
    assert "api.port" in told.hint


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_this_machines_is_a_wrong_setting(host: str) -> None:
    told = cannot_listen(refusal(host, 0), "tap", host, 5002)
    assert isinstance(told, SettingsError)
    assert f"{host}:5002: " in str(told)
    assert "tap.host" in told.hint
