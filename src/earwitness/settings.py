"""What a user may set: one declaration that feeds file, environment, flags and docs.

Later wins: defaults, `earwitness.toml`, environment `EARWITNESS_*` (nested with `__`), flags.
Passed in wherever it is needed; there is no global.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from earwitness.settings_redaction import Redaction
from earwitness.settings_understanding import Understanding

Provider = Literal["openai", "elevenlabs", "hume", "twilio", "audiocodes", "generic"]
Preset = Literal["", "mifid2-5y", "sec-17a4-6y", "cftc-oral-1y", "hipaa-6y", "s3-30d"]
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the API listens."""

    host: str = "127.0.0.1"  # 0.0.0.0: every address of the machine
    port: Port = 5001  # 0: any free one
    cors_origins: tuple[str, ...] | str = ()  # whose pages may call the API, e.g. https://app.example.org
    hosts: tuple[str, ...] | str = ()  # names of this machine that contain a dot, by which it may be called
    trusted_proxies: tuple[str, ...] | str = ()  # addresses whose X-Forwarded-For and -Proto are believed
    tls_cert: str = ""  # PEM file; with tls_key the API speaks HTTPS
    tls_key: str = ""  # PEM file of the certificate's private key
    requests_per_minute: int = 6000  # of one key or login; 0: as many as they like
    any_subject: bool = False  # let research ids log in that nobody registered
    token_minutes: int = 60  # how long a login lasts

    @property
    def origins(self) -> tuple[str, ...]:
        return listed(self.cors_origins)

    @property
    def names(self) -> tuple[str, ...]:
        return listed(self.hosts)

    @property
    def proxies(self) -> tuple[str, ...]:
        return listed(self.trusted_proxies)


def listed(values: tuple[str, ...] | str) -> tuple[str, ...]:
    """One by one: the environment brings them with commas in between."""
    each = values.split(",") if isinstance(values, str) else values
    return tuple(value.strip() for value in each if value.strip())


class Tap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where callers connect instead of to the provider."""

    host: str = "127.0.0.1"  # 0.0.0.0: every address of the machine
    port: Port = 5002  # 0: any free one
    require_key: bool = False  # refuse legs that bring no key of ours
    tls_cert: str = ""  # PEM file; with tls_key the tap listens on wss
    tls_key: str = ""  # PEM file of the certificate's private key
    public_url: str = ""  # scheme and host by which Twilio reaches the tap; its signature then is a key
    calls_per_workspace: int = 0  # at once; 0: any number
    handshakes_per_address: int = 200  # connections that have not said yet what they want; 0: any number


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a leg. A route says what it has otherwise; the rest is as for all."""

    audio: bool = True  # the sound of both sides; without it its length and times are kept
    raw: bool = True  # the provider's messages as they came; without it what a decoder reads of them
    transcripts: bool = True  # what was said, as text; without any of the three messages are only counted
    only: tuple[str, ...] | str = ()  # messages of these names alone, * for anything: response.*, error
    never: tuple[str, ...] | str = ()  # messages of these names not at all
    sample: float = 1.0  # the share of conversations that is kept; of the others messages are only counted
    require_consent: bool = False  # write nothing of a call before consent is given
    pause_seconds: int = 900  # a pause that nobody ends, ends then
    on_failure: Literal["pass", "refuse"] = "pass"  # may a call go on that cannot be recorded?
    live_stereo: bool = True  # a stereo WAV of every running call in data_dir/live, playable at any instant

    def __post_init__(self) -> None:
        if not 0 <= self.sample <= 1:
            raise ValueError(f"sample: {self.sample:g} is no share; write 0.1 for one in ten")
        if not 1 <= self.pause_seconds <= 86_400:
            raise ValueError(f"pause_seconds: {self.pause_seconds} is not between 1 and 86400")


POINTERS = (  # the fields of `WireMapping` that say where a value stands
    "type",
    "role",
    "text",
    "audio",
    "rate",
    "item",
    "previous",
    "time",
    "conversation",
    "tool_name",
    "tool_arguments",
    "tool_result",
    "tool_call",
    "problem",
)


