"""The same figures for CloudWatch and OpenTelemetry as for Prometheus."""

import json

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from asked import Asker
from earwitness.server.figures import HELP, figures
from earwitness.server.pushing import emf_lines, open_telemetry


def test_every_figure_is_in_a_line_that_cloudwatch_reads(asker: Asker) -> None:
    found = figures(asker.library)
    lines = [json.loads(line) for line in emf_lines(found, "Calls", "default", 1_763_650_000_000)]
    told = {}
    for line in lines:
        (about,) = line["_aws"]["CloudWatchMetrics"]
        assert (about["Namespace"], line["_aws"]["Timestamp"]) == ("Calls", 1_763_650_000_000)
        (dimensions,) = about["Dimensions"]
        assert all(isinstance(line[name], str) for name in dimensions)
        assert len(dimensions) <= 30
        for metric in about["Metrics"]:
            assert metric["Unit"] in ("Count", "Seconds", "Bytes", "None")
            told.setdefault(metric["Name"], []).append(line[metric["Name"]])
    assert {name: sorted(values) for name, values in told.items()} == {
        name: sorted(value for _, value in samples) for name, samples in found.items() if samples
    }
    assert "earwitness_completion_rate" in HELP


def test_every_figure_is_observed_by_opentelemetry(asker: Asker) -> None:
    reader = InMemoryMetricReader()
    provider = open_telemetry(asker.library, [reader])
    data = reader.get_metrics_data()
    provider.shutdown()
    told = {
        metric.name: sorted(point.value for point in metric.data.data_points)
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    for name, samples in figures(asker.library).items():
        if samples:
            assert told[name.replace("_", ".", 1)] == pytest.approx(sorted(value for _, value in samples)), (
                name
            )
