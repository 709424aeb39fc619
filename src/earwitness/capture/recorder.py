"""Recording from inside a program: `with earwitness.record(provider="openai") as leg: ...`.

What the program hands over goes through the same door as what the tap sees: credentials struck, one leg of
a journal. Nothing here raises into, blocks or slows the caller; what could not be kept is a gap.
"""

import logging
import os
import threading
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

import msgspec

from earwitness.capture.door import CHOICE, Choice, Door
from earwitness.capture.edge import guarded
from earwitness.capture.handed import in_bytes
from earwitness.capture.handover import NOWHERE, Server, from_environment
from earwitness.capture.held import HeldWriter
from earwitness.capture.process import Process, of_folder
from earwitness.capture.secrets import strike, strike_target
from earwitness.capture.verbs import Command, obey
from earwitness.clock import Clock, Instant, SystemClock, here, uuid7
from earwitness.journal.record import Ended, Kind, Note, Opened, Origin
from earwitness.journal.writer import LegWriter
from earwitness.settings import Provider

_log = logging.getLogger("earwitness")
_encode = msgspec.json.Encoder(enc_hook=str).encode  # ours: a value JSON has no form for is told in words


class Recorder:
    """One connection that is being recorded. May be used from any thread.

    `conversation` is the id this leg's conversation gets, should it join no other; `leg` its own.
    """

    def __init__(self, opened: Opened, data_dir: Path, clock: Clock, choice: Choice) -> None:
        self._gate = threading.RLock()  # what is admitted is written before anybody says otherwise
        self._choice = choice
        self.leg = opened.leg
        self.conversation = opened.conversation
        self.lost_count = 0  # events that could not be put into words
        self._now = clock.now
        self._ending: LegWriter | HeldWriter | None = (
            None  # told its end; the disk may not have all of it yet
        )
        self._writer: LegWriter | HeldWriter | None = None
        self._data_dir, self._clock = data_dir, clock
        self._process: Process | None = None
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
        choice: Choice = CHOICE,
        server: Server = NOWHERE,
        clock: Clock | None,
    ) -> Self:
        """As `record`, which has the words to it."""
        clock = clock or SystemClock()
        now = clock.now()
        opened = Opened(
            clock=here(),
            leg=str(uuid7(now.wall_ns)),
            conversation=str(uuid7(now.wall_ns)),
            provider=provider,
            way="record",
            links=(f"conversation:{conversation}",) if conversation else (),
            subject=subject,
            labels=tuple(labels),
            metadata=dict(metadata or {}),
            path=strike_target(path),
            mapping=dict(choice.mapping),
            kept=choice.kept,
        )
        recorder = cls(opened, Path(data_dir), clock, choice)
        recorder.hand_over_to(server if server.url else from_environment())
        return recorder

    def hand_over_to(self, server: Server) -> None:
        """This leg and all others of its folder go there once they are over; with no address they stay."""
        if self._process is not None:
            self._process.hand_over_to(server)

    def received(self, event: object) -> None:
        """What came from the provider: text, bytes, a dict, or an object of its library."""
        self._take(Origin.SERVER, event)

    def sent(self, event: object) -> None:
        """What went to the provider."""
        self._take(Origin.CLIENT, event)

    def snapshot(self, label: str, **data: Any) -> None:
        """Mark this moment; the state of the conversation as of now can be looked up by `label`."""
        self._note("snapshot", {"label": label, **data})

    def mark(self, **data: Any) -> None:
        """Leave a word for whoever reads the journal; it says nothing of the conversation."""
        self._note("mark", data)

    def label(self, *labels: str) -> None:
        """Labels the conversation has from now on."""
        self._note("label", {"labels": list(labels)})

    def end(self, outcome: str | None = None, satisfaction: str | None = None, **data: Any) -> None:
        """How the conversation came out. Recording goes on until `close`."""
        known = {"outcome": outcome, "satisfaction": satisfaction}
        self._note("end", {**{k: v for k, v in known.items() if v is not None}, **data})

    # -- what is kept from here on; each holds when it returns ----------------------------------------

    def pause(self, reason: str = "", *, seconds: float | None = None) -> None:
        """Nothing of what comes is kept, until `resume`, or for `seconds` (at most a quarter of an hour)."""
        self.obey("pause", {"reason": reason, "seconds": seconds})

    def resume(self) -> None:
        """What comes is kept again."""
        self.obey("resume", {})

    def keep(self, *names: str) -> None:
        """Of what comes only this is kept: `audio`, `raw`, `transcripts`, as far as `record` was told to."""
        self.obey("keep", {"keep": names})

    def consent(self, given: bool = True, **data: Any) -> None:
        """Whoever is recorded agreed, or did not: then nothing more is kept. Say in `data` who, and how."""
        self.obey("consent", {"given": given, **data})

    def announce(self, what: str = "recording", **data: Any) -> None:
        """The caller was told: that the call is recorded, or with `ai` that a machine speaks."""
        self.obey("announcement", {"what": what, **data})

    def obey(self, verb: str, data: dict[str, Any]) -> dict[str, Any]:
        """As `verbs.obey`, for all of the above; the state of the leg. Does nothing once it has ended."""
        with self._gate:
            writer, process, now = self._writer, self._process, self._now()
            if writer is None or process is None:
                return {"leg": self.leg, "state": "ended"}
            if isinstance(writer, HeldWriter) and verb == "consent" and data.get("given", True):
                guarded(lambda: self._release(writer), self._note_unrecorded)
            process.standing.remember(now, self._opened.workspace, self._opened.links, verb, data)
            obey(self._door, self._say, now, verb, data)
            return {"leg": self.leg, **self._door.state()}

    def is_for(self, command: Command) -> bool:
        """Is it recorded, and meant?"""
        opened = self._opened
        return self._writer is not None and command.is_for(
            opened.workspace, (opened.leg, opened.conversation), opened.links
        )

    def abandon(self) -> None:
        """From now on it is another process's: nothing of it is kept here."""
        self._writer = None

    @property
    def awaits_consent(self) -> bool:
        """Nothing of it may be written yet."""
        return self._door.awaits_consent

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
            self._leave()
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
        self._opened = opened
        self._door = Door(self._choice, self._say)
        self._writer = guarded(lambda: self._open(opened, data_dir, clock), self._note_unrecorded)
        if self._writer is not None and self._process is not None:
            for verb, data in self._process.standing.of(clock.now(), opened.workspace, opened.links):
                self.obey(verb, data)

    def _open(self, opened: Opened, data_dir: Path, clock: Clock) -> LegWriter | HeldWriter:
        """The leg with its first record; on the disk, or held back until consent is given."""
        self._process = process = of_folder(data_dir, clock)
        writer: LegWriter | HeldWriter = HeldWriter(opened.leg)
        if not self._choice.needs_consent:
            writer = process.journal.open_leg(opened.leg)
        process.live.add(self)
        writer.append(clock.now(), Origin.RECORDER, Kind.OPENED, strike(_encode(opened)))
        return writer

    def _leave(self) -> None:
        if self._process is not None:
            self._process.live.discard(self)

    def _release(self, held: HeldWriter) -> None:
        if self._process is not None and not held.is_released:
            held.release(self._process.journal.open_leg(self.leg))

    def _take(self, origin: Origin, event: object) -> None:
        writer = self._writer
        if writer is not None:
            guarded(lambda: self._append(writer, origin, event), lambda _: self._lose(writer))

    def _append(self, writer: LegWriter | HeldWriter, origin: Origin, event: object) -> None:
        kind, payload = in_bytes(event)
        with self._gate:
            now = self._now()
            self._door.tick(now)
            admitted = self._door.admit(now, kind, payload)
            if admitted is not None:
                writer.append(now, origin, kind, strike(admitted))

    def _lose(self, writer: LegWriter | HeldWriter) -> None:
        self.lost_count += 1
        guarded(lambda: writer.lost("parse_error", 1, 0), self._note_fault)

    def _note(self, verb: str, data: dict[str, Any]) -> None:
        if self._writer is not None:
            self._say(self._now(), Note(verb=verb, data=data))

    def _say(self, at: Instant, note: Note) -> None:
        writer = self._writer or self._ending
        if writer is not None:
            guarded(
                lambda: self._append_own(writer, at, Kind.NOTE, note),
                lambda _: self._lose(writer),
            )

    def _append_own(
        self, writer: LegWriter | HeldWriter, at: Instant, kind: Kind, what: Note | Ended
    ) -> None:
        writer.append(at, Origin.RECORDER, kind, strike(_encode(what)))

    def _end(self, writer: LegWriter | HeldWriter, ended: Ended, timeout_s: float) -> None:
        with self._gate:
            now = self._now()
            self._door.close(now)
            self._append_own(writer, now, Kind.ENDED, ended)
        writer.close(timeout_s)

    def _note_fault(self, fault: str) -> None:
        _log.warning("recording fault", extra={"fault": fault, "leg": self.leg})

    def _note_unrecorded(self, fault: str) -> None:
        _log.warning("this call goes unrecorded: %s, data_dir %s", fault, self._data_dir)
