"""The columns of a conversation that are measured on its sound, after the call."""

from typing import Any

from earwitness.projections.figures import Figures, Times

_AS_THEY_ARE = (
    "first_sound_ms",
    "dead_air_ms",
    "overlap_ms",
    "agent_share",
    "interruptions_by_caller",
    "interruptions_by_agent",
)


def measured(figures: Figures | None) -> dict[str, Any]:
    """Their values; all None before anything was measured."""
    took = figures.response_ms if figures else Times()
    return {
        "response_p50_ms": took.p50,
        "response_p95_ms": took.p95,
        **{name: getattr(figures, name, None) for name in _AS_THEY_ARE},
    }
