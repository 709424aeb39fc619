"""One call through the tap, from the handshake to its last record."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from earwitness.capture import problems
from earwitness.capture.door import Choice
from earwitness.capture.handshake import HANDSHAKE_S, Back, Front
from earwitness.capture.head import Answer, Request, forwarded
from earwitness.capture.held import HeldWriter
from earwitness.capture.intake import Intake
from earwitness.capture.problems import Refused
from earwitness.capture.pump import Splice
from earwitness.capture.secrets import strike_headers, strike_target, strike_text
from earwitness.capture.target import Said, Target, Upstream
from earwitness.capture.verbs import Command, obey
from earwitness.clock import here, uuid7
from earwitness.errors import Conflict, EarwitnessError
from earwitness.journal.record import Answered, Ended, Opened, Origin
from earwitness.journal.writer import LegWriter
from earwitness.settings import Route

if TYPE_CHECKING:
    from earwitness.capture.tap import Tap

ANSWER_S = 60.0  # an upstream may take its time; most callers wait less
BODY_KEPT_BYTES = 4096
LINGER_S = 10.0  # for the rest of a refusal whose length nobody told


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a caller asked for, checked."""

    name: str  # of the route
    route: Route
    upstream: Upstream
    target: Target
    said: Said
    workspace: str
    choice: Choice
    must_record: bool  # or there is no call

    @property
    def links(self) -> tuple[str, ...]:
        return (f"conversation:{self.said.conversation}",) if self.said.conversation else ()


