"""What is counted, in the words of Prometheus: made anew for each scrape, so there is no state to lose."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from earwitness.library import Library
from earwitness.server.figures import HELP, figures


class _Now(Collector):
    def __init__(self, library: Library) -> None:
        self._library = library

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, samples in figures(self._library).items():
            labels = list(samples[0][0]) if samples else []
            family = GaugeMetricFamily(name, HELP[name], labels=labels)
            for named, value in samples:
                family.add_metric([named[label] for label in labels], value)
            yield family


def registry_for(library: Library) -> CollectorRegistry:
    """A registry that answers for this library, made for one scrape."""
    registry = CollectorRegistry()
    registry.register(_Now(library))
    return registry
