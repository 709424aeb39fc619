"""How the recording goes, in one line a second: the recorder says it, the desk shows it."""

import msgspec


class RecorderStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the recording goes, as the recorder says once a second."""

    live_legs: int
    is_red: bool
    reason: str
    lost_records: int
    unsynced_age_ms: float
    disk_free_bytes: int
    tap_port: int | None = None  # that was really taken