class WireMapping(msgspec.Struct, frozen=True):
    """How to read a protocol of one's own. Where: JSON pointers (RFC 6901), empty for nowhere."""

    type: str = ""  # where a message's kind stands
    role: str = ""  # where it stands whose it is; nowhere: the client's are the user's
    text: str = ""  # where its words stand
    audio: str = ""  # where its sound stands, in base64
    rate: str = ""  # where the sound's samples a second stand; nowhere: `rate_hz`
    item: str = ""  # where the message's id stands; nowhere: each is one of its own
    previous: str = ""  # where the id of the message before it stands
    time: str = ""  # where it stands when it was said: s or ms since 1970, or RFC 3339
    conversation: str = ""  # where the call's id stands; legs with the same one belong together
    tool_name: str = ""  # where a tool call's name stands
    tool_arguments: str = ""  # where its arguments stand
    tool_result: str = ""  # where its result stands
    tool_call: str = ""  # where the tool call's id stands
    problem: str = ""  # where an error is told in words
    user: tuple[str, ...] = ("user",)  # values of role that mean the user
    assistant: tuple[str, ...] = ("assistant",)  # values of role that mean the assistant
    system: tuple[str, ...] = ("system",)  # values of role that mean neither
    pieces: tuple[str, ...] = ()  # kinds whose text is one piece of a message, not all of it
    cuts: tuple[str, ...] = ()  # kinds that throw away what the agent has not said yet
    ends: tuple[str, ...] = ()  # kinds that end the call
    ignored: tuple[str, ...] = ()  # kinds that say nothing of the conversation
    encoding: Literal["pcm_s16le", "mulaw", "alaw"] = "pcm_s16le"  # of the sound
    rate_hz: int = 16000  # of the sound
    binary_audio: bool = False  # whether binary messages are sound

    def __post_init__(self) -> None:
        for name in POINTERS:
            pointer = getattr(self, name)
            if not re.fullmatch(r"(/([^/~]|~[01])*)*", pointer):
                raise ValueError(f"{name}: {pointer!r} is no JSON pointer; one is like /message/text")
        if self.rate_hz not in range(4_000, 192_001):
            raise ValueError(f"rate_hz: {self.rate_hz} is not between 4000 and 192000")


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name under which callers reach one upstream."""

    provider: Provider  # whose protocol it speaks
    upstream: str  # ws:// or wss://, host, port, path prefix
    record: Recording | None = None  # None: as for all
    redact: Redaction | None = None  # None: as for all
    metadata: dict[str, str] = {}  # given to every conversation that comes this way
    enabled: bool = True  # False: callers get 403
    mapping: WireMapping | None = None  # for the provider generic: how to read it
    ca_file: str = ""  # PEM of the authority that signed the upstream's certificate, if private


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that a webhook comes from its provider. Keep it out of files that others read."""

    secret: str = ""  # with which the provider signs; empty: none of its webhooks is believed


class SignedByTwilio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves that Twilio calls."""

    secret: str = ""  # the account's auth token
    shared_key: str = ""  # of webhooks that are signed with HMAC-SHA-256


class Webhooks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What providers tell by calling us, at /webhooks/<provider>."""

    public_url: str = ""  # scheme and host by which Twilio calls the API; empty: as the request names it
    trusts_proxy: bool = False  # believe X-Forwarded-Proto and -Host, where there is no public_url
    workspace: str = "default"  # to which all that is told belongs
    openai: Signed = Signed()
    elevenlabs: Signed = Signed()
    hume: Signed = Signed()
    twilio: SignedByTwilio = SignedByTwilio()


class Sip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls that reach OpenAI by SIP: each that is told of is recorded by a connection beside it."""

    api_key: str = ""  # of the OpenAI project; empty: such calls are noted and not recorded
    api_base: str = "https://api.openai.com"  # where calls are accepted and heard
    accept: dict[str, Any] = {}  # the session every call is accepted with; empty: your application accepts


class Trail(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The audit log, and who keeps its signed heads."""

    sinks: tuple[str, ...] | str = ()  # where checkpoints go: file:/path, https://host/path, objects

    @property
    def where(self) -> tuple[str, ...]:
        """`sinks`, one by one: the environment brings them with commas in between."""
        listed = self.sinks.split(",") if isinstance(self.sinks, str) else self.sinks
        return tuple(sink.strip() for sink in listed if sink.strip())


class RetentionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long conversations stay that fit all of its words. Periods are like 30d, 18m or 5y."""

    preset: Preset = ""  # periods that a law asks for, by name; those given beside it count instead
    at_least: str = ""  # nobody deletes them before; empty: anybody may
    at_most: str = ""  # they are deleted then; empty: never by themselves
    workspaces: tuple[str, ...] = ()  # of these only; empty: of all
    labels: tuple[str, ...] = ()  # with one of these; empty: with any or none
    providers: tuple[str, ...] = ()  # with a leg of one of these; empty: of any

    def __post_init__(self) -> None:
        for period in (self.at_least, self.at_most):
            if not re.fullmatch(r"([1-9][0-9]{0,3}[dmy])?", period):
                raise ValueError(f"{period!r} is no period; one is like 30d, 18m or 5y")


PRESETS = {  # periods from the end of the call
    "mifid2-5y": RetentionRule(at_least="5y", at_most="5y"),  # Delegated Regulation (EU) 2017/565, art. 76(8)
    "sec-17a4-6y": RetentionRule(at_least="6y", at_most="6y"),  # 17 CFR 240.17a-4(a)
    "cftc-oral-1y": RetentionRule(at_least="1y", at_most="1y"),  # 17 CFR 1.31(b)(2)
    "hipaa-6y": RetentionRule(at_least="6y", at_most="6y"),  # 45 CFR 164.316(b)(2)(i)
    "s3-30d": RetentionRule(at_most="30d"),  # what folders of recordings are commonly cleared by
}


class Encryption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Encryption at rest, from the first byte of a journal on."""

    key: str = ""  # the master key: file:/path, env:NAME or aws-kms:ARN; empty: nothing is encrypted
    old_keys: tuple[str, ...] = ()  # master keys of before, in the same words, until `encryption rotate` ran
    scratch: str = "/dev/shm"  # a folder in memory: files lie there in the open while they are made


class ObjectStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How files are kept in S3, where object_store_url names a bucket."""

    encryption: Literal["", "AES256", "aws:kms"] = "AES256"  # at rest, by the server; empty: the bucket's own
    kms_key: str = ""  # id or ARN of the key of KMS
    lock_days: int = 0  # object lock: nobody can change or delete a file for so long; 0: no lock
    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "COMPLIANCE"  # of the lock
    keep_local_hours: int = 24  # journals stay here so long after the bucket has them


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server to which programs that record by themselves hand over what they recorded."""

    url: str = ""  # http://host:port or https://host; empty: recordings stay where they are
    key: str = ""  # an API key with the right to capture


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
