"""Recording from inside a program: `with earwitness.record(provider="openai") as leg: ...`.

What the program hands over goes through the same door as what the tap sees: credentials struck, one leg of
a journal. Nothing here raises into, blocks or slows the caller; what could not be kept is a gap.
"""

import atexit
import logging
import os
import threading
import weakref
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

import msgspec

from earwitness.capture.edge import guarded
from earwitness.capture.secrets import strike, strike_target
from earwitness.clock import Clock, SystemClock, uuid7
from earwitness.errors import EarwitnessError
from earwitness.journal.record import Ended, Kind, Note, Opened, Origin
from earwitness.journal.writer import Journal, LegWriter
from earwitness.settings import Provider

_log = logging.getLogger("earwitness")
_encode_event = msgspec.json.Encoder().encode
_encode = msgspec.json.Encoder(enc_hook=str).encode  # ours: a value JSON has no form for is told in words
_lock = threading.Lock()
_journals: dict[tuple[int, Path], Journal] = {}  # by process too: threads do not survive a fork


def record(
    *,
    provider: str,
    conversation: str | None = None,
    subject: str | None = None,
    labels: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    data_dir: str | os.PathLike[str] = "earwitness-data",
    path: str = "",
    clock: Clock | None = None,
) -> "Recorder":
    """Begin to record one connection of this program to a provider; a context manager.

    Legs with the same `conversation` text belong together. `path` is what was dialled, with its query.
    Never raises: where nothing can be recorded it says so once in the log `earwitness`, and `flush` is False.
    """
    return Recorder.begin(
        provider=provider,
        conversation=conversation,
        subject=subject,
        labels=labels,
        metadata=metadata,
        data_dir=data_dir,
        path=path,
        clock=clock,
    )


