"""What is counted, for Prometheus: read anew at each scrape, so there is no state to lose."""

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from earwitness.library import Library

HELP = {
    "earwitness_conversations": "Conversations in the catalog, by status.",
    "earwitness_messages": "Messages in the catalog, by provider and role.",
    "earwitness_live_legs": "Legs whose recorder is running now.",
    "earwitness_recorder_is_healthy": "1 while all that is seen is kept, 0 while something is lost.",
    "earwitness_lost_records": "Records the running recorder had to give up since it started.",
    "earwitness_unsynced_seconds": "Age of the oldest record that is not yet on disk.",
    "earwitness_disk_free_bytes": "Room left where the data folder is.",
    "earwitness_conversations_to_ship": "Ended conversations not known to be in the object store whole.",
}


class _Now(Collector):
    def __init__(self, library: Library) -> None:
        self._library = library

    def collect(self) -> list[GaugeMetricFamily]:
        figures = _figures(self._library)
        families = []
        for name, help_text in HELP.items():
            values = figures[name]
            labels = list(values[0][0]) if values else []
            family = GaugeMetricFamily(name, help_text, labels=labels)
            for label_values, value in values:
                family.add_metric([label_values[label] for label in labels], value)
            families.append(family)
        return families


def registry_for(library: Library) -> CollectorRegistry:
    """A registry that answers for this library, made for one scrape."""
    registry = CollectorRegistry()
    registry.register(_Now(library))
    return registry


Figures = dict[str, list[tuple[dict[str, str], float]]]


def _figures(library: Library) -> Figures:
    seen, recorder = library.catalog.overview(library.workspace), library.recorder
    figures: Figures = {
        "earwitness_conversations": [({"status": s}, count) for s, count in seen.conversations.items()],
        "earwitness_messages": [({"provider": m.provider, "role": m.role}, m.count) for m in seen.messages],
        "earwitness_live_legs": [],
        "earwitness_recorder_is_healthy": [],
        "earwitness_lost_records": [],
        "earwitness_unsynced_seconds": [],
        "earwitness_disk_free_bytes": [],
        "earwitness_conversations_to_ship": [],
    }
    if library.shipping is not None:
        waiting = library.shipping.waiting(library.workspace)
        figures["earwitness_conversations_to_ship"] = [({}, waiting)]
    if recorder is not None:
        figures["earwitness_live_legs"] = [({}, recorder.live_legs)]
        figures["earwitness_recorder_is_healthy"] = [({}, 0 if recorder.is_red else 1)]
        figures["earwitness_lost_records"] = [({}, recorder.lost_records)]
        figures["earwitness_unsynced_seconds"] = [({}, recorder.unsynced_age_ms / 1000)]
        figures["earwitness_disk_free_bytes"] = [({}, recorder.disk_free_bytes)]
    return figures
