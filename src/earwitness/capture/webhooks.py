"""What providers tell by calling us: each delivery is a leg of its own, on disk before it is answered.

A leg's last message is the delivery: a JSON object with `delivery` (what it is recognised by), and `body`
(JSON as it came), `form` (a form as it came) or `text` (what is neither). Sound that came inside it stands
before it, in binary messages, and is left out of `body`. Synchronous and safe from any thread.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture.secrets import strike
from earwitness.clock import Clock, SystemClock, here, uuid7
from earwitness.errors import StorageUnavailable
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Ended, Kind, Opened, Origin
from earwitness.journal.writer import Journal, LegWriter

PATIENCE_S = 5.0  # providers wait ten seconds and more
SYNC_EVERY_BYTES = 4 << 20  # of sound: what waits in memory stays within this
_REMEMBERED = 100_000  # deliveries; older ones are in the catalog

_encode = msgspec.json.Encoder().encode
Known = Callable[[tuple[str, ...]], bool]


class Named(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a delivery is recognised by."""

    delivery: tuple[str, ...]


class Delivered(Named, frozen=True, kw_only=True, omit_defaults=True):
    """The record of a delivery."""

    body: msgspec.Raw | None = None
    form: str | None = None
    text: str | None = None


_named = msgspec.json.Decoder(Named).decode
_opened = msgspec.json.Decoder(Opened).decode


def names_of(provider: str, headers: dict[str, str], body: bytes) -> tuple[str, ...]:
    """What a delivery and its repetitions are recognised by; any one of them is enough."""
    if provider == "openai":
        return (f"openai:{headers.get('webhook-id', '')}",)
    if provider == "twilio":
        token = headers.get("i-twilio-idempotency-token")
        return (f"twilio:{_digest(body)}", *((f"twilio:{token}",) if token else ()))
    told = _object(body)
    data = told["data"] if isinstance(told.get("data"), dict) else told
    kind = told.get("type") or told.get("event_name")
    call = data.get("conversation_id") or data.get("chat_id")
    tool = data.get("tool_call_message")
    tool_call = tool.get("tool_call_id") if isinstance(tool, dict) else None
    if not (isinstance(kind, str) and isinstance(call, str)):
        return (f"{provider}:{_digest(body)}",)
    return (f"{provider}:{kind}:{call}" + (f":{tool_call}" if tool_call else ""),)


class Deliveries:
    """Keeps each delivery once. `is_known` says whether the catalog has one by any of these names."""

    def __init__(
        self, journal: Journal, workspace: str, is_known: Known, *, clock: Clock | None = None
    ) -> None:
        self._journal = journal
        self._workspace = workspace
        self._is_known = is_known
        self._clock = clock or SystemClock()
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._doubtful: dict[str, LegWriter] = {}  # written, and not known to be on disk
        self._in_work: set[str] = set()
        self._lock = threading.Lock()

    def resume(self, folders: Iterable[Path]) -> None:
        """Know what these legs hold, whether or not the catalog does; they are on disk afterwards."""
        for folder in folders:
            for name in _read_back(folder):
                self._kept[name] = None
        if self._kept:
            os.sync()

    def keep(
        self,
        provider: str,
        names: tuple[str, ...],
        body: bytes,
        *,
        is_form: bool,
        sound: Iterable[bytes] = (),
    ) -> bool:
        """Keep it; False where it was kept before. Raises `StorageUnavailable`: it may be sent again."""
        with self._lock:
            if any(name in self._kept for name in names):
                return False
            if not self._in_work.isdisjoint(names):
                raise StorageUnavailable("the same delivery is being kept", hint="Send it again.")
            self._in_work.update(names)
        try:
            is_new = not self._was_kept(names)
            if is_new:
                self._write(provider, names, _delivery(names, body, is_form=is_form), sound)
            self._remember(names)
            return is_new
        finally:
            with self._lock:
                self._in_work.difference_update(names)

    def _was_kept(self, names: tuple[str, ...]) -> bool:
        writer = next((self._doubtful[name] for name in names if name in self._doubtful), None)
        if writer is None:
            return self._is_known(tuple(f"webhook:{name}" for name in names))
        if writer.sync(PATIENCE_S, since=0):
            return True
        if writer.backlog.dropped_until == 0:
            raise _not_on_disk()
        return False

    def _remember(self, names: tuple[str, ...]) -> None:
        with self._lock:
            for name in names:
                self._kept[name] = None
                self._doubtful.pop(name, None)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)

    def _write(self, provider: str, names: tuple[str, ...], delivery: bytes, sound: Iterable[bytes]) -> None:
        now = self._clock.now()
        leg = str(uuid7(now.wall_ns))
        opened = Opened(
            clock=here(),
            leg=leg,
            conversation=str(uuid7(now.wall_ns)),
            workspace=self._workspace,
            provider=provider,
            way="webhook",
            path=f"/webhooks/{provider}",
        )
        writer = self._journal.open_leg(leg)
        why = "lost"
        try:
            writer.append(now, Origin.RECORDER, Kind.OPENED, strike(_encode(opened)))
            self._write_sound(writer, sound)
            writer.append(self._clock.now(), Origin.SERVER, Kind.TEXT, strike(delivery))
            why = "done"
        finally:
            ended = Ended(why=why, by="recorder")
            writer.append(self._clock.now(), Origin.RECORDER, Kind.ENDED, _encode(ended))
            writer.close(timeout_s=0)
        if not writer.sync(PATIENCE_S, since=0):
            with self._lock:
                self._doubtful.update(dict.fromkeys(names, writer))
            raise _not_on_disk()

    def _write_sound(self, writer: LegWriter, sound: Iterable[bytes]) -> None:
        waiting = 0
        for piece in sound:
            writer.append(self._clock.now(), Origin.SERVER, Kind.BINARY, piece)
            waiting += len(piece)
            if waiting >= SYNC_EVERY_BYTES:
                waiting = 0
                if not writer.sync(PATIENCE_S, since=0):
                    raise _not_on_disk()


def _delivery(names: tuple[str, ...], body: bytes, *, is_form: bool) -> bytes:
    text = body.decode("utf-8", "replace")
    if is_form:
        return _encode(Delivered(delivery=names, form=text))
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _encode(Delivered(delivery=names, text=text))
    return _encode(Delivered(delivery=names, body=msgspec.Raw(body)))


def _read_back(folder: Path) -> tuple[str, ...]:
    """The names of the delivery in this leg; none where it holds none."""
    records = read_leg(folder)
    first = next(records, None)
    try:
        if first is None or first.kind is not Kind.OPENED or _opened(first.payload).way != "webhook":
            return ()
        last = next((record for record in records if record.kind is Kind.TEXT), None)
        return _named(last.payload).delivery if last else ()
    except msgspec.MsgspecError:  # damaged: the decoder tells
        return ()


def _object(body: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=16).hexdigest()


def _not_on_disk() -> StorageUnavailable:
    return StorageUnavailable("the delivery is not known to be on disk", hint="Send it again.")
