"""Recording the objects of the providers' own libraries, from inside the program that uses them.

Each file knows one library and imports it only there; none of them knows what a message means.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from earwitness.capture.choosing import kept_of
from earwitness.capture.door import KEEPS, Choice
from earwitness.capture.edge import guarded
from earwitness.capture.handover import Server
from earwitness.clock import Clock
from earwitness.errors import InvalidInput
from earwitness.integrations import elevenlabs, hume, openai, openai_agents, pipecat
from earwitness.integrations.attached import Attached
from earwitness.recording import prepare

__all__ = ["Attached", "attach"]


class _Known(NamedTuple):
    """How objects of one class are recorded."""

    provider: str
    path: Callable[[Any], str]  # what it dials
    join: Callable[[Any, Attached], None]
    mapping: Mapping[str, Any] = {}  # where the form is our own


_openai = _Known("openai", openai.path, openai.join)
_elevenlabs = _Known("elevenlabs", elevenlabs.path, elevenlabs.join)
_hume = _Known("hume", hume.path, hume.join)
_pipecat = _Known("generic", lambda _: "", pipecat.join, pipecat.MAPPING)
_KNOWN = {
    "agents.realtime.session.RealtimeSession": _Known("openai", openai_agents.path, openai_agents.join),
    "openai.resources.realtime.realtime.RealtimeConnection": _openai,
    "openai.resources.realtime.realtime.AsyncRealtimeConnection": _openai,
    "elevenlabs.conversational_ai.conversation.Conversation": _elevenlabs,
    "elevenlabs.conversational_ai.conversation.AsyncConversation": _elevenlabs,
    "hume.empathic_voice.chat.socket_client.ChatSocketClient": _hume,
    "hume.empathic_voice.chat.socket_client.AsyncChatSocketClient": _hume,
    "pipecat.pipeline.worker.PipelineWorker": _pipecat,
    "pipecat.pipeline.task.PipelineTask": _pipecat,  # the class's place before Pipecat 1
}


def attach(
    connection: object,
    *,
    conversation: str | None = None,
    subject: str | None = None,
    labels: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    data_dir: str | os.PathLike[str] = "earwitness-data",
    keep: Iterable[str] = KEEPS,
    require_consent: bool = False,
    server: str = "",
    key: str = "",
    clock: Clock | None = None,
) -> Attached:
    """Record this object's connection from now on; what went by before is not known here.

    `keep`, `require_consent`, `server` and `key` as in `record`. Raises `InvalidInput` for an object of no
    known library and for an unknown word in `keep`, and nothing else. The object behaves as before. The leg
    ends with the connection; used as a context manager, with the block.
    """
    known = _known(connection)
    prepare(data_dir)
    attached = Attached.begin(
        provider=known.provider,
        conversation=conversation,
        subject=subject,
        labels=labels,
        metadata=metadata,
        data_dir=data_dir,
        path=guarded(lambda: known.path(connection), lambda _: ""),
        choice=Choice(kept_of(keep), mapping=known.mapping, needs_consent=require_consent),
        server=Server(server, key),
        clock=clock,
    )
    guarded(lambda: known.join(connection, attached), attached.failed)
    return attached


def _known(connection: object) -> _Known:
    """How to join it. Raises `InvalidInput`."""
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(connection).__mro__]
    known = next((_KNOWN[name] for name in names if name in _KNOWN), None)
    if known is None:
        every = ", ".join(name.rsplit(".", 1)[1] for name in _KNOWN)
        hint = f"Known: {every}. For others: earwitness.record."
        raise InvalidInput(f"a {type(connection).__name__} cannot be attached", hint=hint)
    return known
