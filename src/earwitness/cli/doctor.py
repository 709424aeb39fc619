"""`earwitness doctor`."""

import os
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
from msgspec.structs import replace

from earwitness.cli.desk import json_option, print_json, say, settings_of
from earwitness.clock import uuid7
from earwitness.errors import EarwitnessError
from earwitness.settings import Settings

LITTLE_ROOM_BYTES = 2 << 30  # an hour of a hundred voice AI calls is about 23 GB
SLOW_SYNC_MS = 100  # the journal syncs four times a second
FEW_FILES = 1024  # three for each call, and the server's own


class Finding(NamedTuple):
    """One thing that was looked at. `hint`: what to do, where it is not well."""

    what: str
    is_well: bool
    words: str
    hint: str = ""


@click.command("doctor")
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Is this machine fit to record? Folder, disk, catalog, bucket, mirror, files, ports, encryption, pages.

    Changes nothing, but that one small object comes into the bucket and the mirror and goes again. Exit
    status 0 when all is well, 1 when something is not.

    Example: earwitness doctor
    """
    found = list(_examine(settings_of(context)))
    if as_json:
        print_json([finding._asdict() for finding in found])
    else:
        for finding in found:
            mark, colour = ("ok ", None) if finding.is_well else ("BAD", "red")
            say(f"{mark}  {finding.what:12}  {finding.words}", colour=colour)
            if finding.hint:
                say(f"     {'':12}  hint: {finding.hint}")
    sys.exit(0 if all(finding.is_well for finding in found) else 1)


def _examine(settings: Settings) -> Iterator[Finding]:
    yield from _folder(settings.data_path)
    yield _catalog(settings)
    for what, url in (("bucket", settings.object_store_url), ("mirror", settings.mirror.url)):
        if url:
            yield _store(what, url, settings)
    yield _files()
    for name, port in (("API port", settings.api), ("tap port", settings.tap)):
        yield _port(name, port.host, port.port)
    yield _encryption(settings)
    yield _pages()


def _folder(folder: Path) -> Iterator[Finding]:
    """Can it be written, how much fits in, and how long does its disk take to promise something?"""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            began = time.perf_counter()
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
            took_ms = (time.perf_counter() - began) * 1000
    except OSError as error:
        yield Finding(
            "data folder", False, f"{there}: {error.strerror}", "Choose another data_dir, or its rights."
        )
        return
    yield Finding("data folder", True, f"{folder} can be written")
    slow = "A call is never held up, but more is at risk when the power goes. Use a local disk."
    is_quick = took_ms <= SLOW_SYNC_MS
    yield Finding("disk", is_quick, f"syncs within {took_ms:.1f} ms", "" if is_quick else slow)
    status = os.statvfs(there)
    room = status.f_bavail * status.f_frsize
    has_room = room >= LITTLE_ROOM_BYTES
    words = f"{room / 1e9:.1f} GB free"
    yield Finding("room", has_room, words, "" if has_room else "Make room, or set retention rules.")


def _catalog(settings: Settings) -> Finding:
    if not settings.database_url and not settings.data_path.exists():
        return Finding("catalog", True, "made at the first start")
    from earwitness.store import migrate

    try:
        revision = migrate.current(settings.catalog_url)
    except EarwitnessError as error:
        return Finding("catalog", False, str(error), error.hint)
    if revision is None or revision == migrate.HEAD:
        return Finding("catalog", True, f"revision {revision}" if revision else "made at the first start")
    if revision in [each.id for each in migrate.history(settings.catalog_url)]:
        return Finding("catalog", True, f"revision {revision}; brought to {migrate.HEAD} at the next start")
    return Finding("catalog", False, f"revision {revision} is of a newer earwitness", "Upgrade this program.")


def _store(what: str, url: str, settings: Settings) -> Finding:
    """Does it take, give back and let go what is put there?"""
    from earwitness.store.chosen import objects_at

    path = f"doctor/{uuid7()}.json"
    try:
        with tempfile.TemporaryDirectory() as here:
            objects = objects_at(url, replace(settings, data_dir=here))  # what is put is not locked
            is_given_back = objects.holds(objects.put(path, [b"{}"]))
            objects.delete(path)
    except EarwitnessError as error:
        return Finding(what, False, str(error), error.hint)
    if not is_given_back:
        return Finding(what, False, f"{url} gives back other bytes than it took", "Choose another store.")
    return Finding(what, True, f"{url} takes, gives back and lets go")


def _files() -> Finding:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    is_enough = limit == resource.RLIM_INFINITY or limit > FEW_FILES
    words = "any number" if limit == resource.RLIM_INFINITY else str(limit)
    hint = "" if is_enough else "Each call needs three: ulimit -n 65536, or LimitNOFILE in the unit."
    return Finding("open files", is_enough, f"{words} at once", hint)


def _port(name: str, host: str, port: int) -> Finding:
    """Free, or ours: a stranger's program would be found out by its answer."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return Finding(name, True, f"{host}:{port} is free")
    if _is_ours(host, port):
        return Finding(name, True, f"{host}:{port} is served by earwitness")
    return Finding(name, False, f"{host}:{port} is another program's", "Stop it, or choose another port.")


def _is_ours(host: str, port: int) -> bool:
    """Both ports of ours answer what they do not know with a problem document."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/.well-known/nothing")
        answer = connection.getresponse()
        return str(answer.headers.get_content_type()) == "application/problem+json"
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _encryption(settings: Settings) -> Finding:
    from earwitness.privacy.vault import is_locked, open_vault

    try:
        if open_vault(settings) is not None:
            return Finding("encryption", True, "on, and the master key fits")
    except EarwitnessError as error:
        return Finding("encryption", False, str(error), error.hint)
    if is_locked(settings):
        return Finding(
            "encryption", False, "the folder is encrypted, and no key is set", "Set encryption.key."
        )
    return Finding("encryption", True, "off: whoever reads the data folder reads the calls")


def _pages() -> Finding:
    from earwitness.server.app_files import is_built

    words = "built" if is_built() else "not built; everything else works (make web, with Node 20)"
    return Finding("pages", True, words)
