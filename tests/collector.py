"""A collector of OpenTelemetry as far as tests need one: takes traces by OTLP over HTTP, and decodes them."""

import gzip
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from loopback import Answer, Asked, Loopback


class Collector(Loopback):
    """What came, decoded. `status`: what it answers from now on."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[dict[str, str], ExportTraceServiceRequest]] = []
        self.status = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/traces"

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for _, request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def respond(self, asked: Asked) -> Answer:
        is_packed = asked.headers.get("content-encoding") == "gzip"
        body = gzip.decompress(asked.body) if is_packed else asked.body
        if self.status == 200:
            self.requests.append((asked.headers, ExportTraceServiceRequest.FromString(body)))
        return Answer(self.status, {"Content-Length": "0"})
