"""What providers recorded themselves, fetched after the call and put down as a leg of it.

Twilio tells by webhook that a recording is there. It is taken from the hosts of the settings alone, with the
account's credentials, and no redirect is followed: nobody else gets them. Level-triggered: what was told of
and is not seen to is due again after every start.
"""

import base64
import http.client
import ipaddress
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from urllib.parse import parse_qsl, urlsplit

import msgspec

from earwitness.capture.importing import import_legs, is_imported, place_of
from earwitness.capture.webhooks import Delivered
from earwitness.clock import Clock, SystemClock
from earwitness.desk.recorded import Recorded
from earwitness.errors import InvalidInput, NotFound, StorageUnavailable
from earwitness.imports.fetched import Recording, leg_of
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind
from earwitness.settings import Settings, SignedByTwilio
from earwitness.settings.lists import listed
from earwitness.store import deliveries, legs
from earwitness.store.database import Database
from earwitness.store.deliveries import Delivery
from earwitness.store.types import clip, moment

TARGET = "fetched:twilio"
MOST_BYTES = 1 << 30  # nine hours of both sides
MOST_ATTEMPTS = 10  # within about two hours; then it is told that it failed
FIRST_WAIT_S, LONGEST_WAIT_S = 10.0, 3600.0
TIMEOUT_S = 30.0  # between two pieces
_PIECE_BYTES = 1 << 16


def fetchers(
    settings: Settings,
    database: Database,
    open_recorded: Callable[[str, str], Recorded],
    spool: Callable[[], Path],
) -> list["Fetching"]:
    """One, where the credentials are set."""
    how = settings.webhooks.twilio
    if not (how.account_sid and how.secret):
        return []
    return [Fetching(how, settings.data_path / "journal", database, open_recorded, spool)]


