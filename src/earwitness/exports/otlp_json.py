"""Spans as a file: OTLP in JSON, a request a line, as a collector's file receiver reads it.

JSON as OTLP has it (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"): ids in hex, 64-bit
integers as strings, enums as numbers.
"""

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from earwitness.exports.recording import Options, Recording
from earwitness.exports.spans import SCHEMA_URL, Span, Value, spans, trace_id
from earwitness.projections.json_text import one_line
from earwitness.settings.outbound import Otel

_KINDS = {"internal": 1, "client": 3}
_ERROR = 2
_PARENT_IS_LOCAL = 0x100  # of `flags`: it is known whether the parent is remote, and it is not


def lines(recording: Recording, options: Options) -> Iterator[str]:
    """The trace of one conversation, without what was said."""
    conversation = recording.conversation
    trace = f"{trace_id(conversation):032x}"
    scope = {
        "scope": {"name": "earwitness", "version": version("earwitness")},
        "spans": [_span(trace, span) for span in spans(conversation)],
        "schemaUrl": SCHEMA_URL,
    }
    resource = {"attributes": _attributes({"service.name": Otel().service_name})}
    yield one_line({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}) + "\n"


def _span(trace: str, span: Span) -> dict[str, Any]:
    return {
        "traceId": trace,
        "spanId": f"{span.id:016x}",
        **({} if span.parent is None else {"parentSpanId": f"{span.parent:016x}"}),
        "flags": _PARENT_IS_LOCAL,
        "name": span.name,
        "kind": _KINDS[span.kind],
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(span.end_ns),
        "attributes": _attributes({**span.attributes, **({"error.type": span.error} if span.error else {})}),
        "status": {"code": _ERROR} if span.error else {},
    }


def _attributes(given: dict[str, Value]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in given.items()]


def _value(value: Value) -> dict[str, Any]:
    if isinstance(value, tuple):
        return {"arrayValue": {"values": [_value(each) for each in value]}}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
