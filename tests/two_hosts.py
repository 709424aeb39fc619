"""One call whose two legs were stamped by the clocks of two hosts."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np

from earwitness.audio.codecs import encode
from earwitness.simulator.lines import spoken
from journal_legs import HandLeg, Legs

SAID = ("order", "order_number", "bye", "ask_hours")
LAG_MS = 60  # the application hands the caller's voice on that much later
ONE_LINK = ("call:CA1",)


def talk(names: Sequence[str], rate_hz: int) -> np.ndarray:
    gap = np.zeros(rate_hz * 3 // 4, np.int16)
    return np.concatenate([part for name in names for part in (gap, spoken(name, rate_hz))])


def telephone(legs: Legs, names: Sequence[str] = SAID, **opened: Any) -> HandLeg:
    """A Twilio leg on which the caller says these lines, from 100 ms on."""
    leg = legs.open("twilio", links=ONE_LINK, **opened)
    form = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    start = {"streamSid": "MZ1", "callSid": "CA1", "tracks": ["inbound"], "mediaFormat": form}
    leg.client(0, {"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": start})
    sound = encode("mulaw", talk(names, 8000))
    for number, at in enumerate(range(0, len(sound), 160)):
        media = {"track": "inbound", "chunk": str(number + 1), "timestamp": str(number * 20)}
        media["payload"] = b64encode(sound[at : at + 160]).decode()
        leg.client(120 + number * 20, {"event": "media", "streamSid": "MZ1", "media": media})
    leg.end(130 + len(sound) / 8, why="closed")
    return leg


def voice_ai(legs: Legs, names: Sequence[str] = SAID, **opened: Any) -> HandLeg:
    """What the voice AI gets of it: the same at another rate, a little later; and what it made of that."""
    leg = legs.open(ms=50, links=ONE_LINK, **opened)
    form = {"type": "audio/pcm", "rate": 24_000}
    session = {
        "id": "s",
        "type": "realtime",
        "audio": {"input": {"format": form}, "output": {"format": form}},
    }
    leg.server(51, {"type": "session.created", "session": session})
    sound = encode("pcm_s16le", talk(names, 24_000))
    for number, at in enumerate(range(0, len(sound), 960)):
        append = {"type": "input_audio_buffer.append", "audio": b64encode(sound[at : at + 960]).decode()}
        leg.client(120 + LAG_MS + number * 20, append)
    leg.user(2000, "item_1", "A large mushroom pizza, please.")
    leg.end(200 + len(sound) / 48)
    return leg
