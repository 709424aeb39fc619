"""A protocol of somebody's own, read by the mapping that its route was given.

The mapping says where in a JSON message a value stands, and which values mean what. It travels in the leg's
first record, so that a rebuild reads the leg as it was read then.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from earwitness.clock import NS_PER_MS, NS_PER_S
from earwitness.decoders.pointer import steps_of, value_at
from earwitness.decoders.wire import (
    INT64,
    RATES_HZ,
    Unreadable,
    id_of,
    json_of,
    read_base64,
    read_object,
    text_of,
)
from earwitness.journal.record import Kind, Origin, Record
from earwitness.model.events import (
    AudioArrived,
    EndAnnounced,
    Event,
    Evidence,
    FormatSet,
    LegIdentified,
    MessageClosed,
    MessageOpened,
    Party,
    PlaybackCut,
    ProblemReported,
    Role,
    Stamp,
    TextArrived,
    ToolCalled,
    ToolReturned,
    Undecoded,
)
from earwitness.settings import POINTERS, WireMapping

Body = dict[str, Any]

MILLISECONDS_FROM = 10**11  # a number of seconds as great as this is the year 5138
SAYING = ("text", "audio", "conversation", "tool_name", "tool_arguments", "tool_result", "problem")
_PARTIES = {Role.USER: Party.CALLER, Role.ASSISTANT: Party.AGENT}


class Generic:
    """One socket. Where nothing else is said the client speaks for the caller, the server for the agent."""

    def __init__(self, mapping: WireMapping) -> None:
        self._mapping = mapping
        self._steps = {name: steps_of(getattr(mapping, name)) for name in POINTERS}
        self._roles = {
            **dict.fromkeys(mapping.system, Role.SYSTEM),
            **dict.fromkeys(mapping.assistant, Role.ASSISTANT),
            **dict.fromkeys(mapping.user, Role.USER),
        }
        self._conversation: str | None = None
        self._rates_hz: dict[Party, int] = {}
        self._count = 0
        self._opened: set[str] = set()
        self._closed: set[str] = set()
        self._running: dict[Role, str] = {}  # messages of which pieces came and no end
        self._call: str | None = None  # the last one

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def skipped(self) -> None:
        """Nothing to do: every message stands for itself."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        kind = ""
        events: list[Event] = []
        try:
            if record.kind is Kind.BINARY and self._mapping.binary_audio:
                party = _by_origin(record)
                return list(self._heard(seen, party, len(record.payload), self._mapping.rate_hz))
            body = read_object(record.payload)
            kind = self._text(body, "type") or ""
            if kind not in self._mapping.ignored:
                events.extend(self._read(seen, record, body, kind))
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=kind))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            if record.kind is Kind.BINARY and self._mapping.binary_audio:
                found: tuple[Party, bytes] | None = (_by_origin(record), record.payload)
            else:
                found = self._sound(record, read_object(record.payload))
        except Unreadable:
            return []
        return [found] if found and found[1] else []

    def _read(self, seen: Stamp, record: Record, body: Body, kind: str) -> Iterator[Event]:
        if kind not in self._mapping.cuts + self._mapping.ends and not self._says_anything(body):
            raise Unreadable("nothing in it is mapped")
        yield from self._identify(seen, body)
        if kind in self._mapping.cuts:
            yield PlaybackCut(seen=seen, evidence=Evidence.CLIENT_CLAIM)
        yield from self._on_sound(seen, record, body)
        yield from self._on_tool(seen, body)
        yield from self._on_text(seen, record, body, is_piece=kind in self._mapping.pieces)
        if problem := self._text(body, "problem"):
            yield ProblemReported(seen=seen, code=kind, message=problem)
        if kind in self._mapping.ends:
            yield EndAnnounced(seen=seen, reason=kind)

    def _says_anything(self, body: Body) -> bool:
        return any(self._value(body, name) is not None for name in SAYING)

    def _identify(self, seen: Stamp, body: Body) -> Iterator[Event]:
        conversation = self._id(body, "conversation")
        if conversation is not None and conversation != self._conversation:
            self._conversation = conversation
            ids = {"conversation_id": conversation}
            yield LegIdentified(seen=seen, provider_ids=ids, links=(f"call:{conversation}",))

    # -- sound ---------------------------------------------------------------------------------------

    def _sound(self, record: Record, body: Body) -> tuple[Party, bytes] | None:
        """The bytes in this message and whose they are. Raises `Unreadable`."""
        if (self._text(body, "type") or "") in self._mapping.ignored:
            return None
        sound = self._value(body, "audio")
        if not isinstance(sound, str):
            return None
        role = self._role(record, body)
        party = _PARTIES.get(role) if role else None
        return party or _by_origin(record), read_base64(sound)

    def _on_sound(self, seen: Stamp, record: Record, body: Body) -> Iterator[Event]:
        if found := self._sound(record, body):
            party, sound = found
            item = self._id(body, "item") if party is Party.AGENT else None
            yield from self._heard(seen, party, len(sound), self._rate_hz(body), item)

    def _rate_hz(self, body: Body) -> int:
        rate_hz = self._value(body, "rate")
        if rate_hz is None:
            return self._mapping.rate_hz
        if type(rate_hz) is not int or rate_hz not in RATES_HZ:
            raise Unreadable("sound at an impossible rate")
        return rate_hz

    def _heard(
        self, seen: Stamp, party: Party, byte_count: int, rate_hz: int, item: str | None = None
    ) -> Iterator[Event]:
        if byte_count and self._rates_hz.get(party) != rate_hz:
            self._rates_hz[party] = rate_hz
            yield FormatSet(seen=seen, party=party, encoding=self._mapping.encoding, rate_hz=rate_hz)
        if byte_count:
            yield AudioArrived(seen=seen, party=party, byte_count=byte_count, item=item)

    # -- words ---------------------------------------------------------------------------------------

    def _role(self, record: Record, body: Body) -> Role | None:
        """Whose message it is: as it says; where it cannot say, its sender's. None: nobody's."""
        if self._steps["role"] is None:
            return Role.USER if _by_origin(record) is Party.CALLER else Role.ASSISTANT
        return self._roles.get(self._text(body, "role") or "")

    def _on_text(self, seen: Stamp, record: Record, body: Body, *, is_piece: bool) -> Iterator[Event]:
        text = self._value(body, "text")
        role = self._role(record, body)
        if not isinstance(text, str):
            return
        if role is None:
            raise Unreadable("unknown role")
        running = self._running.get(role)
        item = self._id(body, "item") or running or self._name(role)
        if running is not None and running != item:
            yield from self._close(seen, role, running)
        if item not in self._opened:
            if not text:
                return
            yield from self._open(seen, role, item, body)
        if text:
            yield TextArrived(seen=seen, item=item, text=text, is_whole=not is_piece)
        if is_piece:
            self._running[role] = item
        else:
            yield from self._close(seen, role, item)

    def _open(self, seen: Stamp, role: Role, item: str, body: Body) -> Iterator[Event]:
        self._opened.add(item)
        yield MessageOpened(
            seen=seen,
            item=item,
            role=role,
            previous=self._id(body, "previous"),
            is_inserted=role is Role.SYSTEM,
            said_at_ns=_time_ns(self._value(body, "time")),
        )

    def _close(self, seen: Stamp, role: Role, item: str) -> Iterator[Event]:
        if self._running.get(role) == item:
            del self._running[role]
        if item not in self._closed:
            self._closed.add(item)
            yield MessageClosed(seen=seen, item=item)

    def _name(self, role: Role) -> str:
        self._count += 1
        return f"{role}-{self._count}"

    # -- work ----------------------------------------------------------------------------------------

    def _on_tool(self, seen: Stamp, body: Body) -> Iterator[Event]:
        name = self._text(body, "tool_name")
        arguments = json_of(self._value(body, "tool_arguments"))
        result = json_of(self._value(body, "tool_result"))
        call = self._id(body, "tool_call")
        if name is not None or arguments is not None:
            if result is None or call is None:
                self._count += call is None
                self._call = call = call or f"call-{self._count}"
            yield ToolCalled(seen=seen, call=call, name=name, arguments=arguments)
        if result is not None:
            yield ToolReturned(seen=seen, call=call or self._call or "call", result=result)

    # -- values --------------------------------------------------------------------------------------

    def _value(self, body: Body, name: str) -> Any:
        return value_at(body, self._steps[name])

    def _text(self, body: Body, name: str) -> str | None:
        return text_of({name: self._value(body, name)}, name)

    def _id(self, body: Body, name: str) -> str | None:
        return id_of({name: self._value(body, name)}, name)


def _by_origin(record: Record) -> Party:
    return Party.AGENT if record.origin is Origin.SERVER else Party.CALLER


def _time_ns(value: Any) -> int | None:
    """Seconds or milliseconds since the epoch, or a date as in RFC 3339; without a zone it is UTC."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
            ns = round(seconds * 1_000_000) * 1_000
        elif isinstance(value, int | float) and not isinstance(value, bool):
            ns = round(value * (NS_PER_MS if value >= MILLISECONDS_FROM else NS_PER_S))
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return ns if 0 <= ns < INT64 else None
