#!/usr/bin/env python3
"""Make the simulator's speech: one FLAC per line, and `lines.json` that tells what each one says.

Run by hand when a line changes; the files are committed, so neither tests nor users need it:

    apt-get install flite        # voices slt and rms come with it
    .venv/bin/python scripts/make_speech.py

flite (BSD-style licence) makes the sound from the texts below, so the files are our own. Silence at both ends
is cut to `EDGE_MS`: when a line is played from t on, its speech begins at t, give or take one frame.
"""

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

FOLDER = Path(__file__).resolve().parents[1] / "src" / "earwitness" / "simulator" / "speech"
RATE_HZ = 16_000
EDGE_MS = 20  # one telephone frame
QUIET = 300  # of 32767; flite's pauses are digital silence or nearly so
PEAK = 0.6  # leaves headroom for mu-law and for two voices at once
VOICES = {"agent": "slt", "caller": "rms"}

LINES = {
    "agent": {
        "greeting": "Hello, this is the pizza desk. What would you like?",
        "one_moment": "One moment, let me check.",
        "price": "A large mushroom pizza is fourteen dollars, and it is ready in twenty minutes.",
        "noted": "Thank you, I have your number.",
        "goodbye": "Thank you for calling. Goodbye.",
        "hours": (
            "We are open every day from eleven in the morning until ten at night, "
            "and on Sundays we close one hour earlier, at nine."
        ),
        "today": "Today we are open until ten, and the kitchen takes its last orders at half past nine.",
        "take_your_time": "Of course, take your time.",
        "on_its_way": "Your order is on its way.",
        "sorry": "Sorry, I did not catch that.",
    },
    "caller": {
        "order": "I would like a large pizza with mushrooms, please.",
        "number": "My number is five five five, zero one two three.",
        "bye": "Thank you, goodbye.",
        "ask_hours": "What are your opening hours?",
        "only_today": "Wait, only today, please.",
        "that_is_all": "Okay, that is all, thanks.",
        "hold_on": "Hold on, I must find my order number.",
        "order_number": "It is four seven one one.",
    },
}


def speak(text: str, voice: str) -> np.ndarray:
    """The text as 16 kHz mono samples, as flite says it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
        samples, rate_hz = soundfile.read(path, dtype="int16")
    if rate_hz != RATE_HZ:
        raise SystemExit(f"voice {voice} speaks at {rate_hz} Hz, {RATE_HZ} wanted")
    return samples


def trim(samples: np.ndarray) -> np.ndarray:
    """Without silence at the ends, but for `EDGE_MS`; loudest sample at `PEAK`."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    edge = RATE_HZ * EDGE_MS // 1000
    cut = samples[max(loud[0] - edge, 0) : loud[-1] + edge].astype(np.float64)
    return np.rint(cut * (PEAK * 32767 / np.abs(cut).max())).astype(np.int16)


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = {}
    for party, texts in LINES.items():
        for name, text in texts.items():
            samples = trim(speak(text, VOICES[party]))
            path = FOLDER / f"{name}.flac"
            soundfile.write(path, samples, RATE_HZ, subtype="PCM_16")
            lines[name] = {
                "party": party,
                "text": text,
                "voice": f"flite {VOICES[party]}",
                "duration_ms": round(len(samples) * 1000 / RATE_HZ, 1),
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
    (FOLDER / "lines.json").write_text(json.dumps(lines, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