class Leg:
    """Carries one call. `run` ends when the handshake is through; the splice lives on by itself."""

    def __init__(self, tap: "Tap", front: Front, request: Request) -> None:
        self.splice: Splice | None = None
        self._tap = tap
        self._front = front
        self._request = request
        self._at = tap.clock.now()
        self.id = str(uuid7(self._at.wall_ns))
        self.conversation = str(uuid7(self._at.wall_ns))  # that it begins, should it join no other
        self._intake: Intake | None = None
        self._call: Call | None = None

    async def run(self) -> None:
        """Check, open the journal, dial, hand the answer through. The caller always gets an answer."""
        try:
            self._call = call = await self._tap.check(self._request)
            self._tap.count(self, call.workspace)
            await self._open_journal(call)
            await self._dial(call)
        except Refused as refused:
            self._tap.stats.refused += 1
            self._front.refuse(refused)
        finally:
            if self.splice is None:
                self._finish(Ended(why="stopped" if self._tap.is_stopping else "lost", by="recorder"))

    @property
    def links(self) -> tuple[str, ...]:
        return self._call.links if self._call is not None else ()

    def is_for(self, command: Command) -> bool:
        """Is it recorded, and meant?"""
        call = self._call
        if call is None or self._intake is None:
            return False
        return command.is_for(call.workspace, (self.id, self.conversation), call.links)

    def abort(self) -> None:
        """End at once, whatever stage the call is in."""
        if self.splice is not None:
            self.splice.abort()
        else:
            self._front.transport.abort()

    async def _open_journal(self, call: Call) -> None:
        leg = self.id
        writer: LegWriter | HeldWriter
        try:
            writer = HeldWriter(leg) if call.choice.needs_consent else await self._tap.open_leg(leg)
        except (EarwitnessError, OSError) as error:
            if call.must_record:
                raise problems.cannot_record(str(error)) from error
            self._tap.stats.unrecorded += 1
            self._tap.on_alarm(f"leg {leg} goes unrecorded: {error}")
            return
        self._intake = Intake(writer, self._tap.sweep, choice=call.choice)
        self._intake.opened(self._at, self._opened(call, leg))
        for verb, data in self._tap.standing.of(self._at, call.workspace, call.links):
            await self.obey(verb, data)

    async def obey(self, verb: str, data: dict[str, Any]) -> dict[str, Any]:
        """Do what was said of this leg; its state. What came before is kept as it was to be kept until now.

        Raises `Conflict` where the leg is over, and what `verbs.obey` raises.
        """
        intake = self._intake
        if intake is None:
            raise Conflict(f"leg {self.id} is not recorded any more", hint="Its call is over.")
        if verb == "consent" and data.get("given", True):
            await self._release(intake)
        intake.read()
        obey(intake.door, intake.note, self._tap.clock.now(), verb, data)
        return {"leg": self.id, **intake.door.state()}

    async def _release(self, intake: Intake) -> None:
        """Consent is given: from now on there is a journal."""
        writer = intake.writer
        if not isinstance(writer, HeldWriter) or writer.is_released:
            return
        real = await self._tap.open_leg(self.id)
        if not writer.release(real):  # the call ended, or somebody else was quicker
            self._tap.close_leg(real)

    def _opened(self, call: Call, leg: str) -> Opened:
        said = call.said
        peer = self._front.transport.get_extra_info("peername")
        return Opened(
            clock=here(),
            leg=leg,
            conversation=self.conversation,
            workspace=call.workspace,
            provider=call.route.provider,
            way="tap",
            route=call.name,
            links=call.links,
            subject=said.subject,
            labels=said.labels,
            metadata={**call.route.metadata, **said.metadata},
            path=strike_target(call.upstream.request_target(call.target)),
            headers=strike_headers(self._request.headers),
            peer=f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else "",
            mapping=msgspec.to_builtins(call.route.mapping) if call.route.mapping else {},
            kept=call.choice.kept,
        )

    async def _dial(self, call: Call) -> None:
        back = await self._connect(call)
        back.on_upgrade = partial(self._join, back)
        target = call.upstream.request_target(call.target)
        back.transport.write(forwarded(self._request, target, call.upstream.authority))
        gone = asyncio.ensure_future(self._front.is_gone.wait())
        try:
            await asyncio.wait((gone, back.answer), timeout=ANSWER_S, return_when=asyncio.FIRST_COMPLETED)
            if self.splice is None:
                await self._pass_refusal(back, gone)
        finally:
            gone.cancel()
            if self.splice is None:
                back.transport.close()

    async def _connect(self, call: Call) -> Back:
        loop = asyncio.get_running_loop()
        upstream = call.upstream
        context = self._tap.contexts[call.name]
        connecting = loop.create_connection(
            lambda: Back(self._front),
            upstream.host,
            upstream.port,
            ssl=context,
            server_hostname=upstream.host if context else None,
        )
        try:
            async with asyncio.timeout(HANDSHAKE_S):
                return (await connecting)[1]
        except TimeoutError as error:
            detail = f"no connection within {HANDSHAKE_S:g} s"
            self._finish(Ended(why="unreachable", by="server", detail=detail))
            raise problems.unreachable(detail) from error
        except OSError as error:
            detail = error.strerror or type(error).__name__
            self._finish(Ended(why="unreachable", by="server", detail=str(detail)))
            raise problems.unreachable(str(detail)) from error

    def _join(self, back: Back, answer: Answer) -> None:
        """The upstream said 101: from here on bytes only."""
        assert self._call is not None
        intake = self._intake
        now = self._tap.clock.now()
        if intake is not None:
            intake.answered(now, _answered(answer, ""), ", ".join(answer.values("sec-websocket-extensions")))
        is_tls = (bool(self._tap.settings.tap.tls_cert), self._call.upstream.is_tls)
        self.splice = splice = Splice(intake, self._tap.clock, self._parted, is_tls)
        splice.client.take_over(self._front.transport)
        splice.server.take_over(back.transport)
        if intake is not None and back.copy:
            intake.feed(Origin.SERVER, back.copy, now)
        if self._front.held:
            splice.client.data_received(self._front.held)
        self._front.transport.resume_reading()

    async def _pass_refusal(self, back: Back, gone: "asyncio.Future[Literal[True]]") -> None:
        """The upstream said no, or nothing: its answer goes through whole, and is kept."""
        answer = back.answer.result() if back.answer.done() else None
        if answer is None:
            self._finish(
                Ended(why="lost" if gone.done() else "unreachable", by="client" if gone.done() else "server")
            )
            if back.has_answered or gone.done():
                self._front.transport.close()
                return
            is_closed = back.answer.done()
            raise (
                problems.unreachable("it closed the connection")
                if is_closed
                else problems.no_answer(ANSWER_S)
            )
        await asyncio.wait((gone, back.done), timeout=LINGER_S, return_when=asyncio.FIRST_COMPLETED)
        body = strike_text(back.copy.decode("utf-8", "replace"))[:BODY_KEPT_BYTES]
        if self._intake is not None:
            self._intake.answered(self._tap.clock.now(), _answered(answer, body))
        self._front.transport.close()
        self._finish(Ended(why="refused", by="server", detail=str(answer.status)))

    def _parted(self, splice: Splice) -> None:
        if splice.intake is not None:
            splice.intake.read()
        closed_by = splice.intake.closed_by if splice.intake is not None else []
        by = closed_by[0] if closed_by else splice.ended_by or Origin.RECORDER
        detail = "" if splice.error is None else splice.error.__class__.__name__
        if splice.is_stopping:
            ended = Ended(why="stopped", by="recorder")
        elif closed_by or (splice.intake is None and splice.error is None):
            ended = Ended(why="closed", by=by.name.lower())
        else:
            ended = Ended(why="lost", by=by.name.lower(), detail=detail)
        self._finish(ended)
        self._tap.forget(self)

    def _finish(self, ended: Ended) -> None:
        """The last record, once."""
        intake, self._intake = self._intake, None
        if intake is not None:
            intake.finish(self._tap.clock.now(), ended)
            self._tap.close_leg(intake.writer)


def _answered(answer: Answer, body: str) -> Answered:
    return Answered(
        status=answer.status,
        reason=strike_text(answer.reason),
        headers=strike_headers(answer.headers),
        body=body,
    )
