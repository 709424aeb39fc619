"""Tracks of a conversation, made from its journals when somebody asks.

Nothing is held but a few blocks: a call of four hours costs no more memory than one of a minute.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from earwitness.audio.files import stereo, wav_range, wav_size, write_track
from earwitness.audio.render import frame_at
from earwitness.audio.streamed import flac_bytes, opus_bytes
from earwitness.model.conversation import Conversation, Track
from earwitness.model.events import Party
from earwitness.projections.tracks import RATE_HZ, Block, ByteSource, end_to_end, length_ns, mono, track_named


class Sound:
    """One track: `caller`, `agent`, `stereo` (caller left, agent right) or `agent-sent`; 16 bit.

    Raises `NotFound` for another name.
    """

    def __init__(
        self, conversation: Conversation, source: ByteSource, track: str, rate_hz: int = RATE_HZ
    ) -> None:
        if track != "stereo":
            track_named(conversation, track)
        self._conversation = conversation
        self._source = source
        self.track = track
        self.rate_hz = rate_hz
        self.channels = 2 if track == "stereo" else 1
        self.frames = frame_at(length_ns(conversation, track), rate_hz)

    @property
    def seconds(self) -> float:
        return self.frames / self.rate_hz

    def blocks(self, start_frame: int = 0) -> Iterator[Block]:
        """Samples from `start_frame` on: shape (n,) for one channel, (n, 2) for stereo."""
        if self.track != "stereo":
            return self._mono(self.track, start_frame)
        return stereo(self._mono("caller", start_frame), self._mono("agent", start_frame))

    def write(self, path: str | Path, *, from_s: float = 0.0) -> Path:
        """Write the track to a file, whole or not at all; its ending (.wav, .flac, .opus) says the format."""
        blocks = self.blocks(min(round(from_s * self.rate_hz), self.frames))
        write_track(Path(path), blocks, rate_hz=self.rate_hz, channels=self.channels)
        return Path(path)

    @property
    def wav_size(self) -> int:
        """Bytes of the track as a WAV file."""
        return wav_size(self.frames, self.channels)

    def wav(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Bytes `start` up to `stop` of the track as a WAV file, without rendering what lies before."""
        return wav_range(
            self.blocks,
            frames=self.frames,
            channels=self.channels,
            rate_hz=self.rate_hz,
            start=start,
            stop=stop,
        )

    def opus(self) -> Iterator[bytes]:
        """The track as Ogg/Opus, encoded while it is read. Raises `InvalidInput` for a rate Opus has not."""
        return opus_bytes(self.blocks(), rate_hz=self.rate_hz, channels=self.channels)

    def flac(self) -> Iterator[bytes]:
        """The track as FLAC, encoded while it is read."""
        return flac_bytes(self.blocks(), frames=self.frames, rate_hz=self.rate_hz, channels=self.channels)

    def _mono(self, name: str, start_frame: int) -> Iterator[Block]:
        return mono(self._conversation, name, self._source, rate_hz=self.rate_hz, start_frame=start_frame)


def native_rate_hz(conversation: Conversation) -> int:
    """The finest rate that any sound of the conversation has: to store more would be to store air."""
    return _finest(*conversation.tracks.values())


def sent_bytes(conversation: Conversation, source: ByteSource) -> Iterable[bytes]:
    """The agent's audio as it was sent, concatenated, in the wire's own encoding."""
    for leg in dict.fromkeys(span.leg for span in _sent(conversation).spans):
        yield from source(leg, Party.AGENT)


def write_sent(conversation: Conversation, source: ByteSource, path: Path) -> None:
    """The same as a sound file, at the finest rate that it came with."""
    sent = _sent(conversation)
    rate_hz = _finest(sent)
    blocks = end_to_end(sent, source, rate_hz=rate_hz)
    write_track(path, blocks, rate_hz=rate_hz, channels=1)


def _finest(*tracks: Track) -> int:
    return max((span.format.rate_hz for track in tracks for span in track.spans), default=RATE_HZ)


def _sent(conversation: Conversation) -> Track:
    return track_named(conversation, "agent-sent" if Party.AGENT in conversation.sent else "agent")
