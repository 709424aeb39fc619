"""Traces of the OpenAI Agents SDK: a processor that keeps every span with its conversation.

The SDK calls it only while tracing is on: `OPENAI_AGENTS_DISABLE_TRACING=1` keeps spans from here as well.
"""

import os
import threading
from typing import Any

from agents.tracing import Span, Trace, TracingProcessor

from earwitness.capture.edge import guarded
from earwitness.capture.recorder import Recorder
from earwitness.journal.record import Ended
from earwitness.recording import record


def trace_processor(*, data_dir: str | os.PathLike[str] = "earwitness-data") -> TracingProcessor:
    """For `agents.add_trace_processor`: each trace is a leg, each span that ends a note on it.

    A trace with a `group_id` belongs to the conversation of that name, together with the legs that `attach`,
    `record` or the tap recorded under it; one without is a conversation of its own. Never raises into the
    agent and waits for nothing, but for `force_flush`.
    """
    return _Processor(data_dir)


class _Processor(TracingProcessor):
    def __init__(self, data_dir: str | os.PathLike[str]) -> None:
        self._data_dir = data_dir
        self._lock = threading.Lock()
        self._legs: dict[str, Recorder] = {}

    def on_trace_start(self, trace: Trace) -> None:
        guarded(lambda: self._begin(trace), lambda _: None)

    def on_span_start(self, span: Span[Any]) -> None:
        """Nothing to keep yet: the span tells its own beginning when it ends."""

    def on_span_end(self, span: Span[Any]) -> None:
        leg = self._legs.get(span.trace_id)
        if leg is not None:
            guarded(lambda: leg.mark(span=span.export()), lambda _: None)

    def on_trace_end(self, trace: Trace) -> None:
        with self._lock:
            leg = self._legs.pop(trace.trace_id, None)
        if leg is not None:
            leg.finish(Ended(why="done", by="recorder"), timeout_s=0)

    def force_flush(self) -> None:
        for leg in self._running():
            leg.flush()

    def shutdown(self) -> None:
        for leg in self._running():
            leg.close()

    def _begin(self, trace: Trace) -> None:
        told = trace.export() or {}
        leg = record(
            provider="generic",
            conversation=told.get("group_id") or trace.trace_id,
            metadata={**(told.get("metadata") or {}), "workflow": trace.name},
            data_dir=self._data_dir,
        )
        with self._lock:
            self._legs[trace.trace_id] = leg

    def _running(self) -> list[Recorder]:
        with self._lock:
            return list(self._legs.values())
