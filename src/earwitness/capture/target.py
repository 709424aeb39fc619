"""What a caller asked the tap for: which route, what goes on to the upstream, and what is said to us.

`/<route>[;ew_x=..;..]/<path>?<query>`. Ours are the parameters `ew_*` in the query or after the route and
the headers `X-Earwitness-*`; all of them are taken out. The rest goes on byte for byte. Nothing a caller
sends chooses a host, and nothing of it becomes a path on our disk.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus, urlsplit

from earwitness.errors import InvalidInput, SettingsError

HEADER_PREFIX = "x-earwitness-"
DOT_SEGMENT = re.compile(r"(?:^|[/\\])\.\.?(?:[/\\;]|$)")
SINGLE = frozenset(("ew_key", "ew_conversation", "ew_subject", "ew_record", "ew_consent"))
DEFAULT_PORTS = {"ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the caller told us of the leg."""

    key: str | None = None
    conversation: str | None = None
    subject: str | None = None
    labels: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    record: str | None = None  # what of the leg may be kept: audio,raw,transcripts or none
    has_consent: bool = False  # it was given before the call


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One request line, taken apart."""

    route: str
    path: str  # with its leading slash, or empty
    query: str | None  # without the question mark; None: there was none
    said: tuple[tuple[str, str], ...] = ()  # ours, as name and value, in the order they came


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where a route leads; from the configuration only."""

    is_tls: bool
    host: str
    port: int
    authority: str  # for the Host header: the port only where it is not the scheme's own
    prefix: str  # path that comes before the caller's, without a slash at its end

    def request_target(self, target: Target) -> str:
        """Path and query as the upstream gets them."""
        path = f"{self.prefix}{target.path}" or "/"
        return path if target.query is None else f"{path}?{target.query}"


def parse_upstream(route: str, url: str) -> Upstream:
    """Raises `SettingsError` for what is no `ws://` or `wss://` address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"route {route}: {url}: {error}", hint="Write ws://host:port/path.") from error
    if parts.scheme not in DEFAULT_PORTS or not host or parts.query or parts.fragment or parts.username:
        raise SettingsError(
            f"route {route}: {url} is no upstream",
            hint="Write ws://host:port/path or wss://host/path, without query and credentials.",
        )
    bracketed = f"[{host}]" if ":" in host else host
    default = DEFAULT_PORTS[parts.scheme]
    return Upstream(
        is_tls=parts.scheme == "wss",
        host=host,
        port=port or default,
        authority=bracketed if port in (None, default) else f"{bracketed}:{port}",
        prefix=parts.path.rstrip("/"),
    )


def parse_target(raw: str) -> Target:
    """Raises `InvalidInput` for what is no path of this form, or one that climbs out of its upstream."""
    path, mark, query = raw.partition("?")
    if not path.startswith("/"):
        raise InvalidInput("the request names no path", hint="Ask for /<route>/<path>.")
    if "#" in raw:
        raise InvalidInput("a request has no fragment", hint="Take out what begins with #.")
    first, slash, rest = path[1:].partition("/")
    if DOT_SEGMENT.search(unquote(rest)):
        raise InvalidInput("the path has dot segments", hint="Write the path without . and .. segments.")
    route, *parameters = first.split(";")
    said = []
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if not unquote(name).startswith("ew_"):
            raise InvalidInput(
                "after the route only ew_ parameters may stand", hint="Put others into the query."
            )
        said.append((unquote(name), unquote(value)))
    kept, ours = _split_query(query)
    return Target(
        route=unquote(route),
        path=slash + rest,
        query=kept if mark and (kept or not query) else None,
        said=(*said, *ours),
    )


def _split_query(query: str) -> tuple[str, list[tuple[str, str]]]:
    kept, ours = [], []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if unquote_plus(name).startswith("ew_"):
            ours.append((unquote_plus(name), unquote_plus(value)))
        else:
            kept.append(part)
    return "&".join(kept), ours


def said_by(target: Target, headers: tuple[tuple[str, str], ...]) -> Said:
    """All that the caller told us; a header overrules the query. An unknown `ew_` name is metadata."""
    pairs = list(target.said)
    for name, value in headers:
        if name.lower().startswith(HEADER_PREFIX):
            rest = name[len(HEADER_PREFIX) :].lower()
            meta = rest.startswith("meta-")
            pairs.append((f"ew_meta_{rest[5:]}" if meta else f"ew_{rest.replace('-', '_')}", value))
    single: dict[str, str] = {}
    labels: list[str] = []
    metadata: dict[str, str] = {}
    for name, value in pairs:
        if name == "ew_label":
            labels.append(value)
        elif name in SINGLE:
            single[name] = value
        else:
            metadata[name.removeprefix("ew_meta_")] = value
    return Said(
        key=single.get("ew_key"),
        conversation=single.get("ew_conversation") or None,
        subject=single.get("ew_subject") or None,
        labels=tuple(dict.fromkeys(labels)),
        metadata=metadata,
        record=single.get("ew_record"),
        has_consent=single.get("ew_consent") == "given",
    )
