"""What a format may ask of a conversation: the part of `recorded.Recorded` that formats are made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from earwitness.model.conversation import Conversation
from earwitness.projections.figures import Figures
from earwitness.store.annotations import AnnotationRow
from earwitness.store.rows import ConversationRow, MessageRow, ToolCallRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How it is wanted. `channel`: of one party alone. `with_sound`: where the format carries any."""

    channel: str | None = None
    with_sound: bool = True


class Sound(Protocol):
    """A track, read while it is rendered."""

    rate_hz: int

    @property
    def seconds(self) -> float: ...

    def wav(self) -> Iterator[bytes]: ...


class Recording(Protocol):
    """One conversation as whoever asks may see it."""

    id: str
    row: ConversationRow

    @property
    def conversation(self) -> Conversation: ...

    def messages(self) -> Sequence[MessageRow]: ...

    def tool_calls(self) -> Sequence[ToolCallRow]: ...

    def annotations(self) -> Sequence[AnnotationRow]: ...

    def document(self) -> dict[str, Any]: ...

    def analytics(self) -> dict[str, Any]: ...

    def figures(self) -> Figures | None: ...

    def summary_document(self) -> dict[str, Any]: ...

    def extraction(self) -> dict[str, Any]: ...

    def transcript(self, form: str = "text", *, channel: str | None = None) -> str: ...

    def audio(self, track: str = "stereo", *, rate_hz: int | None = 16_000) -> Sound: ...
