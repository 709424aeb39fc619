"""A telephone call as Twilio ConversationRelay brings it to a bot: words over the wire, sound at Twilio.

Twilio dials the bot, listens to the caller and reads the bot's words aloud; here it reads them with the
voice of the recorded lines.
"""

import json
import secrets
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from earwitness.audio.codecs import Samples, encode
from earwitness.clock import NS_PER_MS
from earwitness.simulator.call import Call
from earwitness.simulator.caller import race
from earwitness.simulator.dialogue import UNSCRIPTED, words_until
from earwitness.simulator.lines import Line, line, lines, spoken
from earwitness.simulator.openai_input import InputBuffer
from earwitness.simulator.twilio_caller import ACCOUNT_SID

PARTIAL_MS = 300  # so long after the caller began, the first words are known
LANGUAGE = "en-US"


@dataclass(slots=True, kw_only=True)
class _Utterance:
    """What the bot lets Twilio say, from its first token to its last."""

    number: int
    text: str = ""
    line: Line | None = None
    sound: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    is_whole: bool = False
    is_void: bool = False  # the caller spoke over it
    queued: int = 0  # samples
    queued_words: int = 0

    @property
    def item(self) -> str:
        return f"utterance-{self.number}"


class RelayCaller(Call):
    """One call, with all events switched on (`partialPrompts`, `speaker-events`, `tokens-played`)."""

    provider, encoding, rate_hz = "relay", "pcm_s16le", 8_000

    def __init__(self, *arguments: Any, parameters: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        script = {"sim_scenario": self.scenario.name, "sim_speed": f"{self.pace.speed:g}"}
        self._parameters = {**script, **(parameters or {})}
        self._ear = InputBuffer(self.encoding, self.rate_hz)
        self._texts = [line(turn.says).text for turn in self.scenario.turns if turn.says]
        self._partial_at_ms: float | None = None
        self._utterances: list[_Utterance] = []
        self._is_speaking = False  # the agent

    async def begin(self) -> None:
        number = "+15555550123"
        about = {"from": number, "to": "+15555550100", "forwardedFrom": "", "callerName": ""}
        kind = {"direction": "inbound", "callType": "PSTN", "callStatus": "RINGING"}
        ids = {"sessionId": f"VX{secrets.token_hex(16)}", "callSid": self.call, "parentCallSid": ""}
        await self.send(
            {
                "type": "setup",
                **ids,
                **about,
                **kind,
                "accountSid": ACCOUNT_SID,
                "customParameters": self._parameters,
            }
        )

    async def press(self, digit: str) -> None:
        self.truth.digits += digit
        await self.send({"type": "dtmf", "digit": digit})

    async def speak(self) -> None:
        await race(self._hear(), self._tell_played())

    def observe(self) -> None:
        """An answer's text is what the bot wrote of it, which may be less than the line."""
        super().observe()
        written = {each.item: each.text.strip() for each in self._utterances}
        self.truth.heard = [replace(each, text=written[each.item]) for each in self.truth.heard]

    # -- Twilio hears the caller --------------------------------------------------------------------------

    async def _hear(self) -> None:
        async for frame in self.mouth.frames():
            for found in self._ear.append(encode(self.encoding, frame.samples)):
                await (self._caller_stopped() if found.is_end else self._caller_began())
            if self._partial_at_ms is not None and self._ear.position_ms >= self._partial_at_ms:
                self._partial_at_ms = None
                text = self._texts[0] if self._texts else UNSCRIPTED
                words = text.split(" ")
                await self._prompt(" ".join(words[: len(words) // 2]), is_last=False)

    async def _caller_began(self) -> None:
        self._partial_at_ms = self._ear.position_ms + PARTIAL_MS
        await self._info("clientSpeaking", "on")
        if self.phone.end_ms > self.pace.now_ms():
            self.phone.cut()
            await self._tell_interrupt()

    async def _caller_stopped(self) -> None:
        self._partial_at_ms = None
        await self._info("clientSpeaking", "off")
        await self._prompt(self._texts.pop(0) if self._texts else UNSCRIPTED, is_last=True)

    async def _tell_interrupt(self) -> None:
        """What was said of all that was still in the air."""
        words: list[str] = []
        heard_ms = 0.0
        for each in self._utterances:
            if each.line is None or each.is_void:
                continue
            each_ms = self.phone.heard_ms(each.item)
            if not each.is_whole or each_ms < each.line.duration_ms - 1:
                each.is_void = True
                words += words_until(each.line.text, each_ms / each.line.duration_ms)
                heard_ms += each_ms
        said = {"utteranceUntilInterrupt": " ".join(words).rstrip(",.?!")}
        await self._set_speaking(False)
        await self.send({"type": "interrupt", **said, "durationUntilInterruptMs": round(heard_ms)})

    # -- Twilio speaks for the bot ------------------------------------------------------------------------

    async def take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "text":
                await self._say(message["token"], is_last=message["last"])
            case "end":
                await self.pace.until(self.phone.end_ms)
                handoff = json.loads(message.get("handoffData") or "{}")
                self.truth.transferred_to = handoff.get("transferTo", "")
                self.leave("transferred" if self.truth.transferred_to else "hung_up")

    async def _say(self, token: str, *, is_last: bool) -> None:
        if not self._utterances or self._utterances[-1].is_whole:
            self._utterances.append(_Utterance(number=len(self._utterances) + 1))
        current = self._utterances[-1]
        current.text += token
        current.is_whole = is_last
        if current.line is None:
            current.line = _line_of(current.text, is_whole=is_last)
            if current.line is not None:
                current.sound = spoken(current.line.name, self.rate_hz)
        if current.line is not None and not current.is_void:
            await self._queue(current, current.line)

    async def _queue(self, current: _Utterance, known: Line) -> None:
        """Reads aloud what has come."""
        words, all_words = current.text.split(), known.text.split(" ")
        size = len(current.sound)
        upto = size if len(words) == len(all_words) else size * len(words) // len(all_words)
        self.phone.play(current.sound[current.queued : upto], current.item)
        piece = " ".join(words[current.queued_words :])
        self.phone.mark(json.dumps([current.number, piece]))
        current.queued, current.queued_words = upto, len(words)
        await self._set_speaking(True)

    async def _tell_played(self) -> None:
        async for mark in self.phone.marks():
            number, piece = json.loads(mark)
            if not self._utterances[number - 1].is_void:
                await self.send({"type": "info", "name": "tokensPlayed", "value": piece})
            if self.phone.end_ms <= self.pace.now_ms():
                await self._set_speaking(False)

    # -- in Twilio's words --------------------------------------------------------------------------------

    async def _set_speaking(self, is_speaking: bool) -> None:
        if is_speaking != self._is_speaking:
            self._is_speaking = is_speaking
            await self._info("agentSpeaking", "on" if is_speaking else "off")

    async def _prompt(self, text: str, *, is_last: bool) -> None:
        await self.send({"type": "prompt", "voicePrompt": text, "lang": LANGUAGE, "last": is_last})

    async def _info(self, name: str, value: str) -> None:
        ts = self.pace.wall_ns(self.pace.now_ms()) // NS_PER_MS
        await self.send({"type": "info", "name": name, "value": value, "ts": ts})


def _line_of(text: str, *, is_whole: bool) -> Line | None:
    """The agent's line that begins so; None while more than one does, or where none does."""
    found = [
        each
        for each in lines().values()
        if each.party == "agent" and (each.text == text if is_whole else each.text.startswith(text))
    ]
    return found[0] if len(found) == 1 else None
