"""A chat of the `hume` library, blocking or asynchronous."""

from typing import Any

from earwitness.integrations.attached import Attached
from earwitness.integrations.socket import listen


def path(chat: Any) -> str:
    socket = chat._websocket
    return str(socket.request.path if hasattr(socket, "request") else socket.path)


def join(chat: Any, attached: Attached) -> None:
    listen(chat._websocket, attached)
