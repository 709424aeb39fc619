"""The caller: listens, and does what the script says at its cues."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from websockets.asyncio.client import ClientConnection

from earwitness.errors import EarwitnessError
from earwitness.simulator.mouth import Mouth
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone
from earwitness.simulator.scenarios import Cue, Scenario

PATIENCE_MS = 20_000  # a caller who hears nothing for so long hangs up


class Unanswered(EarwitnessError):
    """The caller waited for an answer that did not come."""


async def act(
    scenario: Scenario,
    pace: Pace,
    mouth: Mouth,
    phone: Phone,
    press: Callable[[str], Awaitable[None]],
    redial: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Plays all turns; returns when the scenario's end has come. Raises `Unanswered`."""
    for turn in scenario.turns:
        await _wait(turn.cue, pace, phone)
        if turn.lose_ms:
            mouth.lose(turn.lose_ms)
        if turn.hold_ms:
            mouth.hold(turn.hold_ms)
        if turn.redials and redial is not None:
            await redial()
        if turn.says:
            await pace.until(mouth.say(turn.says).end_ms)
        for digit in turn.digits:
            await press(digit)
    await _wait(scenario.end, pace, phone)


async def race(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Runs all until the first returns or fails, then stops the others. Raises what the first raised."""
    tasks = [asyncio.create_task(each) for each in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if task in done:
            task.result()


async def vanish(socket: ClientConnection, phone: Phone) -> None:
    """The line is gone and nobody says so: from here on nothing is heard, and nothing more is taken."""
    phone.cut()
    socket.transport.abort()
    await socket.wait_closed()


async def _wait(cue: Cue, pace: Pace, phone: Phone) -> None:
    patience_ms = pace.now_ms() + PATIENCE_MS
    while (now_ms := pace.now_ms()) < patience_ms:
        begun = phone.begun()
        if len(begun) < cue.items:
            await phone.change(min(patience_ms, _next_ms(phone, now_ms, patience_ms)))
            continue
        due_ms = phone.end_ms if cue.how == "quiet" else begun[cue.items - 1][1]
        if due_ms + cue.after_ms <= now_ms:
            return
        await phone.change(due_ms + cue.after_ms)
    raise Unanswered(
        f"answer {cue.items} was not heard within {PATIENCE_MS // 1000} s",
        hint="Is the voice AI, or the bot in between, too busy or gone?",
    )


def _next_ms(phone: Phone, now_ms: float, otherwise: float) -> float:
    """When the next queued sound begins: an answer that waits behind another has not begun yet."""
    return min((piece.start_ms for piece in phone.pieces if piece.start_ms > now_ms), default=otherwise)