class Fetching:
    """Twilio's recordings become legs, each once (a `delivering.Carrier`, the other way round)."""

    def __init__(
        self,
        how: SignedByTwilio,
        root: Path,
        database: Database,
        open_recorded: Callable[[str, str], Recorded],
        spool: Callable[[], Path],
        *,
        clock: Clock | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._how = how
        self._root = root
        self._database = database
        self._open = open_recorded
        self._spool = spool
        self._clock = clock or SystemClock()
        self._most_bytes = most_bytes

    def due(self) -> tuple[tuple[str, str], ...]:
        """(workspace, id) of conversations whose webhooks are still to be seen to."""
        for row in deliveries.orphans(self._database, TARGET):
            deliveries.remove(self._database, row.workspace_id, row.conversation_id, TARGET)
        return deliveries.told_of(self._database, TARGET, "twilio", self._now())

    def ship(self, workspace: str, conversation: str) -> None:
        """Fetch what is told of. Raises `StorageUnavailable` where it did not come; it is due again later."""
        recorded = self._open(workspace, conversation)
        rows = [row for row in recorded.legs() if row.way == "webhook" and row.provider == "twilio"]
        known = deliveries.of_conversation(self._database, workspace, conversation)
        attempts = next((each.attempts for each in known if each.target == TARGET), 0)
        folders = {folder.name: folder for folder in recorded.folders}
        recordings = {told.sid: told for row in reversed(rows) for told in _told(folders[row.id])}
        here = {row.provider_ids.get("recording_sid") for row in recorded.legs() if row.way == "fetched"}
        try:
            for told in recordings.values():
                if told.sid not in here:
                    self._take(told, workspace, conversation, is_last=attempts + 1 >= MOST_ATTEMPTS)
        except StorageUnavailable as error:
            self._save(workspace, conversation, attempts=attempts + 1, problem=str(error))
            raise
        self._save(workspace, conversation, seen_at=max(row.opened_at for row in rows))

    def _take(self, told: Recording, workspace: str, conversation: str, *, is_last: bool) -> None:
        leg = leg_of(told, workspace)
        if is_imported(self._root, leg.opened.leg):
            return
        with NamedTemporaryFile(dir=self._spool(), suffix=".wav") as file:
            try:
                self._download(told.url, file)
                leg = leg_of(told, workspace, Path(file.name))
                import_legs(self._root, [leg])
            except InvalidInput as error:
                import_legs(self._root, [leg_of(told, workspace, None, _words(error, file.name))])
            except StorageUnavailable as error:
                if not is_last:
                    raise
                import_legs(self._root, [leg_of(told, workspace, None, _words(error, file.name))])
        if not legs.linked(self._database, workspace, (clip(f"call:{told.call}"),)):
            shutil.rmtree(place_of(self._root, leg.opened.leg))
            raise NotFound(f"conversation {conversation} was erased", hint="Its recording is not kept.")

    def _download(self, url: str, file: IO[bytes]) -> None:
        """Raises `InvalidInput` for what will not be better later, else `StorageUnavailable`."""
        connection, path = self._connect(url)
        token = base64.b64encode(f"{self._how.account_sid}:{self._how.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {token}", "User-Agent": "Earwitness"}
        try:
            connection.request("GET", f"{path}.wav?RequestedChannels=2", headers=headers)
            answer = connection.getresponse()
            if 300 <= answer.status < 400:
                raise InvalidInput("it is redirected elsewhere", hint="Nothing is followed to other places.")
            if answer.status != 200:
                raise _unavailable(f"HTTP {answer.status}")
            while piece := answer.read(_PIECE_BYTES):
                if file.tell() + len(piece) > self._most_bytes:
                    raise InvalidInput(f"longer than {self._most_bytes} bytes", hint="Fetch it by hand.")
                file.write(piece)
            file.flush()
        except (OSError, http.client.HTTPException) as error:
            raise _unavailable(str(error) or type(error).__name__) from error
        finally:
            connection.close()

    def _connect(self, url: str) -> tuple[http.client.HTTPConnection, str]:
        """To where the recording lies, if it may lie there, and its path. Raises `InvalidInput`."""
        hint = "See webhooks.twilio.recording_hosts."
        try:
            where = urlsplit(url)
            host, port = where.hostname or "", where.port
        except ValueError as error:
            raise InvalidInput("its address is none", hint=hint) from error
        if host not in listed(self._how.recording_hosts):
            raise InvalidInput(f"it lies at {host[:80]!r}, which is not allowed", hint=hint)
        if where.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S), where.path
        if where.scheme != "http" or not _is_loopback(host):
            raise InvalidInput("its address is not https", hint=hint)
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S), where.path

    def _save(
        self,
        workspace: str,
        conversation: str,
        *,
        seen_at: datetime | None = None,
        attempts: int = 0,
        problem: str = "",
    ) -> None:
        now = self._now()
        wait_s = min(FIRST_WAIT_S * 2 ** max(attempts - 1, 0), LONGEST_WAIT_S)
        row = Delivery(
            workspace_id=workspace,
            conversation_id=conversation,
            target=TARGET,
            made_at=seen_at,
            paths=[],
            attempts=attempts,
            problem=problem,
            again_at=now + timedelta(seconds=wait_s) if problem else None,
            changed_at=now,
        )
        deliveries.save(self._database, row)

    def _now(self) -> datetime:
        return moment(self._clock.now().wall_ns)


def _told(folder: Path) -> Iterator[Recording]:
    """The recording that the delivery of this leg says is there, if it says so."""
    record = next((each for each in read_leg(folder) if each.kind is Kind.TEXT), None)
    if record is None:
        return
    try:
        form = dict(
            parse_qsl(msgspec.json.decode(record.payload, type=Delivered).form or "", max_num_fields=1000)
        )
    except ValueError:  # damaged, or no form: the decoder tells
        return
    sid, call, url = (form.get(name, "") for name in ("RecordingSid", "CallSid", "RecordingUrl"))
    if form.get("RecordingStatus") == "completed" and sid and call and url:
        yield Recording(
            sid=sid,
            call=call,
            url=url,
            told_ns=record.wall_ns,
            start=form.get("RecordingStartTime", ""),
            seconds=form.get("RecordingDuration", ""),
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unavailable(what: str) -> StorageUnavailable:
    return StorageUnavailable(f"the recording did not come: {what}", hint="It is tried again.")


def _words(error: Exception, file: str) -> str:
    return str(error).replace(file, "the recording")[:300]
