"""The tap: callers connect here instead of to their provider, and every call is recorded on its way.

The handshake is read and rewritten; after it, bytes are spliced and a copy goes to the intake. Whatever
happens to the recording, the call goes on, unless the configuration says otherwise.
"""

import asyncio
import contextlib
import ssl
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from earwitness.capture import problems
from earwitness.capture.choosing import chosen
from earwitness.capture.crowd import Crowd
from earwitness.capture.direction import Writer
from earwitness.capture.door import Choice
from earwitness.capture.handshake import HANDSHAKE_S, Front
from earwitness.capture.head import Request
from earwitness.capture.intake import Sweep
from earwitness.capture.leg import Call, Leg
from earwitness.capture.listening import cannot_listen
from earwitness.capture.signatures import TwilioSecrets, is_signed_handshake
from earwitness.capture.target import Said, Upstream, parse_target, parse_upstream, said_by
from earwitness.capture.tls import client_context, server_context
from earwitness.capture.verbs import NOTES, Command, Standing
from earwitness.clock import Clock, SystemClock
from earwitness.errors import InvalidInput
from earwitness.journal.writer import Journal, LegWriter
from earwitness.settings import Recording, Route, Settings

SWITCH_S = (
    0.0005  # the loop takes the interpreter back from the journal's threads within this, not within 5 ms
)

Admit = Callable[[str | None], str | None]


@dataclass(slots=True)
class TapStats:
    """Counters since the start; read them at any time."""

    opened: int = 0  # handshakes that were whole HTTP
    refused: int = 0  # answered by the tap itself
    unrecorded: int = 0  # calls that went on without a journal


