"""`Conversation` and `AsyncConversation` of the `elevenlabs` library. Attach before `start_session`."""

from typing import Any

from earwitness.integrations.attached import Attached
from earwitness.integrations.socket import Ear, listen, watch


def path(conversation: Any) -> str:
    return f"/v1/convai/conversation?agent_id={conversation.agent_id}"


def join(conversation: Any, attached: Attached) -> None:
    """The library shows its socket twice: it is listened to once."""
    heard: list[Any] = []

    def begin(socket: Any) -> Ear | None:
        if socket in heard:
            return None
        heard[:] = [socket]
        return listen(socket, attached)

    if conversation._ws is not None:
        begin(conversation._ws)
    watch(conversation, "_ws", begin)
