"""What the running system counts, by name, read anew when asked: for Prometheus, OpenTelemetry, CloudWatch.

Shares and times of `RECENT` are those of the lake over the last 24 hours, asked at most once a minute;
without the extra `lake` they are left out.
"""

from collections.abc import Iterator

from earwitness.library import Library

HELP = {
    "earwitness_conversations": "Conversations in the catalog, by status.",
    "earwitness_messages": "Messages in the catalog, by provider and role.",
    "earwitness_conversations_with_health_reason": "Conversations with that against their record, by reason.",
    "earwitness_live_legs": "Legs whose recorder is running now.",
    "earwitness_recorder_is_healthy": "1 while all that is seen is kept, 0 while something is lost.",
    "earwitness_lost_records": "Records the running recorder had to give up since it started.",
    "earwitness_unsynced_seconds": "Age of the oldest record that is not yet on disk.",
    "earwitness_disk_free_bytes": "Room left where the data folder is.",
    "earwitness_conversations_to_ship": "Ended conversations not known to be in the object store whole.",
    "earwitness_conversations_to_finish": "Ended conversations whose files are to be made, at most 100.",
    "earwitness_alerts_firing": "Alerts that are not over, by rule.",
    "earwitness_deliveries": "What other programs were or are to be told, by state.",
    "earwitness_completion_rate": "Share of conversations of the last 24 hours that came to something.",
    "earwitness_duration_seconds": "Mean length of the conversations of the last 24 hours.",
    "earwitness_extraction_success": "Share of the fields found in conversations of the last 24 hours.",
    "earwitness_upload_success": "Share of tries to store files of the last 24 hours that succeeded.",
    "earwitness_response_seconds": "Median time to an answer over the last 24 hours.",
}
RECENT = {  # name -> the metric, and what its unit is in the unit of the name
    "earwitness_completion_rate": ("completion_rate", 1.0),
    "earwitness_duration_seconds": ("duration", 1.0),
    "earwitness_extraction_success": ("extraction_success", 1.0),
    "earwitness_upload_success": ("upload_success", 1.0),
    "earwitness_response_seconds": ("response_time", 0.001),
}

Samples = list[tuple[dict[str, str], float]]


def figures(library: Library) -> dict[str, Samples]:
    """Every name of `HELP` with its values, each with its labels. Nothing known: no values."""
    return {name: [] for name in HELP} | dict(_known(library))


def _known(library: Library) -> Iterator[tuple[str, Samples]]:
    seen, recorder = library.catalog.overview(library.workspace), library.recorder
    yield "earwitness_conversations", [({"status": s}, count) for s, count in seen.conversations.items()]
    yield (
        "earwitness_messages",
        [({"provider": m.provider, "role": m.role}, m.count) for m in seen.messages],
    )
    yield (
        "earwitness_conversations_with_health_reason",
        [({"reason": code}, count) for code, count in seen.health.items()],
    )
    if library.shipping is not None:
        waiting = library.shipping.waiting(library.workspace)
        yield "earwitness_conversations_to_ship", [({}, waiting)]
    if recorder is not None:
        yield "earwitness_live_legs", [({}, recorder.live_legs)]
        yield "earwitness_recorder_is_healthy", [({}, 0 if recorder.is_red else 1)]
        yield "earwitness_lost_records", [({}, recorder.lost_records)]
        yield "earwitness_unsynced_seconds", [({}, recorder.unsynced_age_ms / 1000)]
        yield "earwitness_disk_free_bytes", [({}, recorder.disk_free_bytes)]
    mine = [conversation for workspace, conversation in library.due() if workspace == library.workspace]
    yield "earwitness_conversations_to_finish", [({}, len(mine))]
    yield "earwitness_alerts_firing", [({"rule": r}, n) for r, n in library.firing().items()]
    yield (
        "earwitness_deliveries",
        [({"state": s}, n) for s, n in library.outbox.counts(library.workspace).items()],
    )
    for name, (metric, scale) in RECENT.items():
        points = library.recent(metric)
        yield (
            name,
            [
                ({"provider": point["provider"]}, point["value"] * scale)
                for point in points
                if point["value"] is not None
            ],
        )
