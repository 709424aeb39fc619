"""A `PipelineWorker` (or `PipelineTask`) of Pipecat, by an observer of its frames.

Pipecat has no wire: what its frames tell is handed over in a form of our own, which `MAPPING` reads.
"""

from typing import Any

from earwitness.integrations.attached import Attached

MAPPING: dict[str, Any] = {
    "type": "/kind",
    "role": "/role",
    "text": "/text",
    "item": "/item",
    "audio": "/audio",
    "rate": "/rate_hz",
    "time": "/said_at",
    "tool_name": "/tool/name",
    "tool_arguments": "/tool/arguments",
    "tool_result": "/tool/result",
    "tool_call": "/tool/call",
    "problem": "/problem",
    "pieces": ["piece"],
    "cuts": ["interruption"],
}


def join(worker: Any, attached: Attached) -> None:
    from earwitness.integrations.pipecat_observer import Observer

    worker.add_observer(Observer(attached))
