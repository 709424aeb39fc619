"""What goes out: whom to tell, what is watched, who is handed what."""

import re
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from earwitness.settings.lists import listed

EVENTS = ("started", "completed", "failed", "redacted", "erased", "alert")
Watch = Literal["failed_saves", "error_rate", "recording_health", "latency", "dead_air", "unusual", "silence"]
_PERIOD = re.compile(r"(?P<number>[1-9][0-9]{0,5})(?P<unit>[smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Handover(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The server to which programs that record by themselves hand over what they recorded."""

    url: str = ""  # http://host:port or https://host; empty: recordings stay where they are
    key: str = ""  # an API key with the right to capture


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to tell: a program by a signed webhook, or people by mail or chat."""

    url: str  # https://...: a webhook; else an address of Apprise such as mailto://, slack:// (extra notify)
    secret: str = ""  # with which webhooks are signed: whsec_<base64> or any text; set it by the environment
    events: tuple[str, ...] | str = EVENTS  # of which: started, completed, failed, redacted, erased, alert
    workspaces: tuple[str, ...] | str = ()  # of which workspaces; empty: of all
    allow_private: bool = False  # may it lie in a private network, and be called without TLS?

    def __post_init__(self) -> None:
        if unknown := set(self.told) - set(EVENTS):
            raise ValueError(f"events: {min(unknown)!r} is none; there are {', '.join(EVENTS)}")
        if not urlsplit(self.url).scheme:
            raise ValueError(f"url: {self.url[:40]!r} is no address")
        if self.is_webhook and not self.secret:
            raise ValueError(
                "a webhook needs a secret; whoever gets it checks by that who sent it. In the environment: "
                "EARWITNESS_OUTBOUND__<NAME>__SECRET, of commands as of the server"
            )
        if self.url.startswith("http://") and not self.allow_private:
            raise ValueError("url: http:// is for your own network alone; say allow_private, or use https://")

    @property
    def is_webhook(self) -> bool:
        return urlsplit(self.url).scheme in ("http", "https")

    @property
    def told(self) -> tuple[str, ...]:
        return listed(self.events)

    def wants(self, event: str, workspace: str) -> bool:
        """Is it to be told of this?"""
        return event in self.told and (not self.workspaces or workspace in listed(self.workspaces))


class AlertRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is watched, and from where on somebody is told. Periods are like 30s, 15m, 2h or 7d."""

    watch: Watch  # what is measured
    threshold: float | None = None  # from where on it is wrong; none: what the reference says of its kind
    window: str = "15m"  # over the calls that ended so recently
    hold_off: str = "30m"  # after a notice nothing is told of the same for so long
    recovery: str = "5m"  # it must have been right for so long to count as over
    min_calls: int = 5  # fewer calls say nothing
    route: str = ""  # of this route alone; empty: of all
    provider: str = ""  # of this provider alone; empty: of all
    workspace: str = "default"  # whose calls
    tell: tuple[str, ...] | str = ()  # names of `outbound` endpoints; empty: all that want alerts

    def __post_init__(self) -> None:
        for period in (self.window, self.hold_off, self.recovery):
            period_of(period)
        if self.min_calls < 1:
            raise ValueError("min_calls: at least 1")

    @property
    def endpoints(self) -> tuple[str, ...]:
        return listed(self.tell)


def period_of(text: str) -> timedelta:
    """Raises `ValueError` for what is no period."""
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no period; one is like 30s, 15m, 2h or 7d")
    return timedelta(**{_UNITS[found["unit"]]: int(found["number"])})


class Otel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Each ended conversation as a trace to a collector of OpenTelemetry, by OTLP over HTTP."""

    traces_url: str = ""  # e.g. http://127.0.0.1:4318/v1/traces; empty: nothing is sent
    headers: dict[str, str] = {}  # sent along, such as a key; set secrets by the environment
    content: bool = False  # what was said goes along too, and what tools were asked and answered
    service_name: str = "earwitness"  # as which the collector knows it
    timeout_s: float = 10.0  # for one conversation


class Mirror(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Each ended conversation in a named layout elsewhere, for other programs. It lies there in the open."""

    url: str = ""  # s3://bucket/prefix, or a folder; empty: there is no mirror
    layout: Literal["default", "opusagent", "recordings", "s3"] = "s3"  # which files, named and shaped how


class Push(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Metrics of the running system, handed out every minute; Prometheus asks for them at /metrics."""

    cloudwatch: str = ""  # namespace; lines in its embedded format go to standard output
    opentelemetry: bool = False  # by OTLP over HTTP, where OTEL_EXPORTER_OTLP_ENDPOINT says (extra otel)
    workspace: str = "default"  # whose
