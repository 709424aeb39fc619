"""Traces as a file: what stands in it is what the SDK sends to a collector."""

import json
from base64 import b64encode

import pytest
from google.protobuf.json_format import ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from collector import Collector
from earwitness.exports.otlp import send
from earwitness.exports.spans import spans, trace_id
from earwitness.settings.outbound import Otel
from exported import text_of
from recorded import recording

SCENARIOS = ("order", "dies")


def read(line: str) -> ExportTraceServiceRequest:
    """OTLP's JSON is Protobuf's but for ids: those are hex."""
    request = json.loads(line)
    for scope in (scope for each in request["resourceSpans"] for scope in each["scopeSpans"]):
        for span in scope["spans"]:
            for name in {"traceId", "spanId", "parentSpanId"} & span.keys():
                span[name] = b64encode(bytes.fromhex(span[name])).decode()
    return ParseDict(request, ExportTraceServiceRequest())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_line_holds_the_spans_that_the_sdk_sends(scenario: str) -> None:
    call = recording().call("openai", scenario)
    with Collector() as collector:
        send(Otel(traces_url=collector.url), trace_id(call.conversation), spans(call.conversation))
    [(_, sent)] = collector.requests
    [line] = text_of(call, "otel").splitlines()
    [resource] = read(line).resource_spans
    assert list(resource.scope_spans) == list(sent.resource_spans[0].scope_spans)
    assert [each.value.string_value for each in resource.resource.attributes] == ["earwitness"]


def test_nothing_that_was_said_is_in_it() -> None:
    assert "mushroom" not in text_of(recording().call("openai", "order"), "otel")
