"""What a layout is: which files an exported conversation has, how they are called, who makes them.

Each layout stands in a file of its own, `layout_<name>.py`; `named.py` knows them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from earwitness.model.conversation import Conversation
from earwitness.model.events import Event
from earwitness.projections.extraction.schema import INSURANCE
from earwitness.projections.figures import Figures
from earwitness.projections.moments import compact, instant
from earwitness.projections.naming import call_id, recording_id
from earwitness.projections.understood import Understood, understand


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a layout's files are made from."""

    conversation: Conversation
    events: Callable[[], Iterable[Event]]
    known: Understood | None = None  # what was found out about it, where that is done already
    figures: Figures | None = None  # what was measured on its sound

    @property
    def understood(self) -> Understood:
        """What is found out about it, by rules where nothing else is known."""
        return self.known or understand(self.conversation)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    path: str  # template, see `Layout.path`

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(_File):
    """A text file of a layout."""

    make: Callable[[Source], Iterable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound(_File):
    """A sound file of a layout. `raw`: the audio bytes as sent, concatenated, no header."""

    track: str  # caller, agent, stereo, agent-sent
    format: str  # wav, flac, raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks(_File):
    """The waveform file of a layout: peaks of both sides at several zooms, JSON."""


File = Text | Sound | Peaks


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    name: str
    files: tuple[File, ...]
    rate_hz: int | None = 16_000  # of its sound files; None: the finest that any sound of the call has
    wav: Sound | None = None  # a file more, for those who ask for it

    def path(self, conversation: Conversation, file: File, schema: str = INSURANCE.name) -> str:
        """Where the file goes, relative to the export folder. Provider ids are made safe for a name.

        `schema`: the name of the one whose fields were looked for.
        """
        return file.path.format(
            id=conversation.id,
            date=(instant(conversation, 0) or "")[:10],
            timestamp=compact(conversation),
            session=safe(call_id(conversation)),
            recording=safe(recording_id(conversation)),
            schema=safe(schema),
        )


def safe(name: str) -> str:
    """A provider's id as part of a file name: letters, digits, `._-` stay, all else becomes `_`."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[:120]
    return kept.lstrip(".") or "_"
