"""Spans to a collector of OpenTelemetry: OTLP over HTTP, by the SDK's own exporter."""

from collections.abc import Iterable
from importlib.metadata import version

from earwitness.errors import SettingsError, StorageUnavailable
from earwitness.exports.spans import SCHEMA_URL, Span
from earwitness.settings.outbound import Otel

NEEDS = "pip install 'earwitness[otel]'"


def check() -> None:
    """Raises `SettingsError` without the extra `otel`."""
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter  # noqa: F401
    except ImportError as error:
        raise SettingsError(f"otel.traces_url is set: {error}", hint=NEEDS) from error


def send(how: Otel, trace: int, spans: Iterable[Span]) -> None:
    """The collector has them. Raises `StorageUnavailable` where it does not take them."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExportResult
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    resource = Resource({"service.name": how.service_name, "telemetry.sdk.language": "python"})
    scope = InstrumentationScope("earwitness", version("earwitness"), SCHEMA_URL)
    kinds = {"client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}

    def context(span: int) -> SpanContext:
        return SpanContext(trace, span, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    made = [
        ReadableSpan(
            name=span.name,
            context=context(span.id),
            parent=None if span.parent is None else context(span.parent),
            resource=resource,
            attributes={**span.attributes, **({"error.type": span.error} if span.error else {})},
            kind=kinds[span.kind],
            instrumentation_scope=scope,
            status=Status(StatusCode.ERROR if span.error else StatusCode.UNSET),
            start_time=span.start_ns,
            end_time=span.end_ns,
        )
        for span in spans
    ]
    exporter = OTLPSpanExporter(endpoint=how.traces_url, headers=dict(how.headers), timeout=how.timeout_s)
    try:
        if exporter.export(made) is not SpanExportResult.SUCCESS:
            raise StorageUnavailable(
                f"the collector at {how.traces_url} did not take a trace", hint="Does it run there?"
            )
    finally:
        exporter.shutdown()  # type: ignore[no-untyped-call]
