"""Traces over the wire, by the real SDK, to a collector that decodes them."""

import subprocess
import sys

import pytest

from collector import Collector
from earwitness.errors import StorageUnavailable
from earwitness.exports.otlp import send
from earwitness.exports.spans import spans, trace_id
from earwitness.settings.outbound import Otel
from recorded import recording


def test_a_recorded_call_arrives_as_one_trace_with_all_its_spans() -> None:
    call = recording().call("openai", "order").conversation
    made = list(spans(call))
    with Collector() as collector:
        how = Otel(traces_url=collector.url, headers={"x-key": "secret"}, service_name="desk")
        send(how, trace_id(call), made)
    [(headers, request)] = collector.requests
    assert headers["x-key"] == "secret"
    assert headers["content-type"] == "application/x-protobuf"
    [resource] = request.resource_spans
    assert {each.key: each.value.string_value for each in resource.resource.attributes}[
        "service.name"
    ] == "desk"
    came = collector.spans
    assert {span.trace_id.hex() for span in came} == {call.id.replace("-", "")}
    assert [(span.name, span.start_time_unix_nano, span.end_time_unix_nano) for span in came] == [
        (span.name, span.start_ns, span.end_ns) for span in made
    ]
    below = {span.span_id for span in came}
    assert [span.parent_span_id in below for span in came] == [False] + [True] * (len(came) - 1)
    names = {span.name.partition(" ")[0] for span in came}
    assert names == {"invoke_agent", "turn", "chat", "execute_tool"}


def test_a_collector_that_does_not_take_it_is_told_of() -> None:
    call = recording().call("openai", "order").conversation
    with Collector() as collector:
        collector.status = 400
        with pytest.raises(StorageUnavailable, match="did not take a trace"):
            send(Otel(traces_url=collector.url, timeout_s=2), trace_id(call), spans(call))


def test_without_the_extra_a_server_that_is_to_send_traces_does_not_start() -> None:
    """In a process of its own, in which the library cannot be imported."""
    program = """if True:
        import sys
        sys.modules["opentelemetry.exporter.otlp.proto.http.trace_exporter"] = None
        from earwitness.desk.delivering import Traces
        from earwitness.errors import SettingsError
        from earwitness.settings.outbound import Otel
        try:
            Traces(Otel(traces_url="http://127.0.0.1:1/v1/traces"))
        except SettingsError as error:
            print(error.hint)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "earwitness[otel]" in done.stdout
