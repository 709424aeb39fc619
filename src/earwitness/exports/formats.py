"""The door out: every format by its name, of one conversation or of many, in bounded memory.

A `Stream` has one conversation after the other; of all others many conversations make an archive: `Documents`
a file for each, a `Dataset` tables.
"""

import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from earwitness.errors import InvalidInput, NotFound
from earwitness.exports import dataset, documents, otlp_json, tables, vcon
from earwitness.exports.recording import Options, Recording
from earwitness.lake.columns import is_installed, missing
from earwitness.projections.transcript import CHANNELS

PIECE_BYTES = 1 << 16
_UTF_8 = "; charset=utf-8"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same selection is the same archive
Make = Callable[[Recording, Options], Iterable[str]]  # the text of one conversation, in pieces
File = tuple[str, Iterable[bytes]]  # its name, and what is in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(ABC):
    """One way to write conversations. `suffix` and `media_type` are of one conversation."""

    name: str
    about: str
    suffix: str
    media_type: str
    has_channels: bool = False
    has_sound: bool = False

    def check(self, options: Options) -> None:
        """Raises `InvalidInput` for an option that this format has no use for."""
        if options.channel and not self.has_channels:
            raise InvalidInput(
                f"the format {self.name} has no channels", hint="Those that have: srt, vtt, text."
            )
        if options.channel and options.channel not in CHANNELS:
            raise InvalidInput(f"no channel {options.channel}", hint=f"Channels: {', '.join(CHANNELS)}.")

    @abstractmethod
    def of_one(self, recording: Recording, options: Options) -> Iterator[bytes]:
        """The whole of one conversation."""

    @abstractmethod
    def of_many(self, recordings: Iterable[Recording], options: Options) -> Iterator[bytes]:
        """All of them: one stream, or a ZIP archive of `files`."""

    @abstractmethod
    def files(self, recordings: Iterable[Recording], options: Options) -> Iterator[File]:
        """All of them as files of a folder, made while they are taken one after the other."""

    @property
    def media_type_of_many(self) -> str:
        return "application/zip"

    @property
    def suffix_of_many(self) -> str:
        return "zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents(Format):
    """A file for each conversation, named by its id."""

    make: Make

    def of_one(self, recording: Recording, options: Options) -> Iterator[bytes]:
        self.check(options)
        return gathered(self.make(recording, options))

    def of_many(self, recordings: Iterable[Recording], options: Options) -> Iterator[bytes]:
        self.check(options)
        return _archive(self.files(recordings, options), zipfile.ZIP_DEFLATED)

    def files(self, recordings: Iterable[Recording], options: Options) -> Iterator[File]:
        for recording in recordings:
            yield f"{recording.id}.{self.suffix}", self.of_one(recording, options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Format):
    """Conversations may follow one another. `head`: once, before the first of them."""

    make: Make
    head: str = ""

    def of_one(self, recording: Recording, options: Options) -> Iterator[bytes]:
        return self.of_many([recording], options)

    def of_many(self, recordings: Iterable[Recording], options: Options) -> Iterator[bytes]:
        self.check(options)
        told = (piece for recording in recordings for piece in self.make(recording, options))
        return gathered(chain([self.head], told))

    def files(self, recordings: Iterable[Recording], options: Options) -> Iterator[File]:
        yield f"{self.name}.{self.suffix}", self.of_many(recordings, options)

    @property
    def media_type_of_many(self) -> str:
        return self.media_type

    @property
    def suffix_of_many(self) -> str:
        return self.suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset(Format):
    """Tables in parts, also of one conversation."""

    suffix: str = "zip"
    media_type: str = "application/zip"

    def check(self, options: Options) -> None:
        Format.check(self, options)
        if not is_installed():
            raise missing()

    def of_one(self, recording: Recording, options: Options) -> Iterator[bytes]:
        return self.of_many([recording], options)

    def of_many(self, recordings: Iterable[Recording], options: Options) -> Iterator[bytes]:
        self.check(options)
        return _archive(self.files(recordings, options), zipfile.ZIP_STORED)

    def files(self, recordings: Iterable[Recording], options: Options) -> Iterator[File]:
        self.check(options)
        return ((name, [content]) for name, content in dataset.parts(recordings))


def _subtitles(form: str) -> Make:
    def make(recording: Recording, options: Options) -> Iterable[str]:
        return [recording.transcript(form, channel=options.channel)]

    return make


def _document(name: str, about: str, suffix: str, media_type: str, make: Make, **has: bool) -> Documents:
    return Documents(name=name, about=about, suffix=suffix, media_type=media_type, make=make, **has)


def _lines(name: str, about: str, make: Make) -> Stream:
    return Stream(name=name, about=about, suffix="jsonl", media_type="application/x-ndjson", make=make)


def _csv(table: tables.Table) -> Stream:
    name = "csv" if table is tables.TABLES[0] else f"csv-{table.name.replace('_', '-')}"
    about, media_type = f"a row for each {table.of}", f"text/csv{_UTF_8}"
    return Stream(
        name=name, about=about, suffix="csv", media_type=media_type, make=table.lines, head=table.head
    )


def _sides(name: str, about: str, suffix: str, media_type: str) -> Documents:
    return _document(name, about, suffix, media_type, _subtitles(name), has_channels=True)


_VCON = "conversation data container of the IETF: parties, dialog with the recording, analysis"
_JSON = "all that is known of a conversation, one JSON document"
_OTEL = "traces of OpenTelemetry without what was said, OTLP in JSON, a conversation a line"
_PARQUET = "the tables of all `csv...` with their types, a data set of Parquet: a folder for each table"
_MARKDOWN = "facts, summary, fields and transcript, to be read"

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        _document("vcon", _VCON, "vcon", "application/vcon", vcon.parts, has_sound=True),
        _document("json", _JSON, "json", "application/json", documents.json_document),
        _lines("jsonl", "the same, a conversation a line", documents.json_line),
        *map(_csv, tables.TABLES),
        Dataset(name="parquet", about=_PARQUET),
        _lines("otel", _OTEL, otlp_json.lines),
        _sides("srt", "SubRip subtitles of what was heard", "srt", "application/x-subrip"),
        _sides("vtt", "WebVTT subtitles of what was heard", "vtt", "text/vtt"),
        _document("markdown", _MARKDOWN, "md", f"text/markdown{_UTF_8}", documents.markdown),
        _sides("text", "plain text, a line a message", "txt", f"text/plain{_UTF_8}"),
    )
}


def format_named(name: str) -> Format:
    """The format called so. Raises `NotFound`."""
    if name not in FORMATS:
        raise NotFound(f"no format is called {name}", hint=f"Formats: {', '.join(FORMATS)}.")
    return FORMATS[name]


def gathered(pieces: Iterable[str]) -> Iterator[bytes]:
    """The same text in UTF-8, in pieces that are worth sending."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        data = piece.encode("utf-8", "replace")
        held.append(data)
        size += len(data)
        if size >= PIECE_BYTES:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


class _Outlet:
    """What the archive is written to, and taken from again before more comes."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


def _archive(files: Iterable[File], compression: int) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", compression) as archive:  # type: ignore[call-overload]
        for name, pieces in files:
            info = zipfile.ZipInfo(name, _ZIP_EPOCH)
            info.compress_type = compression
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if data := outlet.taken():
                        yield data
    yield outlet.taken()
