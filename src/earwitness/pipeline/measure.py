"""Figures measured on the sound: the stored stereo file of a call that has ended -> `Figures`."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import soundfile

from earwitness.audio.codecs import Samples
from earwitness.audio.voice import Voice, voices
from earwitness.model.conversation import Conversation
from earwitness.pipeline.sound import Sound
from earwitness.projections.figures import Figures, figures

BLOCK_S = 10  # so much sound is in memory at once


def measure(conversation: Conversation, stereo: Path, spoken: Sound | None = None) -> Figures:
    """Listen to both sides of the call. A minute of speech takes 0.2 s, of silence next to nothing.

    `stereo`: caller left, agent right, as `write_layout` makes it, at the finest rate of the call. `spoken`:
    the same with nothing silenced, where something is: who spoke when is no secret.
    """
    if not any(track.spans for track in conversation.tracks.values()):
        return figures(conversation, Voice(), Voice())
    if spoken is not None:
        caller, agent = voices(spoken.blocks(), rate_hz=spoken.rate_hz, channels=2)
        return figures(conversation, caller, agent)
    with soundfile.SoundFile(stereo) as file:
        caller, agent = voices(_blocks(file), rate_hz=file.samplerate, channels=2)
    return figures(conversation, caller, agent)


def measured_before(conversation: Conversation) -> Figures | None:
    """What was measured before its sound was thrown away; None: nothing was, or it is all there."""
    kept = next((leg.figures for leg in conversation.abridged if leg.figures), None)
    return msgspec.convert(kept, Figures) if kept else None


def _blocks(file: soundfile.SoundFile) -> Iterator[Samples]:
    while len(block := file.read(BLOCK_S * file.samplerate, dtype="int16", always_2d=True)):
        yield block
