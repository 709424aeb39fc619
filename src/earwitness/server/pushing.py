"""Metrics that are pushed instead of asked for: lines for CloudWatch, and OpenTelemetry.

CloudWatch takes lines of its embedded metric format from any log it reads. OpenTelemetry goes where the
standard variables `OTEL_EXPORTER_OTLP_ENDPOINT` and their kin say; it needs the extra `otel`.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from earwitness.errors import SettingsError, StorageUnavailable
from earwitness.library import Library
from earwitness.server.figures import HELP, Samples, figures

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider

log = logging.getLogger(__name__)

EVERY_S = 60.0
_UNITS = {"_seconds": "Seconds", "_bytes": "Bytes"}
_SHARES = ("_rate", "_success", "_is_healthy")


def emf_lines(found: dict[str, Samples], namespace: str, workspace: str, at_ms: int) -> Iterator[str]:
    """One line of CloudWatch's embedded metric format for each set of labels.

    Source: "Specification: Embedded metric format", Amazon CloudWatch User Guide.
    """
    by_labels: dict[tuple[tuple[str, str], ...], dict[str, float]] = {}
    for name, samples in found.items():
        for labels, value in samples:
            by_labels.setdefault(tuple(labels.items()), {})[name] = value
    for pairs, values in by_labels.items():
        labels = {"workspace": workspace, **dict(pairs)}
        about = {
            "Namespace": namespace,
            "Dimensions": [list(labels)],
            "Metrics": [{"Name": name, "Unit": _unit(name)} for name in values],
        }
        line = {"_aws": {"Timestamp": at_ms, "CloudWatchMetrics": [about]}, **labels, **values}
        yield json.dumps(line)


def _unit(name: str) -> str:
    if name.endswith(_SHARES):
        return "None"
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), "Count")


def open_telemetry(library: Library, readers: Sequence[Any] = ()) -> "MeterProvider":
    """A provider that hands every figure to its readers; without one, to an OTLP exporter every minute.

    Close it with `shutdown()`. Raises `SettingsError` without the extra.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.metrics import CallbackOptions, Observation
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    except ImportError as error:
        raise SettingsError(
            "push.opentelemetry needs packages of its own", hint="pip install 'earwitness[otel]'"
        ) from error
    if not readers:
        readers = [PeriodicExportingMetricReader(OTLPMetricExporter(), EVERY_S * 1000)]
    provider = MeterProvider(metric_readers=readers)
    meter = provider.get_meter("earwitness")

    def observe(name: str) -> Callable[[CallbackOptions], Iterable[Observation]]:
        return lambda _: [Observation(value, labels) for labels, value in figures(library)[name]]

    for name, meaning in HELP.items():
        meter.create_observable_gauge(name.replace("_", ".", 1), [observe(name)], description=meaning)
    return provider


class Pusher:
    """Hands out the figures of one workspace every minute, as the settings say; nothing where they say so."""

    def __init__(self, library: Library) -> None:
        settings = library.settings.push
        self._library = library.of_workspace(settings.workspace)
        self._namespace = settings.cloudwatch
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="earwitness-push", daemon=True)
        self._provider = open_telemetry(self._library) if settings.opentelemetry else None

    def start(self) -> None:
        if self._namespace:
            self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._provider is not None:
            self._provider.shutdown()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                found = figures(self._library)
            except StorageUnavailable as error:
                log.warning("no metrics for now: %s", error)
                continue
            for line in emf_lines(
                found, self._namespace, self._library.workspace, time.time_ns() // 1_000_000
            ):
                print(line, flush=True)  # CloudWatch reads it there