class Tap:
    """Listens, relays, records.

    `admit` turns a caller's key into the name of its workspace, or None to refuse it; it may block. Without
    it every caller belongs to `default`, or to nobody if keys are required.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        *,
        clock: Clock | None = None,
        admit: Admit | None = None,
        on_alarm: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        self.stats = TapStats()
        self.on_alarm = on_alarm
        self.is_stopping = False
        self.port = settings.tap.port
        self.contexts: dict[str, ssl.SSLContext | None] = {}
        self._upstreams: dict[str, Upstream] = {}
        self._journal = journal
        self._admit = admit
        self._legs: set[Leg] = set()
        self._waiting = Crowd(settings.tap.handshakes_per_address)
        self._calls, self._counted = Crowd(settings.tap.calls_per_workspace), dict[Leg, str]()
        self.standing = Standing()
        self._tasks: set[asyncio.Future[None]] = set()
        self._is_quiet = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._openers = ThreadPoolExecutor(2, "tap-open")
        self._closers = ThreadPoolExecutor(
            4, "tap-close"
        )  # each waits for a sync: they must not delay openings

    @property
    def live_legs(self) -> int:
        """Calls that are going through the tap now."""
        return len(self._legs)

    async def start(self) -> None:
        """Listen. Raises `InUse` when the port is taken, `SettingsError` for a wrong route or certificate."""
        loop = asyncio.get_running_loop()
        sys.setswitchinterval(min(SWITCH_S, sys.getswitchinterval()))
        self.sweep = Sweep(loop, self.on_alarm, self._journal.flush_soon)
        for name, route in self.settings.routes.items():
            upstream = self._upstreams[name] = parse_upstream(name, route.upstream)
            self.contexts[name] = client_context(route.ca_file) if upstream.is_tls else None
        listen = self.settings.tap
        context = server_context(listen.tls_cert, listen.tls_key)
        timeout = HANDSHAKE_S if context else None
        try:
            self._server = await loop.create_server(
                lambda: Front(self._on_request, self._waiting),
                listen.host,
                listen.port,
                ssl=context,
                ssl_handshake_timeout=timeout,
                backlog=1024,
            )
        except OSError as error:
            raise cannot_listen(error, "tap", listen.host, listen.port) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self, grace_s: float = 5.0) -> None:
        """No new calls; live ones get a close frame 1012 and `grace_s` to part; all records are on disk."""
        self.is_stopping = True
        if self._server is not None:
            self._server.close()
        for leg in tuple(self._legs):
            if leg.splice is not None:
                leg.splice.stop()
        await self._parted(grace_s)
        for leg in tuple(self._legs):
            leg.abort()
        await self._parted(1.0)
        while self._tasks:
            await asyncio.wait(tuple(self._tasks))
        self._openers.shutdown(wait=False)
        self._closers.shutdown(wait=False)

    async def check(self, request: Request) -> Call:
        """What is asked for, if it may be had. Raises `Refused`."""
        try:
            target = parse_target(request.target)
        except InvalidInput as error:
            raise problems.bad_request(str(error), error.hint) from error
        route = self.settings.routes.get(target.route)
        if route is None:
            raise problems.unknown_route(sorted(n for n, r in self.settings.routes.items() if r.enabled))
        if not route.enabled:
            raise problems.route_is_off()
        if not request.is_upgrade:
            raise problems.no_upgrade()
        said = said_by(target, request.headers)
        workspace = await self._workspace(said.key)
        if workspace is None and said.key is None and route.provider == "twilio" and self._is_signed(request):
            workspace = self.settings.webhooks.workspace
        if workspace is None:
            raise problems.no_key()
        record = route.record or self.settings.record
        choice = _choice(record, route, said)
        if record.on_failure == "refuse" and (health := self._journal.health()).is_red:
            raise problems.cannot_record(health.reason)
        return Call(
            name=target.route,
            route=route,
            upstream=self._upstreams[target.route],
            target=target,
            said=said,
            workspace=workspace,
            choice=choice,
            must_record=record.on_failure == "refuse",
        )

    async def obey(self, command: Command) -> dict[str, dict[str, Any]]:
        """Let every leg it is for do it; their states by leg id. It holds when this returns."""
        legs = [leg for leg in self._legs if leg.is_for(command)]
        now = self.clock.now()
        for leg in legs:
            self.standing.remember(now, command.workspace, leg.links, command.verb, command.data)
        if command.verb in NOTES:
            legs = legs[:1]
        return {leg.id: await leg.obey(command.verb, command.data) for leg in legs}

    async def open_leg(self, leg: str) -> LegWriter:
        """A new leg of the journal, opened off the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._openers, self._journal.open_leg, leg)

    def close_leg(self, writer: Writer) -> None:
        """Seal a leg off the loop; `stop` waits for it."""
        self._keep(asyncio.get_running_loop().run_in_executor(self._closers, writer.close))

    def count(self, leg: Leg, workspace: str) -> None:
        """One call more of this workspace, until it is forgotten. Raises `Refused` for one too many."""
        if not self._calls.enter(workspace):
            raise problems.too_many("calls at once in this workspace")
        self._counted[leg] = workspace

    def forget(self, leg: Leg) -> None:
        """The call is over."""
        if (workspace := self._counted.pop(leg, None)) is not None:
            self._calls.leave(workspace)
        self._legs.discard(leg)
        if not self._legs:
            self._is_quiet.set()

    async def _workspace(self, key: str | None) -> str | None:
        if key is None and not self.settings.tap.require_key:
            return "default"
        if self._admit is None:
            return None if self.settings.tap.require_key else "default"
        return await asyncio.get_running_loop().run_in_executor(self._openers, self._admit, key)

    def _is_signed(self, request: Request) -> bool:
        """Twilio can send no key: its signature stands for one."""
        public_url, twilio = self.settings.tap.public_url.rstrip("/"), self.settings.webhooks.twilio
        secrets = TwilioSecrets(auth_token=twilio.secret, shared_key=twilio.shared_key)
        headers = {name.lower(): value for name, value in request.headers}
        return bool(public_url) and is_signed_handshake(secrets, headers, public_url + request.target)

    def _on_request(self, front: Front, request: Request) -> None:
        self.stats.opened += 1
        leg = Leg(self, front, request)
        self._legs.add(leg)
        self._keep(asyncio.ensure_future(self._run(leg)))

    async def _run(self, leg: Leg) -> None:
        try:
            await leg.run()
        finally:
            if leg.splice is None:
                self.forget(leg)

    def _keep(self, task: "asyncio.Future[None]") -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _parted(self, timeout_s: float) -> None:
        """Wait until no call is left, or so long."""
        self._is_quiet = asyncio.Event()
        if self._legs:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_quiet.wait(), timeout_s)


def _choice(record: Recording, route: Route, said: Said) -> Choice:
    """Raises `Refused` for what is no choice."""
    try:
        return chosen(
            record,
            conversation=said.conversation or str(uuid4()),
            asked=said.record,
            has_consent=said.has_consent,
            mapping=msgspec.to_builtins(route.mapping) if route.mapping else None,
        )
    except InvalidInput as error:
        raise problems.bad_request(str(error), error.hint) from error
