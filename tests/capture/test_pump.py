"""The frames and socket options the pump itself makes; the splice is tested in test_tap.py."""

import asyncio
import socket

import pytest
from websockets.frames import Opcode
from websockets.protocol import Protocol, Side, State

from earwitness.capture.pump import CLOSE_RESTART, close_frame, tune


@pytest.mark.parametrize(("is_masked", "side"), [(True, Side.SERVER), (False, Side.CLIENT)])
def test_our_goodbye_is_a_close_frame_that_each_side_accepts(is_masked, side):
    protocol = Protocol(side, state=State.OPEN)
    protocol.receive_data(close_frame(CLOSE_RESTART, is_masked=is_masked))
    (frame,) = protocol.events_received()
    assert frame.opcode is Opcode.CLOSE
    assert protocol.parser_exc is None
    assert protocol.close_rcvd.code == 1012


async def test_small_frames_leave_at_once_and_dead_peers_are_looked_for():
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    tune(writer.transport)
    sock = writer.get_extra_info("socket")
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    writer.close()
    await writer.wait_closed()
    server.close()