class Recorder:
    """One connection that is being recorded. May be used from any thread.

    `conversation` is the id this leg's conversation gets, should it join no other; `leg` its own.
    """

    def __init__(self, opened: Opened, data_dir: Path, clock: Clock) -> None:
        self.leg = opened.leg
        self.conversation = opened.conversation
        self.lost_count = 0  # events that could not be put into words
        self._now = clock.now
        self._ending: LegWriter | None = None  # told its end; the disk may not have all of it yet
        self._writer: LegWriter | None = None
        self._data_dir = data_dir
        if opened.provider not in get_args(Provider):
            near = get_close_matches(opened.provider, get_args(Provider), n=1, cutoff=0.0)
            _log.warning(
                "provider %s is not known and stays undecoded; did you mean %s?", opened.provider, *near
            )
        self._begin_leg(opened, data_dir, clock)

    @classmethod
    def begin(
        cls,
        *,
        provider: str,
        conversation: str | None,
        subject: str | None,
        labels: Iterable[str],
        metadata: Mapping[str, Any] | None,
        data_dir: str | os.PathLike[str],
        path: str,
        clock: Clock | None,
    ) -> Self:
        """As `record`, which has the words to it."""
        clock = clock or SystemClock()
        now = clock.now()
        opened = Opened(
            leg=str(uuid7(now.wall_ns)),
            conversation=str(uuid7(now.wall_ns)),
            provider=provider,
            way="record",
            links=(f"conversation:{conversation}",) if conversation else (),
            subject=subject,
            labels=tuple(labels),
            metadata=dict(metadata or {}),
            path=strike_target(path),
        )
        return cls(opened, Path(data_dir), clock)

    def received(self, event: object) -> None:
        """What came from the provider: text, bytes, a dict, or an object of its library."""
        self._take(Origin.SERVER, event)

    def sent(self, event: object) -> None:
        """What went to the provider."""
        self._take(Origin.CLIENT, event)

    def snapshot(self, label: str, **data: Any) -> None:
        """Mark this moment; the state of the conversation as of now can be looked up by `label`."""
        self._note("snapshot", {"label": label, **data})

    def label(self, *labels: str) -> None:
        """Labels the conversation has from now on."""
        self._note("label", {"labels": list(labels)})

    def end(self, outcome: str | None = None, satisfaction: str | None = None, **data: Any) -> None:
        """How the conversation came out. Recording goes on until `close`."""
        known = {"outcome": outcome, "satisfaction": satisfaction}
        self._note("end", {**{k: v for k, v in known.items() if v is not None}, **data})

    def flush(self, timeout_s: float = 5.0) -> bool:
        """True: all that was handed over since the last flush is on the disk. False: not all of it."""
        writer = self._writer
        return writer is not None and guarded(lambda: writer.sync(timeout_s), lambda _: False)

    def close(self, detail: str = "") -> None:
        """No more will come. All is on the disk afterwards, if the disk takes it within seconds."""
        self.finish(Ended(why="done", by="recorder", detail=detail))

    def finish(self, ended: Ended, timeout_s: float = 5.0) -> None:
        """As `close`, by whoever knows how the connection ended. Waits no longer than told for the disk."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self._ending = writer
            _live.discard(self)
            guarded(lambda: self._end(writer, ended, timeout_s), self._note_fault)
        elif (ending := self._ending) is not None:
            guarded(lambda: ending.close(timeout_s), self._note_fault)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close("" if kind is None else kind.__name__)

    def _begin_leg(self, opened: Opened, data_dir: Path, clock: Clock) -> None:
        self.leg = opened.leg
        self._writer = guarded(lambda: _open(opened, data_dir, clock), self._note_unrecorded)
        if self._writer is not None:
            _live.add(self)

    def _take(self, origin: Origin, event: object) -> None:
        writer = self._writer
        if writer is not None:
            guarded(lambda: self._append(writer, origin, event), lambda _: self._lose(writer))

    def _append(self, writer: LegWriter, origin: Origin, event: object) -> None:
        kind, payload = in_bytes(event)
        writer.append(self._now(), origin, kind, strike(payload))

    def _lose(self, writer: LegWriter) -> None:
        self.lost_count += 1
        guarded(lambda: writer.lost("parse_error", 1, 0), self._note_fault)

    def _note(self, verb: str, data: dict[str, Any]) -> None:
        writer = self._writer
        if writer is not None:
            guarded(
                lambda: self._append_own(writer, Kind.NOTE, Note(verb=verb, data=data)),
                lambda _: self._lose(writer),
            )

    def _append_own(self, writer: LegWriter, kind: Kind, what: Note | Ended) -> None:
        writer.append(self._now(), Origin.RECORDER, kind, strike(_encode(what)))

    def _end(self, writer: LegWriter, ended: Ended, timeout_s: float) -> None:
        self._append_own(writer, Kind.ENDED, ended)
        writer.close(timeout_s)

    def _note_fault(self, fault: str) -> None:
        _log.warning("recording fault", extra={"fault": fault, "leg": self.leg})

    def _note_unrecorded(self, fault: str) -> None:
        _log.warning("this call goes unrecorded: %s, data_dir %s", fault, self._data_dir)


def in_bytes(event: object) -> tuple[Kind, bytes]:
    """An event as it went over the wire, as far as that is known. Bytes that are UTF-8 count as text."""
    if isinstance(event, str):
        return Kind.TEXT, event.encode("utf-8", "surrogatepass")
    if isinstance(event, bytes | bytearray | memoryview):
        payload = bytes(event)
        try:
            return (Kind.TEXT if payload.isascii() or payload.decode() else Kind.BINARY), payload
        except UnicodeDecodeError:
            return Kind.BINARY, payload
    for name in ("model_dump_json", "to_json"):
        words = getattr(event, name, None)
        if callable(words):
            text = words(exclude_unset=True) if name == "model_dump_json" else words()
            return Kind.TEXT, text.encode() if isinstance(text, str) else _encode_event(text)
    if isinstance(event, int | float | None):
        raise TypeError("an event is a message, not a number")
    return Kind.TEXT, _encode_event(event)


_live: "weakref.WeakSet[Recorder]" = weakref.WeakSet()


def _begin_anew() -> None:
    """In the child of a fork: its parent's legs go on there alone, and what the parent held is nobody's here.

    The threads that write did not come along, so a leg taken along would wait for them for ever.
    """
    global _lock  # noqa: PLW0603  another thread of the parent may hold it
    _lock = threading.Lock()
    for recorder in tuple(_live):
        recorder._writer = None
    _live.clear()
    _journals.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


def _open(opened: Opened, data_dir: Path, clock: Clock) -> LegWriter | None:
    """The leg, open, with its first record. All recorders of a process share one journal per folder."""
    key = (os.getpid(), data_dir.resolve())
    with _lock:
        if key not in _journals:
            _journals[key] = Journal(key[1] / "journal", clock=clock)
        journal = _journals[key]
    writer = journal.open_leg(opened.leg)
    writer.append(clock.now(), Origin.RECORDER, Kind.OPENED, strike(_encode(opened)))
    return writer


@atexit.register
def _close_all() -> None:
    """A program that ends without closing its recorders still ends them in order."""
    for recorder in tuple(_live):
        recorder.close("the program ended")
    for (process, _), journal in tuple(_journals.items()):
        if process == os.getpid():
            try:
                journal.close()
            except EarwitnessError:
                _log.warning("the journal was not closed in order")
