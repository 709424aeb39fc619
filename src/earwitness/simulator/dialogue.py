"""What a voice AI does, whoever's wire it speaks: it listens, thinks, answers, and stops when interrupted."""

import asyncio
import secrets
from dataclasses import dataclass, field
from itertools import cycle

from earwitness.audio.codecs import Samples
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.openai_input import InputBuffer, Spoken
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Cue, Reply, Scenario, Tool, Turn

NO_MORE = Reply(says="sorry")  # when the script is through
NOTHING = Turn(cue=Cue(items=0, after_ms=0))  # what the caller says where the script has no more
UNSCRIPTED = "Something else."
TOOL_MS = 120  # how long it takes to find an answer
LEAVES_MS = 100  # after its last word, of which the end is still on its way to the ear


class Script:
    """What is still to be said; outlives the socket where a provider takes conversations up again."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.replies = list(scenario.replies)
        self.spoken = 0  # answers that were begun
        self.turns = [turn for turn in scenario.turns if turn.says or turn.digits]

    @property
    def is_new(self) -> bool:
        return len(self.replies) == len(self.scenario.replies)

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if self.replies else NO_MORE

    def next_turn(self) -> Turn:
        return self.turns.pop(0) if self.turns else NOTHING


@dataclass(slots=True, kw_only=True)
class Answer:
    """One reply on its way. Its times are the sender's reckoning: sound is played as it comes, in order."""

    number: int  # from 1
    reply: Reply
    text: str
    duration_ms: float
    start_ms: float = 0.0
    sent_ms: float = 0.0
    cut: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def end_ms(self) -> float:
        return self.start_ms + self.sent_ms

    def played_ms(self, now_ms: float) -> float:
        return max(0.0, min(self.sent_ms, now_ms - self.start_ms))

    def text_until(self, played_ms: float) -> str:
        """The words that fit into so much of the sound."""
        return " ".join(words_until(self.text, played_ms / self.duration_ms))


def words_until(text: str, share: float) -> list[str]:
    """The first words of the text that fit into so much of its sound, as a share of 1."""
    words = text.split(" ")
    return words[: int(len(words) * share + 1e-9)]


class Tongue:
    """How one provider says it. What a wire has no word for is not said."""

    async def caller_began(self, at_ms: int) -> None:
        """The caller speaks, from that position of all input."""

    async def caller_said(self, turn: Turn, text: str, from_ms: int, to_ms: int) -> None:
        """The caller stopped; `turn` is the script's."""

    async def interrupted(self, answers: list[Answer], now_ms: float) -> None:
        """The caller spoke over these; none of their sound is sent any more."""

    async def begins(self, answer: Answer) -> None: ...

    async def sounds(self, answer: Answer, chunk: Samples, from_ms: float) -> None:
        """A piece of the answer, which begins at `from_ms` of it."""

    async def ends(self, answer: Answer) -> None:
        """All was sent, or the rest was cut."""

    async def calls(self, call: str, tool: Tool) -> bool:
        """Calls the function; False where this wire carries no such calls."""
        return False

    async def leaves(self, reply: Reply) -> None:
        """The agent's last word was said: hang up, or transfer."""


