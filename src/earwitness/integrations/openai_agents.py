"""`RealtimeSession` of the OpenAI Agents SDK, through the socket of its model.

What the SDK makes of the provider's events (history, audio, tool start and end, errors) has no form on the
wire and adds nothing to it; it is passed over.
"""

from typing import Any
from urllib.parse import urlsplit

from earwitness.integrations.attached import Attached
from earwitness.integrations.socket import Ear, is_waited_on, watch


def path(session: Any) -> str:
    """Of the address the session was told, or of the provider's own."""
    config = session._model_config
    call = config.get("call_id")
    query = f"call_id={call}" if call else f"model={session.model.model}"
    address = urlsplit(config.get("url") or f"/v1/realtime?{query}")
    return f"{address.path}?{address.query}"


def join(session: Any, attached: Attached) -> None:
    """Before the session has connected, or while it runs."""
    model = session.model
    socket = model._websocket  # a model without one is none of the SDK's own
    watch(model, "_websocket", lambda new: Ear(new, attached))
    if socket is not None:
        is_waiting = is_waited_on(socket)
        ear = Ear(socket, attached)
        if is_waiting:
            model.add_listener(First(model, ear, attached))


class First:
    """Hands over the one message the SDK was waiting for when we came; it passes the socket's `Ear` by."""

    def __init__(self, model: Any, ear: Ear, attached: Attached) -> None:
        self._model, self._ear, self._attached = model, ear, attached

    async def on_event(self, event: Any) -> None:
        if event.type == "raw_server_event":
            self._model.remove_listener(self)
            if self._ear.received_count == 0:
                self._attached.received(event.data)
