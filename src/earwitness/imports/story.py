"""A call as foreign files tell it, on its way to be a leg: facts and sounds at their times."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture.importing import BEFORE_NS, Leg, Line, import_id
from earwitness.decoders.imported import Fact, Logged, Named, Said, Silenced, Used
from earwitness.errors import InvalidInput
from earwitness.imports.files import Document, complain
from earwitness.imports.sound import Sound
from earwitness.journal.record import Kind, Note, Opened, Origin
from earwitness.model.events import Party, Role

LONGEST_NS = BEFORE_NS  # a day; silence of that length is rendered too, and costs
TEXT_BYTES = 10 << 20  # of one message, call or line

_encode = msgspec.json.Encoder().encode
_ROLES = {Party.CALLER: Role.USER, Party.AGENT: Role.ASSISTANT, Party.HUMAN_AGENT: Role.ASSISTANT}


@dataclass(slots=True, kw_only=True)
class Call:
    """What a reader found: the legs of one call, ready to be written. Their ids tell whether they are new."""

    path: Path
    layout: str
    legs: list[Leg]


@dataclass(slots=True, kw_only=True)
class Story:
    """One call in the making. `content`: all bytes it was read from, for its id."""

    path: Path
    layout: str
    began_ns: int
    content: bytes
    ended_ns: int | None = None
    sounds: list[Iterable[Sound]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    subject: str | None = None
    _facts: list[tuple[int, Origin, bytes]] = field(default_factory=list)
    _notes: list[Line] = field(default_factory=list)
    _last_item: str | None = None
    _items: int = 0
    _calls: set[str] = field(default_factory=set)

    def tell(
        self, at_ns: int, fact: Fact, source: Document | None = None, origin: Origin = Origin.SERVER
    ) -> None:
        """A fact at its time. Raises `InvalidInput` where time or size are beyond belief."""
        where = source.where if source else ""
        if not -BEFORE_NS < at_ns - self.began_ns < LONGEST_NS + BEFORE_NS:
            raise complain(self.path, where, "its time is more than a day from the call")
        payload = _encode(fact)
        if len(payload) > TEXT_BYTES:
            raise complain(self.path, where, f"more than {TEXT_BYTES >> 20} MiB")
        self._facts.append((at_ns, origin, payload))

    def name(self, **provider_ids: str | None) -> None:
        """What its recorders called the call."""
        named = {name: value for name, value in provider_ids.items() if value}
        if named:
            self.tell(self.began_ns, Named(provider_ids=named))

    def say(
        self,
        at_ns: int,
        text: str,
        *,
        party: Party | None,
        source: Document,
        item: str | None = None,
        length_ns: int | None = None,
        confidence: float | None = None,
        is_audible: bool | None = None,
        emotions: dict[str, dict[str, float]] | None = None,
        sentiment: str | None = None,
    ) -> None:
        """The next message. Without a length nothing says that it sounded."""
        self._items += 1
        said = Said(
            item=item or f"m{self._items}",
            role=(_ROLES[party] if party else Role.SYSTEM).value,
            party=party.value if party is Party.HUMAN_AGENT else None,
            text=text,
            previous=self._last_item,
            confidence=confidence,
            is_audible=length_ns is not None if is_audible is None else is_audible,
            is_over=length_ns is None,
            emotions=emotions or {},
            sentiment=sentiment,
        )
        self._last_item = said.item
        self.tell(at_ns, said, source, Origin.CLIENT if party is Party.CALLER else Origin.SERVER)
        if length_ns is not None:
            self.tell(at_ns + length_ns, Silenced(item=said.item), source)

    def use(
        self,
        at_ns: int,
        name: str,
        arguments: Any,
        result: Any,
        *,
        call: str | None,
        source: Document,
        is_json: bool = False,
    ) -> None:
        """A tool call; `None` as a result means that none is told. `is_json`: texts are JSON already."""
        call = call or f"call_{len(self._calls) + 1}"
        while call in self._calls:
            call += "_"
        self._calls.add(call)
        told, back = (
            value if is_json and isinstance(value, str) else as_text(value) for value in (arguments, result)
        )
        used = Used(call=call, name=name, arguments=told, result=back)
        self.tell(at_ns, used, source)

    def log(self, at_ns: int, kind: str, data: Any, source: Document) -> None:
        self.tell(at_ns, Logged(kind=kind, data=data), source)

    def note(self, at_ns: int, verb: str, data: dict[str, Any]) -> None:
        """What the application said of the call: `snapshot`, `end`."""
        self._notes.append(Line(at_ns, Origin.RECORDER, Kind.NOTE, _encode(Note(verb=verb, data=data))))

    def call(self, workspace: str) -> Call:
        """The whole of it. Raises `InvalidInput` where its length is beyond belief."""
        ended_ns = self.end()
        if not 0 <= ended_ns - self.began_ns <= LONGEST_NS:
            raise complain(self.path, "end", "the call ends before it began, or more than a day later")
        key = b"\0".join((b"import", workspace.encode(), self.layout.encode(), self.content))
        opened = Opened(
            leg=import_id(self.began_ns, key),
            conversation=import_id(self.began_ns, b"conversation\0" + key),
            workspace=workspace,
            provider="imported",
            subject=self.subject,
            labels=self.labels,
            metadata=self.metadata,
        )
        leg = Leg(self.began_ns, ended_ns, opened, self._lines())
        return Call(path=self.path, layout=self.layout, legs=[leg])

    def end(self) -> int:
        if self.ended_ns is not None:
            return self.ended_ns
        return max([self.began_ns, *(at_ns for at_ns, _, _ in self._facts)])

    def _lines(self) -> Iterator[Line]:
        facts = sorted(self._facts, key=lambda fact: fact[0])
        told = (Line(at_ns, origin, Kind.TEXT, payload) for at_ns, origin, payload in facts)
        heard = [
            (
                Line(self.began_ns + ends_ns, Origin.CLIENT, Kind.BINARY, payload)
                for _, ends_ns, payload in sound
            )
            for sound in self.sounds
        ]
        return merge(told, sorted(self._notes), *heard, key=lambda line: line.at_ns)


def as_text(value: Any) -> str | None:
    """JSON text that says the same; a text stays itself, unless it would be read as something else."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            json.loads(value)
        except (ValueError, RecursionError):
            return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError as error:
        raise InvalidInput("nested too deeply", hint="Leave the file out.") from error


def kept(layout: str, files: Iterable[Path], documents: Iterable[Document]) -> dict[str, Any]:
    """What sound and words do not tell again, as metadata: the documents' heads by their short names."""
    heads = {document.short: document.head for document in documents}
    return {"imported": {"layout": layout, "files": sorted(file.name for file in files), **heads}}