class Dialogue:
    """One agent at one socket. Feed it what comes; close it when the socket ends."""

    def __init__(
        self, tongue: Tongue, script: Script, pace: Pace, *, encoding: str, hears_hz: int, speaks_hz: int
    ) -> None:
        self.pace, self._tongue, self._script = pace, tongue, script
        self.input = InputBuffer(encoding, hears_hz)
        self.input.padding_ms = 0  # what it tells of is where the words begin
        self._speaks_hz = speaks_hz
        self._answers: list[Answer] = []
        self._quiet_at_ms = 0.0
        self._from_ms, self._caller_speaks = 0, False
        self._results: dict[str, asyncio.Future[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._talking = asyncio.Lock()

    def speak_first(self) -> None:
        """The greeting; nothing where the conversation was begun on another socket."""
        if self._script.is_new:
            self._soon(0)

    async def hear(self, audio: bytes) -> None:
        for spoken_ in self.input.append(audio):
            await (self._stopped(spoken_) if spoken_.is_end else self._started(spoken_))

    async def key(self, digit: str) -> None:
        """Where the script waits for keys alone, `#` ends them and is answered."""
        turns = self._script.turns
        if digit == "#" and turns and not turns[0].says:
            self._script.next_turn()
            self._soon()

    def typed(self) -> None:
        """The caller wrote instead of speaking."""
        self._soon()

    def read(self, *, is_whole: bool) -> None:
        """The platform heard the caller by itself, and wrote down some of it, or all."""
        self._caller_speaks = not is_whole
        if is_whole:
            self._script.next_turn()
            self._soon()

    def found(self, call: str) -> None:
        """The result of a function call came."""
        result = self._results.pop(call, None)
        if result is not None and not result.done():
            result.set_result(None)

    async def close(self) -> None:
        """Stops whatever is still being said; raises what went wrong in saying it."""
        for task in self._tasks:
            task.cancel()
        for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    async def _started(self, began: Spoken) -> None:
        self._from_ms, self._caller_speaks = began.at_ms, True
        await self._tongue.caller_began(began.at_ms)
        await self.cut()

    async def cut(self) -> None:
        """The caller speaks over whatever is in the air."""
        now_ms = self.pace.now_ms()
        in_the_air = [
            answer for answer in self._answers if answer.end_ms > now_ms and not answer.cut.is_set()
        ]
        if in_the_air:
            self._quiet_at_ms = now_ms
            for answer in in_the_air:
                answer.cut.set()
            await self._tongue.interrupted(in_the_air, now_ms)

    async def _stopped(self, ended: Spoken) -> None:
        self._caller_speaks = False
        turn = self._script.next_turn()
        text = line(turn.says).text if turn.says else UNSCRIPTED
        await self._tongue.caller_said(turn, text, self._from_ms, ended.at_ms)
        self._soon()

    def _soon(self, after_ms: float | None = None) -> None:
        self._tasks.append(asyncio.create_task(self._answer(after_ms)))

    async def _answer(self, after_ms: float | None) -> None:
        if after_ms is None:
            after_ms = (self._script.replies or [NO_MORE])[0].after_ms
        await self.pace.pause(after_ms)
        async with self._talking:
            goes_on = True
            while goes_on and not self._caller_speaks:  # who goes on speaking is not answered yet
                reply = self._script.next_reply()
                if reply.says:
                    await self._say(reply)
                goes_on = reply.tool is not None
                if reply.tool is not None:
                    await self._ask(reply.tool)
                if reply.leaves:
                    await self.pace.until(self._quiet_at_ms + LEAVES_MS)
                    await self._tongue.leaves(reply)

    async def _say(self, reply: Reply) -> None:
        samples, per_ms = spoken(reply.says, self._speaks_hz), self._speaks_hz // 1000
        self._script.spoken += 1
        answer = Answer(
            number=self._script.spoken,
            reply=reply,
            text=line(reply.says).text,
            duration_ms=len(samples) / per_ms,
            start_ms=max(self.pace.now_ms(), self._quiet_at_ms),
        )
        self._answers.append(answer)
        await self._tongue.begins(answer)
        sent, bursts = 0, cycle(reply.burst_ms)
        while sent < len(samples) and not answer.cut.is_set():
            chunk = samples[sent : sent + next(bursts) * per_ms]
            from_ms, size_ms = sent / per_ms, len(chunk) / per_ms
            sent += len(chunk)
            answer.sent_ms += size_ms
            self._quiet_at_ms = max(self.pace.now_ms(), self._quiet_at_ms) + size_ms
            await self._tongue.sounds(answer, chunk, from_ms)
            await self._wait(answer.cut, size_ms / reply.pace)
        await self._tongue.ends(answer)

    async def _ask(self, tool: Tool) -> None:
        call = f"call_{secrets.token_hex(8)}"
        self._results[call] = result = asyncio.get_running_loop().create_future()
        if await self._tongue.calls(call, tool):
            await result
        else:
            await self.pace.pause(TOOL_MS)

    async def _wait(self, cut: asyncio.Event, ms: float) -> None:
        try:
            async with asyncio.timeout(ms / 1000 / self.pace.speed):
                await cut.wait()
        except TimeoutError:
            return
