"""A call to try it with: where callers connect, and a simulated one played through the tap on request.

The call is played by a process of its own, `python -m earwitness.server.rehearsal`, as real callers are.
"""

import asyncio
import subprocess
import sys
from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool

from earwitness.errors import Conflict, EarwitnessError
from earwitness.library import Library
from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.guard import Reader, Writer
from earwitness.settings import Settings

router = APIRouter(prefix="/api/v1", tags=["first call"])

SCENARIO = "barge_in"  # what there is to see in a call: a caller who breaks in
LARGEST_BYTES = 4096
RECORDER_SPEAKS_IN_S = 5


class Wanted(msgspec.Struct, kw_only=True):
    """Whose protocol the simulated call speaks."""

    provider: Literal["openai", "twilio", "elevenlabs", "hume", "audiocodes"] = "openai"


class Begun(msgspec.Struct, kw_only=True):
    """A call that is being played; it is among the running conversations in a moment."""

    provider: str
    scenario: str = SCENARIO


class _Play(msgspec.Struct):
    """What the process that plays is told."""

    settings: Settings
    provider: str
    key: str


_wanted = msgspec.json.Decoder(Wanted)


@router.get("/setup", summary="Where callers connect: the tap's address and its routes")
def setup(visitor: Reader, request: Request) -> dict[str, Any]:
    settings = _as_running(request.app.state.library)
    tap = settings.tap
    scheme = "wss" if tap.tls_cert else "ws"
    return {
        "tap": tap.public_url or f"{scheme}://{tap.host}:{tap.port}",
        "needs_key": tap.require_key,
        "routes": [
            {"name": name, "provider": route.provider}
            for name, route in settings.routes.items()
            if route.enabled and not name.startswith("sim-")
        ],
    }


@router.post(
    "/simulated-calls",
    status_code=202,
    summary="Play one simulated call through the tap",
    **json_body_of(Wanted, Begun),
)
async def simulate(visitor: Writer, request: Request) -> dict[str, Any]:
    """One at a time: 409 while another is being played."""
    wanted = json_body(_wanted, await read_body(request, LARGEST_BYTES) or b"{}")
    state = request.app.state
    if state.rehearsal is not None and not state.rehearsal.done():
        raise Conflict(
            "a simulated call is being played", hint="Watch it under Live; it takes half a minute."
        )
    state.rehearsal = asyncio.create_task(
        _played(request.app.state.library, visitor.library.workspace, wanted.provider)
    )
    return msgspec.to_builtins(Begun(provider=wanted.provider))  # type: ignore[no-any-return]


def _as_running(library: Library) -> Settings:
    """The settings with the tap's port as it was really taken."""
    settings, port = library.settings, library.recorder and library.recorder.tap_port
    return replace(settings, tap=replace(settings.tap, port=port)) if port else settings


async def _played(library: Library, workspace: str, provider: str) -> None:
    """Play it to its end, or to the server's, with a key of its own that opens nothing afterwards."""
    key = await run_in_threadpool(library.keys.create, "simulated call", ("capture",), workspace)
    for _ in range(RECORDER_SPEAKS_IN_S):  # the recorder's first word names its port
        if library.recorder is None and library.recorder_seen_s is not None:
            await asyncio.sleep(1)
    try:
        told = _Play(_as_running(library), provider, key.text)
        process = _player()
        try:
            await asyncio.to_thread(process.communicate, msgspec.json.encode(told))
        finally:
            _end(process)
    finally:
        await run_in_threadpool(library.keys.revoke, workspace, key.key.id)


def _player() -> subprocess.Popen[bytes]:
    """Not by asyncio: a task that is cancelled while that starts a process never ends (CPython 3.11)."""
    return subprocess.Popen([sys.executable, "-m", "earwitness.server.rehearsal"], stdin=subprocess.PIPE)


def _end(process: subprocess.Popen[bytes]) -> None:
    """It plays no more: the server stops before the call is over. Nothing to one that has ended."""
    process.kill()
    process.wait()


def main() -> int:
    from earwitness.simulator.through import play

    told = msgspec.json.decode(sys.stdin.buffer.read(), type=_Play)
    try:
        made = asyncio.run(
            play(told.settings, [(told.provider, SCENARIO)], tap_key=told.key, labels=("simulated",))
        )
    except EarwitnessError as error:
        print(f"simulated call: {error}", file=sys.stderr)
        return 1
    return 0 if all(call.ok for _, _, call in made) else 1


if __name__ == "__main__":
    sys.exit(main())
