"""A small bot behind Twilio ConversationRelay: it reads what Twilio heard and writes what Twilio shall say.

Twilio passes no query on: the script stands in the `customParameters` of its first message.
"""

import json
from typing import Any

from websockets.asyncio.server import ServerConnection

from earwitness.audio.codecs import Samples
from earwitness.simulator.dialogue import Answer, Dialogue, Script, Tongue, words_until
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import SCENARIOS, TRANSFER_TO, Reply, Scenario
from earwitness.simulator.upstream import Upstream, tell

PATH = "/relay"
PER_MS = 16  # samples of the line whose length times the words
Message = dict[str, Any]


class RelayBot(Upstream):
    """Serves any number of calls at once."""

    PATH = PATH

    async def converse(
        self, socket: ServerConnection, query: dict[str, str], scenario: Scenario, pace: Pace
    ) -> None:
        talk: _Talk | None = None
        try:
            async for frame in socket:
                message = json.loads(frame)
                if message["type"] == "setup":
                    told = message.get("customParameters", {})
                    script = SCENARIOS.get(told.get("sim_scenario", "order"))
                    if script is None or script.status != 101:
                        await socket.close(1011, "no voice AI")
                        return
                    talk = _Talk(socket, Script(script), Pace(float(told.get("sim_speed", self._speed))))
                    talk.dialogue.speak_first()
                elif talk is not None:
                    await talk.take(message)
        finally:
            if talk is not None:
                await talk.dialogue.close()


class _Talk(Tongue):
    """One call. An answer goes out word by word, as a language model makes it."""

    def __init__(self, socket: ServerConnection, script: Script, pace: Pace) -> None:
        self._socket = socket
        self._told = 0  # words of the answer that went out
        hz = PER_MS * 1000
        self.dialogue = Dialogue(self, script, pace, encoding="pcm_s16le", hears_hz=hz, speaks_hz=hz)

    async def take(self, message: Message) -> None:
        match message["type"]:
            case "prompt":
                self.dialogue.read(is_whole=message["last"])
            case "interrupt":
                await self.dialogue.cut()
            case "dtmf":
                await self.dialogue.key(message["digit"])

    # -- as the bot -------------------------------------------------------------------------------------

    async def begins(self, answer: Answer) -> None:
        self._told = 0

    async def sounds(self, answer: Answer, chunk: Samples, from_ms: float) -> None:
        words = answer.text.split(" ")
        share = (from_ms + len(chunk) / PER_MS) / answer.duration_ms
        upto = len(words_until(answer.text, share))
        for number in range(self._told, upto):
            is_last = number == len(words) - 1
            await self._text(words[number] if is_last else f"{words[number]} ", is_last=is_last)
        self._told = upto

    async def ends(self, answer: Answer) -> None:
        if answer.cut.is_set() and self._told < len(answer.text.split(" ")):
            await self._text("", is_last=True)

    async def leaves(self, reply: Reply) -> None:
        reason = {"reasonCode": "live-agent-handoff", "transferTo": TRANSFER_TO}
        handoff = reason if reply.leaves == "transfer" else {"reasonCode": "conversation-over"}
        await tell(self._socket, {"type": "end", "handoffData": json.dumps(handoff)})

    async def _text(self, token: str, *, is_last: bool) -> None:
        await tell(self._socket, {"type": "text", "token": token, "last": is_last, "lang": "en-US"})
