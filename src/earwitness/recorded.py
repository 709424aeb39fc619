"""One recorded conversation, and all that can be asked of it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from earwitness.audio.waveform import view, waveform
from earwitness.errors import NotFound
from earwitness.journal import recovery
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Record
from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import Event
from earwitness.pipeline import line, wire
from earwitness.pipeline.finish import FIGURES
from earwitness.pipeline.sound import Sound, native_rate_hz
from earwitness.pipeline.understand import schema_named
from earwitness.pipeline.wire import WireQuery
from earwitness.pipeline.write import write_layout
from earwitness.projections import analytics, documents, health, summary, transcript
from earwitness.projections.extraction import extract
from earwitness.projections.extraction.schema import INSURANCE, schema_of
from earwitness.projections.figures import Figures
from earwitness.projections.layouts import as_json
from earwitness.projections.named import named
from earwitness.projections.understood import Understood, understand
from earwitness.redaction.policies import Policies, Untouched
from earwitness.store.annotations import AnnotationRow, Annotations, NewAnnotation
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects
from earwitness.store.rows import ArtifactRow, ConversationRow, LegRow, MessageRow, ToolCallRow
from earwitness.store.types import clip

TRANSCRIPT_FORMATS = ("text", "json", "srt", "vtt")


class Recorded:
    """One recorded conversation and all that can be asked of it. `row` is what the catalog says of it."""

    def __init__(
        self,
        row: ConversationRow,
        folders: Callable[[], list[Path]],
        catalog: Catalog,
        objects: Objects,
        policies: Policies,
        *,
        schema: str = INSURANCE.name,
    ) -> None:
        self.row = row
        self.id = row.id
        self._folders_of = folders
        self._catalog = catalog
        self._objects = objects
        self._annotations = Annotations(catalog.database)
        self._policies = policies
        self._schema = schema

    @cached_property
    def folders(self) -> list[Path]:
        """Of the journals, one a leg. What lies elsewhere is fetched first."""
        return self._folders_of()

    @cached_property
    def told(self) -> line.Told:
        """All that its journals tell, as they stand at the first asking, as whoever asks may see it."""
        return line.tell(self.id, self.folders, self._policies)

    @property
    def conversation(self) -> Conversation:
        """The whole of it."""
        return replace(self.told.conversation, labels=tuple(self.row.labels))

    def shortcomings(self, *, but: Collection[str] = ()) -> list[str]:
        """What keeps this record from being complete and readable; empty when nothing does.

        `but`: codes of what this call's protocol cannot show, such as `unproven_playout` or `no_sound`.
        Where sound and events disagree on a figure, nothing of the record is missing: `health` says so.
        """
        found = [] if self.row.status == Status.COMPLETE else [f"status {self.row.status}"]
        found += [each.message for each in health.reasons(self.conversation) if each.code not in but]
        found += [problem for folder in self.folders for problem in recovery.verify(folder).problems]
        if not self.transcript().strip():
            found.append("no transcript")
        if "no_sound" not in but and not any(block.any() for block in self.audio().blocks()):
            found.append("no sound")
        return found

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

    # -- words and facts ------------------------------------------------------------------------------

    @property
    def is_raw(self) -> bool:
        """Whether this is the view of who may see what redaction takes out."""
        return isinstance(self._policies, Untouched)

    def messages(self, role: str | None = None) -> tuple[MessageRow, ...]:
        kept = self._catalog.messages(self.row.workspace_id, self.id, role=role)
        if not self.is_raw:
            return kept
        said = {clip(message.key): message for message in self.conversation.messages}
        return tuple(
            msgspec.structs.replace(row, text=said[row.key].text, heard_text=said[row.key].heard_text)
            for row in kept
            if row.key in said
        )

    def tool_calls(self) -> tuple[ToolCallRow, ...]:
        kept = self._catalog.tool_calls(self.row.workspace_id, self.id)
        if not self.is_raw:
            return kept
        calls = {clip(call.key): call for call in self.conversation.tool_calls}
        return tuple(
            msgspec.structs.replace(row, arguments=call.arguments, result=call.result, error=call.error)
            for row in kept
            if (call := calls.get(row.key))
        )

    def legs(self) -> tuple[LegRow, ...]:
        return self._catalog.legs(self.row.workspace_id, self.id)

    def artifacts(self) -> tuple[ArtifactRow, ...]:
        return self._catalog.artifacts(self.row.workspace_id, self.id)

    def events(self) -> Iterator[Event]:
        return self.told.events()

    def records(self) -> Iterator[tuple[str, Record]]:
        """Every record of every leg as (leg id, record), leg after leg: the wire itself."""
        for folder in self.folders:
            for record in read_leg(folder):
                yield folder.name, record

    def wire(self, query: WireQuery) -> tuple[list[dict[str, Any]], int | None]:
        """A page of records in order of time, shortened, and the offset of the next page."""
        return wire.page(self.folders, self.row.began_at_ns, query)

    def wire_record(self, leg: str, number: int) -> dict[str, Any]:
        """One record, whole. Raises `NotFound`."""
        return wire.whole(self.folders, leg, number)

    def document(self) -> dict[str, Any]:
        """All that is known but events and sound. An ended call is read as stored: long ones open at once."""
        if isinstance(self._policies, Untouched):  # what is stored has words taken out
            return documents.conversation_document(self.conversation)
        try:
            size, read = self.stored("conversation.json")
        except NotFound:
            return documents.conversation_document(self.conversation)
        stored: dict[str, Any] = msgspec.json.decode(b"".join(read(0, size)))
        return {**stored, "labels": list(self.row.labels)}  # those may change afterwards

    def health(self) -> dict[str, Any]:
        return health.document(self.conversation, self.figures())

    def summary(self) -> str:
        """What a person wants to know at a glance, as text, with the transcript."""
        return summary.text(self.conversation, self.understood.summary)

    def summary_document(self) -> dict[str, Any]:
        """Summary, topics, outcome and satisfaction, each with who says so."""
        return summary.document(self.conversation, self.understood.summary, self.understood.note)

    def extraction(self, schema: Any = None, *, name: str = "") -> dict[str, Any]:
        """The fields of a schema as far as they are known, masked, every value with its source.

        `schema`: a JSON Schema of an object, a Pydantic model class, or the name of one of ours; otherwise
        the one that is set. Raises `InvalidInput`.
        """
        found = self.understood.extraction
        if schema is not None:
            found = extract.extract(self.conversation, schema_of(schema, name))
        return extract.document(self.conversation, found)

    @cached_property
    def understood(self) -> Understood:
        """What was found out about it after the call; of a running one what rules say by now."""
        schema = schema_named(self._schema)
        try:
            told, values = self._stored_json("summary.json"), self._stored_json("extraction.json")["values"]
        except NotFound:
            return understand(self.conversation, schema)
        by_model = [msgspec.convert(each, extract.Value) for each in values if each["method"] == extract.LLM]
        return Understood(
            summary=msgspec.convert(told, summary.Summary),
            extraction=extract.extract(self.conversation, schema, more=by_model),
            note=told.get("note", ""),
        )

    def snapshots(self) -> list[dict[str, Any]]:
        """Its snapshots, each with the history of that moment and, as `extracted`, what was known."""
        found = self.understood.extraction
        return [
            {**shot, "extracted": found.shown(shot["at_ms"])}
            for shot in documents.conversation_document(self.conversation)["snapshots"]
        ]

    def analytics(self) -> dict[str, Any]:
        """In numbers by its events, and under `figures` as measured on its sound: None until that is done."""
        return {**analytics.document(self.conversation), "figures": msgspec.to_builtins(self.figures())}

    def figures(self) -> Figures | None:
        """What was measured on its sound; None while the call runs, and until the work after it is done."""
        try:
            return msgspec.convert(self._stored_json(FIGURES), Figures)
        except NotFound:
            return None

    def transcript(self, form: str = "text") -> str:
        """In one of `TRANSCRIPT_FORMATS`."""
        makers: dict[str, Callable[[Conversation], str]] = {
            "text": transcript.text,
            "srt": transcript.srt,
            "vtt": transcript.vtt,
            "json": lambda conversation: as_json(transcript.document(conversation)),
        }
        if form not in makers:
            raise NotFound(f"no transcript format {form}", hint=f"Formats: {', '.join(TRANSCRIPT_FORMATS)}.")
        return makers[form](self.conversation)

    # -- sound ----------------------------------------------------------------------------------------

    def audio(self, track: str = "stereo", *, rate_hz: int | None = 16_000) -> Sound:
        """A track, to be written to a file or read in ranges; of a running call, as far as it has come.

        `rate_hz`: None for the finest rate that any sound of the call has.
        """
        rate_hz = native_rate_hz(self.conversation) if rate_hz is None else rate_hz
        return Sound(self.conversation, self.told.sound(), track, rate_hz)

    def waveform(
        self, most_points: int = 2000, *, from_s: float = 0.0, to_s: float | None = None
    ) -> dict[str, Any]:
        """Peaks of caller and agent in a stretch of the call: see `audio.waveform.view`.

        As `waveform.json` has it, with one zoom: `low` and `high` by channel, -128 to 127.
        """
        try:
            size, read = self.stored("waveform.json")
            peaks = b"".join(read(0, size))
        except NotFound:
            sound = self.audio("stereo")
            whole = waveform(sound.blocks(), rate_hz=sound.rate_hz, channels=2)
            peaks = b"".join(whole.json_chunks())
        return view(peaks, most_points, from_s, to_s)

    # -- out and away ---------------------------------------------------------------------------------

    def stored(self, name: str) -> tuple[int, Callable[[int, int], Iterator[bytes]]]:
        """A finished file: its size, and a way to read bytes of it. Raises `NotFound` before it is made."""
        artifact = next((artifact for artifact in self.artifacts() if artifact.name == name), None)
        if artifact is None or self.is_raw:  # what is kept is redacted
            raise NotFound(
                f"{name} of conversation {self.id} is not made yet", hint="Ask for wav, which needs no file."
            )
        return artifact.byte_count, lambda start, stop: self._objects.open(artifact.path, start, stop)

    def _stored_json(self, name: str) -> Any:
        size, read = self.stored(name)
        return msgspec.json.decode(b"".join(read(0, size)))

    def export(self, folder: str | Path, layout: str = "default", *, wav: bool = False) -> list[Path]:
        """Write the conversation's files in a named layout below `folder`. Existing files are replaced.

        `wav` adds a WAV file of the sound that the layout `recordings` keeps raw.
        """
        told = replace(self.told, conversation=self.conversation)
        return write_layout(named(layout, wav=wav), told, Path(folder), self.understood)
