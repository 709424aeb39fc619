"""A provider's own recording of a call, fetched: one leg of the call, the caller left, the agent right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture.importing import Leg, Line, import_id
from earwitness.clock import NS_PER_S
from earwitness.decoders.imported import Named
from earwitness.imports.files import complain, time_ns
from earwitness.imports.sound import channels, length_ns, sound_of
from earwitness.journal.record import Kind, Opened, Origin
from earwitness.model.events import Party

OLDEST_NS = 7 * 24 * 3600 * NS_PER_S  # when it is told of; what claims more is no time of a call
BOTH = (Party.CALLER, Party.AGENT)
_SECONDS = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a webhook told of a recording. `told_ns`: when it told, since the epoch."""

    sid: str
    call: str
    url: str = field(repr=False)
    told_ns: int
    start: str = ""  # as RFC 2822 or ISO 8601 has it
    seconds: str = ""

    @property
    def began_ns(self) -> int:
        """As told; else as long ago as it is long. Good to some seconds: its sound tells more exactly."""
        stated_ns = self._stated_ns()
        if stated_ns is not None and 0 <= self.told_ns - stated_ns <= OLDEST_NS:
            return stated_ns
        length_s = int(self.seconds) if _SECONDS.fullmatch(self.seconds) else 0
        return max(0, self.told_ns - length_s * NS_PER_S)

    def _stated_ns(self) -> int | None:
        try:
            return int(parsedate_to_datetime(self.start).timestamp()) * NS_PER_S
        except (ValueError, OverflowError):
            pass
        try:
            return time_ns(self.start)
        except ValueError:
            return None


def leg_of(told: Recording, workspace: str, file: Path | None = None, problem: str = "") -> Leg:
    """The leg. Its conversation begins after that of the webhook, so the call it joins keeps its id.

    Without a file it tells that fetching failed. Raises `InvalidInput` for other than two sides.
    """
    if file is not None and channels(file) != len(BOTH):
        raise complain(file, "channels", "the two sides are not apart")
    key = b"\0".join((b"fetched", workspace.encode(), told.sid.encode()))
    state: dict[str, Any] = {"recording_fetch": "joined" if file else "failed"}
    if problem:
        state["recording_fetch_problem"] = problem
    opened = Opened(
        leg=import_id(told.began_ns, key),
        conversation=import_id(told.told_ns + NS_PER_S, b"conversation\0" + key),
        workspace=workspace,
        provider="twilio",
        links=(f"call:{told.call}", f"recording:{told.sid}"),
        metadata=state,
        clock="twilio",
    )
    long_ns = length_ns(file) if file else 0
    return Leg(told.began_ns, told.began_ns + long_ns, opened, _lines(told, file), "fetched")


def _lines(told: Recording, file: Path | None) -> Iterator[Line]:
    ids = Named(provider_ids={"call_sid": told.call, "recording_sid": told.sid})
    yield Line(told.began_ns, Origin.SERVER, Kind.TEXT, msgspec.json.encode(ids))
    if file is not None:
        for _, ends_ns, payload in sound_of(file, BOTH):
            yield Line(told.began_ns + ends_ns, Origin.SERVER, Kind.BINARY, payload)
