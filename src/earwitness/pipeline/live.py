"""The stereo file of a running call: it grows while they speak, and can be played at any instant.

It holds what is known by now. An answer that is cut later than it was written stays as it was modelled;
the files made after the call replace it.
"""

from collections.abc import Iterator
from pathlib import Path

from earwitness.audio.files import stereo
from earwitness.audio.growing import GrowingWav
from earwitness.audio.hush import frames_of, hushed
from earwitness.audio.render import Piece, first_byte_needed, frame_at, render
from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation
from earwitness.model.events import Party
from earwitness.projections.tracks import RATE_HZ, Block, pieces_by_leg, silence, together

LAG_NS = 500 * NS_PER_MS  # behind the call, so that what cuts an answer is mostly known in time
WARM_UP_FRAMES = RATE_HZ // 10  # before what is written next: resampling looks back so far


class LiveSound:
    """Writes the file second by second. Of the audio that came, only what is not yet heard is held."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: GrowingWav | None = None
        self._held: dict[tuple[str, Party], bytearray] = {}
        self._begins: dict[tuple[str, Party], int] = {}  # which byte of the stream is held first
        self._silenced: set[tuple[int, int, int]] = set()  # (channel, from, until)

    @property
    def _file(self) -> GrowingWav:
        if self._open is None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._open = GrowingWav(self._path, rate_hz=RATE_HZ)
        return self._open

    def hear(self, leg: str, party: Party, audio: bytes) -> None:
        """The next audio bytes of a party on a leg."""
        self._held.setdefault((leg, party), bytearray()).extend(audio)
        self._begins.setdefault((leg, party), 0)

    def grow(self, conversation: Conversation, at_ns: int) -> None:
        """Bring the file up to shortly before this moment, in ns since the epoch."""
        length_ns = at_ns - conversation.began_at_ns - LAG_NS
        self._silence(conversation)
        begin, end = self._file.frames, frame_at(length_ns, RATE_HZ)
        if end <= begin or end - begin > self._file.frames_left:
            return
        sides = [self._side(conversation, party, length_ns) for party in (Party.CALLER, Party.AGENT)]
        for block in stereo(*sides):
            self._file.append(block)
        self._let_go(conversation)

    @property
    def held_bytes(self) -> int:
        return sum(map(len, self._held.values()))

    def close(self) -> None:
        if self._open is not None:
            self._open.close()

    def _side(self, conversation: Conversation, party: Party, length_ns: int) -> Iterator[Block]:
        start = self._file.frames
        sounds = [
            render(
                pieces,
                [bytes(self._held.get((leg, party), b""))],
                rate_hz=RATE_HZ,
                length_ns=length_ns,
                start_frame=start,
                first_byte=self._begins.get((leg, party), 0),
            )
            for leg, pieces in self._pieces(conversation, party)
            if self._begins.get((leg, party), 0)
            <= first_byte_needed(pieces, rate_hz=RATE_HZ, start_frame=start)
        ]
        return hushed(
            together(sounds) if sounds else silence(start, length_ns, RATE_HZ),
            conversation.silenced.get(party, ()),
            rate_hz=RATE_HZ,
            start_frame=start,
            has_beeps=conversation.has_beeps,
        )

    def _silence(self, conversation: Conversation) -> None:
        """What turns out only now to be unfit to be heard is silent in what was written before, too."""
        for channel, party in enumerate((Party.CALLER, Party.AGENT)):
            for stretch in conversation.silenced.get(party, ()):
                if (channel, *stretch) not in self._silenced:
                    self._silenced.add((channel, *stretch))
                    self._file.silence(channel, *frames_of(stretch, RATE_HZ))

    def _let_go(self, conversation: Conversation) -> None:
        """Forget the audio that no later stretch of the file can need, and all of legs that are not heard."""
        start = max(self._file.frames - WARM_UP_FRAMES, 0)
        needed: dict[tuple[str, Party], int] = {}
        for party in (Party.CALLER, Party.AGENT):
            for leg, pieces in self._pieces(conversation, party):
                needed[leg, party] = first_byte_needed(pieces, rate_hz=RATE_HZ, start_frame=start)
        for key, held in self._held.items():
            begin = self._begins[key]
            drop = min(max(needed.get(key, begin + len(held)) - begin, 0), len(held))
            del held[:drop]
            self._begins[key] = begin + drop

    def _pieces(self, conversation: Conversation, party: Party) -> list[tuple[str, list[Piece]]]:
        track = conversation.tracks.get(party)
        return pieces_by_leg(track) if track else []
