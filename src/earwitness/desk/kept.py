"""What is kept of one conversation: its rows, and the files that were made of it when it had ended."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from earwitness.errors import Damaged, Denied, NotFound
from earwitness.privacy.sealed_objects import MAGIC
from earwitness.store.annotations import AnnotationRow, Annotations, NewAnnotation
from earwitness.store.artifacts import ANALYTICS, DOCUMENT, HEALTH, LAST_MADE, TEXT
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects
from earwitness.store.rows import ArtifactRow, ConversationRow, LegRow, MessageRow, ToolCallRow


class Kept:
    """One conversation as it is kept. `row` is what the catalog says of it.

    Nothing is told from the journals here, so that a look at a call that has ended costs no more than it
    shows. What is read from files raises `NotFound` before they are made.
    """

    def __init__(self, row: ConversationRow, catalog: Catalog, objects: Objects) -> None:
        self.row = row
        self.id = row.id
        self._catalog = catalog
        self._objects = objects
        self._annotations = Annotations(catalog.database)

    # -- what people say of it ------------------------------------------------------------------------

    def annotations(self) -> tuple[AnnotationRow, ...]:
        """Ratings, notes and marked spans, the oldest first."""
        return self._annotations.of(self.row.workspace_id, self.id)

    def annotate(self, new: NewAnnotation, *, author: str = "") -> AnnotationRow:
        """Keep what somebody has to say of it, also over a rebuild. Raises `InvalidInput`."""
        return self._annotations.add(self.row.workspace_id, self.id, new, author)

    def remove_annotation(self, annotation: str) -> None:
        """It is gone afterwards. Raises `NotFound`."""
        self._annotations.remove(self.row.workspace_id, self.id, annotation)

    def set_label(self, label: str, *, author: str = "", is_set: bool = True) -> tuple[str, ...]:
        """It has the label afterwards, or has it not, also over a rebuild. All it has by then."""
        return self._annotations.decide(self.row.workspace_id, self.id, label, author, is_set=is_set)

    # -- rows -----------------------------------------------------------------------------------------

    def messages(self, role: str | None = None) -> tuple[MessageRow, ...]:
        return self._catalog.messages(self.row.workspace_id, self.id, role=role)

    def tool_calls(self) -> tuple[ToolCallRow, ...]:
        return self._catalog.tool_calls(self.row.workspace_id, self.id)

    def legs(self) -> tuple[LegRow, ...]:
        return self._catalog.legs(self.row.workspace_id, self.id)

    def artifacts(self) -> tuple[ArtifactRow, ...]:
        return self._catalog.artifacts(self.row.workspace_id, self.id)

    @property
    def has_files(self) -> bool:
        """Whether all of them are made: the work after the call is done."""
        return any(artifact.name == LAST_MADE for artifact in self.artifacts())

    # -- files ----------------------------------------------------------------------------------------

    def document(self) -> dict[str, Any]:
        """All that is known but events and sound."""
        return {**self._document(DOCUMENT), "labels": list(self.row.labels)}  # those may change afterwards

    def health(self) -> dict[str, Any]:
        return self._document(HEALTH)

    def summary(self) -> str:
        """What a person wants to know at a glance, as text, with the transcript."""
        return self._stored_bytes(TEXT).decode()

    def analytics(self) -> dict[str, Any]:
        """In numbers by its events, and under `figures` as measured on its sound: None until that is done."""
        return self._document(ANALYTICS)

    def stored(self, name: str) -> tuple[int, Callable[[int, int], Iterator[bytes]]]:
        """A finished file: its size, and a way to read bytes of it. Raises `NotFound` before it is made."""
        artifact = next((artifact for artifact in self.artifacts() if artifact.name == name), None)
        if artifact is None:
            raise self._not_made(name)
        return artifact.byte_count, lambda start, stop: self._objects.open(artifact.path, start, stop)

    def _document(self, name: str) -> dict[str, Any]:
        return self._stored_json(name)

    def _stored_json(self, name: str) -> dict[str, Any]:
        try:
            return msgspec.json.decode(self._stored_bytes(name), type=dict[str, Any])
        except msgspec.MsgspecError as error:
            raise Damaged(
                f"{name} of conversation {self.id} is damaged", hint="`earwitness reindex` makes it anew."
            ) from error

    def _stored_bytes(self, name: str) -> bytes:
        size, read = self.stored(name)
        stored = b"".join(read(0, size))
        if stored.startswith(MAGIC):  # nothing opened it on its way here
            raise Denied(
                f"conversation {self.id} is encrypted and encryption.key is not set",
                hint="Set it, or EARWITNESS_ENCRYPTION__KEY, to where the master key lies, e.g. file:/path.",
            )
        return stored

    def _not_made(self, name: str) -> NotFound:
        hint = "Ask for wav, which needs no file."
        return NotFound(f"{name} of conversation {self.id} is not made yet", hint=hint)
