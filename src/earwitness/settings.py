"""What a user may set: one declaration that feeds file, environment, flags and docs.

Later wins: defaults, `earwitness.toml`, environment `EARWITNESS_*` (nested with `__`), flags.
Passed in wherever it is needed; there is no global.
"""

import difflib
import os
import re
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from earwitness.errors import SettingsError

PREFIX = "EARWITNESS_"
FILE_NAME = "earwitness.toml"

Provider = Literal["openai", "elevenlabs", "hume", "twilio", "audiocodes", "generic"]


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the API listens."""

    host: str = "127.0.0.1"  # 0.0.0.0: every address of the machine
    port: int = 5001  # 0: any free one
    cors_origins: tuple[str, ...] | str = ()  # whose pages may call the API, e.g. https://app.example.org
    any_subject: bool = False  # let research ids log in that nobody registered
    token_minutes: int = 60  # how long a login lasts

    @property
    def origins(self) -> tuple[str, ...]:
        """`cors_origins`, one by one: the environment brings them with commas in between."""
        listed = self.cors_origins.split(",") if isinstance(self.cors_origins, str) else self.cors_origins
        return tuple(origin.strip() for origin in listed if origin.strip())


class Tap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where callers connect instead of to the provider."""

    host: str = "127.0.0.1"  # 0.0.0.0: every address of the machine
    port: int = 5002  # 0: any free one
    require_key: bool = False  # refuse legs that bring no key of ours
    tls_cert: str = ""  # PEM file; with tls_key the tap listens on wss
    tls_key: str = ""  # PEM file of the certificate's private key
    public_url: str = ""  # scheme and host by which Twilio reaches the tap; its signature then is a key


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a leg."""

    audio: bool = True  # the sound of both sides
    raw: bool = True  # the provider's messages as they came
    transcripts: bool = True  # what was said, as text
    on_failure: Literal["pass", "refuse"] = "pass"  # may a call go on that cannot be recorded?
    live_stereo: bool = True  # a stereo WAV of every running call in data_dir/live, playable at any instant


POINTERS = (  # the fields of `WireMapping` that say where a value stands
    "type",
    "role",
    "text",
    "audio",
    "item",
    "previous",
    "time",
    "conversation",
    "tool_name",
    "tool_arguments",
    "tool_result",
    "tool_call",
)


class WireMapping(msgspec.Struct, frozen=True):
    """How to read a protocol of one's own. Where: JSON pointers (RFC 6901), empty for nowhere."""

    type: str = ""  # where a message's kind stands
    role: str = ""  # where it stands whose it is; nowhere: the client's are the user's
    text: str = ""  # where its words stand
    audio: str = ""  # where its sound stands, in base64
    item: str = ""  # where the message's id stands; nowhere: each is one of its own
    previous: str = ""  # where the id of the message before it stands
    time: str = ""  # where it stands when it was said: s or ms since 1970, or RFC 3339
    conversation: str = ""  # where the call's id stands; legs with the same one belong together
    tool_name: str = ""  # where a tool call's name stands
    tool_arguments: str = ""  # where its arguments stand
    tool_result: str = ""  # where its result stands
    tool_call: str = ""  # where the tool call's id stands
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
    metadata: dict[str, str] = {}  # given to every conversation that comes this way
    enabled: bool = True  # False: callers get 404
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


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of one process."""

    data_dir: str = "earwitness-data"  # journals, and by default catalog and objects; one server at a time
    database_url: str = ""  # empty: SQLite in data_dir
    object_store_url: str = ""  # empty: a folder in data_dir
    api: Listen = Listen()
    tap: Tap = Tap()
    record: Recording = Recording()
    routes: dict[str, Route] = {}
    webhooks: Webhooks = Webhooks()
    sip: Sip = Sip()

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


def load(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Read all sources and check them together.

    `file` must exist when given; without it `earwitness.toml` of the working directory is read if it
    is there. Raises `SettingsError` naming the key, where it stands and the nearest known key.
    """
    tree: dict[str, Any] = {"routes": msgspec.to_builtins(DEFAULT_ROUTES)}
    _merge(tree, _read_file(file))
    _merge(tree, _from_environment(os.environ if environ is None else environ))
    _merge(tree, flags or {})
    _refuse_unknown(tree, Settings, "")
    if tree.get("object_store_url"):
        raise SettingsError(
            "object_store_url: only a folder is offered yet",
            hint="Leave it out; files lie in data_dir/objects.",
        )
    try:
        return msgspec.convert(tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"configuration: {error}", hint="See docs/reference/settings.md for every key and its type."
        ) from error


def _read_file(file: Path | None) -> dict[str, Any]:
    path = file or Path(FILE_NAME)
    if file is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}", hint="Check the path given to --config.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {error}", hint="The file must be TOML in UTF-8.") from error


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in environ.items():
        if not name.startswith(PREFIX):
            continue
        *parents, leaf = name.removeprefix(PREFIX).lower().split("__")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
            if not isinstance(branch, dict):
                raise SettingsError(
                    f"{name} is below {parent}, which the environment also sets to a value",
                    hint="Unset one of the two.",
                )
        branch[leaf] = value
    return tree


def _merge(tree: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Lay `more` over `tree`, key by key; a value of None means: not given."""
    for key, value in more.items():
        if isinstance(value, Mapping):
            if not isinstance(tree.get(key), dict):
                tree[key] = {}
            _merge(tree[key], value)
        elif value is not None:
            tree[key] = value


def _refuse_unknown(value: Any, shape: Any, where: str) -> None:
    """Raise for the first key that no struct of the declaration has, with the nearest that one has."""
    for option in typing.get_args(shape) if isinstance(shape, types.UnionType) else (shape,):
        if typing.get_origin(option) is dict and isinstance(value, dict):
            for name, inner in value.items():
                _refuse_unknown(inner, typing.get_args(option)[1], f"{where}{name}.")
        elif isinstance(option, type) and issubclass(option, msgspec.Struct) and isinstance(value, dict):
            fields = {field.name: field.type for field in msgspec.structs.fields(option)}
            for name, inner in value.items():
                if name not in fields:
                    near = difflib.get_close_matches(name, fields, n=1, cutoff=0.0)
                    raise SettingsError(
                        f"unknown setting {where}{name}",
                        hint=f"Did you mean {where}{near[0]}? Known here: {', '.join(fields)}.",
                        key=f"{where}{name}",
                        nearest=f"{where}{near[0]}",
                    )
                _refuse_unknown(inner, fields[name], f"{where}{name}.")
