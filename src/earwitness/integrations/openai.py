"""A realtime connection of the `openai` library, blocking or asynchronous."""

from typing import Any

from earwitness.integrations.attached import Attached
from earwitness.integrations.socket import listen, watch


def path(connection: Any) -> str:
    return str(connection._connection.request.path)


def join(connection: Any, attached: Attached) -> None:
    """Sockets the library dials again after a loss are heard as well."""
    listen(connection._connection, attached)
    watch(connection, "_connection", lambda socket: listen(socket, attached))
