"""One recorded conversation, and all that can be asked of it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from earwitness.audio.waveform import view, waveform
from earwitness.desk.kept import Kept
from earwitness.errors import NotFound
from earwitness.exports.formats import format_named
from earwitness.exports.recording import Options
from earwitness.journal import recovery
from earwitness.journal.record import Record
from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import Event
from earwitness.pipeline import line, whole, wire
from earwitness.pipeline.sound import Sound, native_rate_hz
from earwitness.pipeline.understand import schema_named
from earwitness.pipeline.wire import WireQuery
from earwitness.pipeline.write import write_layout
from earwitness.projections import analytics, documents, health, summary, transcript
from earwitness.projections.extraction import extract
from earwitness.projections.extraction.schema import INSURANCE, schema_of
from earwitness.projections.figures import Figures
from earwitness.projections.moods import with_sentiment
from earwitness.projections.named import named
from earwitness.projections.understood import Understood, understand
from earwitness.redaction.policies import Policies, Untouched
from earwitness.store.artifacts import ANALYTICS, DOCUMENT, EXTRACTION, FIGURES, HEALTH, SUMMARY
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects
from earwitness.store.rows import ConversationRow, MessageRow, ToolCallRow
from earwitness.store.types import clip


class Recorded(Kept):
    """One recorded conversation and all that can be asked of it; what no file holds its journals tell."""

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
        super().__init__(row, catalog, objects)
        self._folders_of = folders
        self._policies = policies
        self._schema = schema

    @cached_property
    def folders(self) -> list[Path]:
        """Of the journals, one a leg. What lies elsewhere is fetched first."""
        return self._folders_of()

    @cached_property
    def told(self) -> line.Told:
        """All that its journals tell, as they stand at the first asking, as whoever asks may see it."""
        return whole.tell_known(self.row, self.folders, self._policies, self._catalog)

    @cached_property
    def conversation(self) -> Conversation:
        """The whole of it; of a running one, where this process follows it, as it was followed so far."""
        is_followed = self.row.status == Status.ACTIVE and not self.is_raw
        followed = self._catalog.last_put(self.id) if is_followed else None
        told = replace(followed or self.told.conversation, labels=tuple(self.row.labels))
        if not self.is_raw:
            return told
        kept = self._catalog.messages(self.row.workspace_id, self.id)  # sentiment is of redacted words
        return replace(told, messages=tuple(with_sentiment(told.messages, kept)))

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

    # -- words and facts ------------------------------------------------------------------------------

    @property
    def is_raw(self) -> bool:
        """Whether this is the view of who may see what redaction takes out."""
        return isinstance(self._policies, Untouched)

    def messages(self, role: str | None = None) -> tuple[MessageRow, ...]:
        kept = super().messages(role)
        if not self.is_raw:
            return kept
        said = {clip(message.key): message for message in self.conversation.messages}
        return tuple(
            msgspec.structs.replace(row, text=said[row.key].text, heard_text=said[row.key].heard_text)
            for row in kept
            if row.key in said
        )

    def tool_calls(self) -> tuple[ToolCallRow, ...]:
        kept = super().tool_calls()
        if not self.is_raw:
            return kept
        calls = {clip(call.key): call for call in self.conversation.tool_calls}
        return tuple(
            msgspec.structs.replace(row, arguments=call.arguments, result=call.result, error=call.error)
            for row in kept
            if (call := calls.get(row.key))
        )

    def events(self) -> Iterator[Event]:
        return self.told.events()

    def records(self, leg: str | None = None, *, outlined: bool = False) -> Iterator[tuple[str, Record]]:
        """Every record of every leg, or of one, as (leg id, record), leg after leg: the wire itself.

        `outlined`: for who may not see what redaction takes out, see `redaction.outline`.
        """
        folders = [folder for folder in self.folders if leg in (None, folder.name)]
        return wire.every(folders, outlined=outlined)

    def wire(self, query: WireQuery, *, outlined: bool = False) -> tuple[list[dict[str, Any]], int | None]:
        """A page of records in order of time, shortened, and the offset of the next page."""
        return wire.page(self.folders, self.row.began_at_ns, query, outlined=outlined)

    def wire_record(self, leg: str, number: int, *, outlined: bool = False) -> dict[str, Any]:
        """One record, whole. Raises `NotFound`."""
        return wire.whole(self.folders, leg, number, outlined=outlined)

    def summary(self) -> str:
        try:
            return super().summary()
        except NotFound:
            return summary.text(self.conversation, self.understood.summary, self.figures())

    def summary_document(self) -> dict[str, Any]:
        """Summary, topics, outcome and satisfaction, each with who says so."""
        return self._document(SUMMARY)

    def extraction(self, schema: Any = None, *, name: str = "") -> dict[str, Any]:
        """The fields of a schema as far as they are known, masked, every value with its source.

        `schema`: a JSON Schema of an object, a Pydantic model class, or the name of one of ours; otherwise
        the one that is set. Raises `InvalidInput`.
        """
        if schema is not None:
            found = extract.extract(self.conversation, schema_of(schema, name))
            return extract.document(self.conversation, found)
        kept = self._document(EXTRACTION)
        if kept.get("schema") == schema_named(self._schema).name:
            return kept
        return extract.document(self.conversation, self.understood.extraction)

    @cached_property
    def understood(self) -> Understood:
        """What was found out about it after the call; of a running one what rules say by now."""
        schema = schema_named(self._schema)
        try:
            told, values = self._stored_json(SUMMARY), self._stored_json(EXTRACTION)["values"]
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
        shots = documents.conversation_document(self.conversation)["snapshots"]
        return [{**shot, "extracted": self.understood.extraction.shown(shot["at_ms"])} for shot in shots]

    def figures(self) -> Figures | None:
        """What was measured on its sound, nothing taken out of it; None until the work after the call."""
        try:
            return msgspec.convert(self._stored_json(FIGURES), Figures)
        except NotFound:
            return None

    def transcript(self, form: str = "text", *, channel: str | None = None) -> str:
        """In one of `transcript.FORMATS`; of one side alone where a channel is named: `caller` or `agent`."""
        return transcript.written(transcript.of_channel(self.conversation, channel), form)

    # -- sound ----------------------------------------------------------------------------------------

    def audio(self, track: str = "stereo", *, rate_hz: int | None = 16_000) -> Sound:
        """A track, to be written to a file or read in ranges; of a running call, as far as it has come.

        `rate_hz`: None for the finest rate that any sound of the call has.
        """
        rate_hz = rate_hz or native_rate_hz(self.conversation)
        return Sound(self.conversation, self.told.sound(), track, rate_hz)

    def waveform(
        self, most_points: int = 2000, *, from_s: float = 0.0, to_s: float | None = None
    ) -> dict[str, Any]:
        """Peaks of caller and agent in a stretch of the call, by `audio.waveform.view`: as `waveform.json`
        has them, with one zoom, `low` and `high` by channel, -128 to 127.
        """
        try:
            peaks = self._stored_bytes("waveform.json")
        except NotFound:
            sound = self.audio("stereo")
            whole = waveform(sound.blocks(), rate_hz=sound.rate_hz, channels=2)
            peaks = b"".join(whole.json_chunks())
        return view(peaks, most_points, from_s, to_s)

    def stored(self, name: str) -> tuple[int, Callable[[int, int], Iterator[bytes]]]:
        if self.is_raw and name != FIGURES:  # the others are kept redacted
            raise self._not_made(name)
        return super().stored(name)

    def _document(self, name: str) -> dict[str, Any]:
        """As stored, so that a long call opens at once; made now of a running one, and of the raw view."""
        try:
            return super()._document(name)
        except NotFound:
            return self._made(name)

    def _made(self, name: str) -> dict[str, Any]:
        make: dict[str, Callable[[], dict[str, Any]]] = {
            DOCUMENT: lambda: documents.conversation_document(self.conversation, self.figures()),
            HEALTH: lambda: health.document(self.conversation, self.figures()),
            ANALYTICS: lambda: analytics.document(self.conversation, self.figures()),
            SUMMARY: lambda: summary.document(
                self.conversation, self.understood.summary, self.understood.note
            ),
            EXTRACTION: dict,
        }
        return make[name]()

    def exported(self, form: str, *, channel: str | None = None, with_sound: bool = True) -> Iterator[bytes]:
        """It in a format of `exports.FORMATS`, read while it is taken. Raises `NotFound`, `InvalidInput`."""
        return format_named(form).of_one(self, Options(channel=channel, with_sound=with_sound))

    def export(self, folder: str | Path, layout: str = "default", *, wav: bool = False) -> list[Path]:
        """Write the conversation's files in a named layout below `folder`. Existing files are replaced.

        `wav` adds a WAV file of the sound that the layout `recordings` keeps raw.
        """
        told = replace(self.told, conversation=self.conversation)
        return write_layout(named(layout, wav=wav), told, Path(folder), self.understood, self.figures())
