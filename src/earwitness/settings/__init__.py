"""What a user may set: one declaration that feeds file, environment, flags and docs.

Later wins: defaults, `earwitness.toml`, environment `EARWITNESS_*` (nested with `__`), flags.
Passed in wherever it is needed; there is no global.
"""

from pathlib import Path

import msgspec

from earwitness.settings.keeping import PRESETS, Encryption, ObjectStore, RetentionRule, Trail
from earwitness.settings.listening import Listen, Tap
from earwitness.settings.outbound import AlertRule, Endpoint, Handover, Mirror, Otel, Push
from earwitness.settings.recording import POINTERS, Provider, Recording, Route, WireMapping
from earwitness.settings.redaction import Redaction
from earwitness.settings.understanding import Price, Understanding
from earwitness.settings.webhooks import Signed, SignedByTwilio, Sip, Webhooks

__all__ = [
    "DEFAULT_ROUTES",
    "POINTERS",
    "PRESETS",
    "AlertRule",
    "Encryption",
    "Endpoint",
    "Handover",
    "Listen",
    "Mirror",
    "ObjectStore",
    "Otel",
    "Price",
    "Provider",
    "Push",
    "Recording",
    "Redaction",
    "RetentionRule",
    "Route",
    "Settings",
    "Signed",
    "SignedByTwilio",
    "Sip",
    "Tap",
    "Trail",
    "Understanding",
    "Webhooks",
    "WireMapping",
]  # fmt: skip


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of one process."""

    data_dir: str = "earwitness-data"  # journals, and by default catalog and objects; one server at a time
    database_url: str = ""  # empty: SQLite in data_dir
    object_store_url: str = ""  # s3://bucket/prefix, or empty: a folder in data_dir; see CONVERSATIONS_BUCKET
    object_store: ObjectStore = ObjectStore()
    retention: dict[str, RetentionRule] = {}  # the first rule that fits says when a conversation goes
    api: Listen = Listen()
    tap: Tap = Tap()
    record: Recording = Recording()
    redact: Redaction = Redaction()
    routes: dict[str, Route] = {}
    webhooks: Webhooks = Webhooks()
    sip: Sip = Sip()
    handover: Handover = Handover()
    audit: Trail = Trail()
    encryption: Encryption = Encryption()
    understanding: Understanding = Understanding()
    prices: dict[str, Price] = {}  # what providers take, by name: the metric cost
    mirror: Mirror = Mirror()
    otel: Otel = Otel()
    push: Push = Push()
    outbound: dict[str, Endpoint] = {}  # whom to tell, by a name of your own
    alerts: dict[str, AlertRule] = {}  # what is watched, by a name of your own

    @property
    def data_path(self) -> Path:
        return Path(self.data_dir)

    @property
    def catalog_url(self) -> str:
        """The database that is set, or a SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.data_path.absolute() / 'catalog.db'}"


SIMULATED_OPENAI_PORT, SIMULATED_BOT_PORT = 5011, 5012  # where `earwitness simulate` listens
SIMULATED_ELEVENLABS_PORT, SIMULATED_HUME_PORT = 5013, 5014
SIMULATED_AUDIOCODES_PORT, SIMULATED_RELAY_PORT = 5015, 5016

DEFAULT_ROUTES = {
    "openai": Route(provider="openai", upstream="wss://api.openai.com"),
    "elevenlabs": Route(provider="elevenlabs", upstream="wss://api.elevenlabs.io"),
    "hume": Route(provider="hume", upstream="wss://api.hume.ai"),
    "sim-openai": Route(provider="openai", upstream=f"ws://127.0.0.1:{SIMULATED_OPENAI_PORT}"),
    "sim-phone": Route(provider="twilio", upstream=f"ws://127.0.0.1:{SIMULATED_BOT_PORT}"),
    "sim-elevenlabs": Route(provider="elevenlabs", upstream=f"ws://127.0.0.1:{SIMULATED_ELEVENLABS_PORT}"),
    "sim-hume": Route(provider="hume", upstream=f"ws://127.0.0.1:{SIMULATED_HUME_PORT}"),
    "sim-sip": Route(provider="audiocodes", upstream=f"ws://127.0.0.1:{SIMULATED_AUDIOCODES_PORT}"),
    "sim-relay": Route(provider="twilio", upstream=f"ws://127.0.0.1:{SIMULATED_RELAY_PORT}"),
}
