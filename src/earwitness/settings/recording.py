"""What is kept of a leg, and where its provider is."""

import re
from typing import Literal

import msgspec

from earwitness.settings.redaction import Redaction

Provider = Literal["openai", "elevenlabs", "hume", "twilio", "audiocodes", "generic"]


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a leg. A route says what it has otherwise; the rest is as for all."""

    audio: bool = True  # the sound of both sides; without it its length and times are kept
    raw: bool = True  # the provider's messages as they came; without it what a decoder reads of them
    transcripts: bool = True  # what was said, as text; without any of the three messages are only counted
    only: tuple[str, ...] | str = ()  # messages of these names alone, * for anything: response.*, error
    never: tuple[str, ...] | str = ()  # messages of these names not at all
    sample: float = 1.0  # the share of conversations that is kept; of the others messages are only counted
    require_consent: bool = False  # write nothing of a call before consent is given
    pause_seconds: int = 900  # a pause that nobody ends, ends then
    on_failure: Literal["pass", "refuse"] = "pass"  # may a call go on that cannot be recorded?
    live_stereo: bool = True  # a stereo WAV of every running call in data_dir/live, playable at any instant

    def __post_init__(self) -> None:
        if not 0 <= self.sample <= 1:
            raise ValueError(f"sample: {self.sample:g} is no share; write 0.1 for one in ten")
        if not 1 <= self.pause_seconds <= 86_400:
            raise ValueError(f"pause_seconds: {self.pause_seconds} is not between 1 and 86400")


POINTERS = (  # the fields of `WireMapping` that say where a value stands
    "type",
    "role",
    "text",
    "audio",
    "rate",
    "item",
    "previous",
    "time",
    "conversation",
    "tool_name",
    "tool_arguments",
    "tool_result",
    "tool_call",
    "problem",
)


class WireMapping(msgspec.Struct, frozen=True):
    """How to read a protocol of one's own. Where: JSON pointers (RFC 6901), empty for nowhere."""

    type: str = ""  # where a message's kind stands
    role: str = ""  # where it stands whose it is; nowhere: the client's are the user's
    text: str = ""  # where its words stand
    audio: str = ""  # where its sound stands, in base64
    rate: str = ""  # where the sound's samples a second stand; nowhere: `rate_hz`
    item: str = ""  # where the message's id stands; nowhere: each is one of its own
    previous: str = ""  # where the id of the message before it stands
    time: str = ""  # where it stands when it was said: s or ms since 1970, or RFC 3339
    conversation: str = ""  # where the call's id stands; legs with the same one belong together
    tool_name: str = ""  # where a tool call's name stands
    tool_arguments: str = ""  # where its arguments stand
    tool_result: str = ""  # where its result stands
    tool_call: str = ""  # where the tool call's id stands
    problem: str = ""  # where an error is told in words
    user: tuple[str, ...] = ("user",)  # values of role that mean the user
    assistant: tuple[str, ...] = ("assistant",)  # values of role that mean the assistant
    system: tuple[str, ...] = ("system",)  # values of role that mean neither
    pieces: tuple[str, ...] = ()  # kinds whose text is one piece of a message, not all of it
    cuts: tuple[str, ...] = ()  # kinds that throw away what the agent has not said yet
    ends: tuple[str, ...] = ()  # kinds that end the call
    ignored: tuple[str, ...] = ()  # kinds that say nothing of the conversation
    encoding: Literal["pcm_s16le", "mulaw", "alaw"] = "pcm_s16le"  # of the sound
    rate_hz: int = 16000  # of the sound
    binary_audio: bool = False  # whether binary messages are sound

    def __post_init__(self) -> None:
        for name in POINTERS:
            pointer = getattr(self, name)
            if not re.fullmatch(r"(/([^/~]|~[01])*)*", pointer):
                raise ValueError(f"{name}: {pointer!r} is no JSON pointer; one is like /message/text")
        if self.rate_hz not in range(4_000, 192_001):
            raise ValueError(f"rate_hz: {self.rate_hz} is not between 4000 and 192000")


class Route(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name under which callers reach one upstream."""

    provider: Provider  # whose protocol it speaks
    upstream: str  # ws:// or wss://, host, port, path prefix
    record: Recording | None = None  # None: as for all
    redact: Redaction | None = None  # None: as for all
    metadata: dict[str, str] = {}  # given to every conversation that comes this way
    enabled: bool = True  # False: callers get 403
    mapping: WireMapping | None = None  # for the provider generic: how to read it
    ca_file: str = ""  # PEM of the authority that signed the upstream's certificate, if private
