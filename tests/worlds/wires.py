"""How each provider tells of a call: the wires of its legs."""

from worlds.wire import Wire
from worlds.wires_ai import ElevenLabs, Hume, OpenAI
from worlds.wires_phone import AudioCodes, Twilio

WIRES: dict[str, tuple[type[Wire], ...]] = {
    "openai": (OpenAI,),
    "elevenlabs": (ElevenLabs,),
    "hume": (Hume,),
    "audiocodes": (AudioCodes,),
    "twilio": (Twilio,),
    "two legs": (Twilio, OpenAI),
}
