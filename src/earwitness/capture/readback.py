"""Reading back what was saved before this process began: the journals are ahead of the catalog."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from earwitness.capture.talk import Body, Kept, TalkKey
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Opened, Record
from earwitness.journal.segment import segment_paths


class Numbered(Body, frozen=True, kw_only=True):
    """The record of a saved message."""

    message_id: int


class ReadBack(NamedTuple):
    """One leg of saved messages."""

    key: TalkKey
    conversation: str
    messages: tuple[Kept, ...]


_opened = msgspec.json.Decoder(Opened).decode
_numbered = msgspec.json.Decoder(Numbered).decode


def read_back(folder: Path) -> ReadBack | None:
    """The messages of this leg; None where it holds none, or was recorded another way.

    They are on the disk afterwards, also those whose writer was killed before it could see to that.
    """
    records = read_leg(folder)
    opened = _opening(next(records, None))
    if opened is None or opened.way != "ingest" or opened.subject is None:
        return None
    for path in segment_paths(folder):
        _sync(path)
    messages = tuple(_messages(records))
    conversation = next((body.provider_conversation_id for body, _ in messages), None)
    key = TalkKey(opened.workspace, opened.subject, opened.provider, conversation)
    return ReadBack(key, opened.conversation, tuple(kept for _, kept in messages))


def _opening(record: Record | None) -> Opened | None:
    if record is None or record.kind is not Kind.OPENED:
        return None
    try:
        return _opened(record.payload)
    except msgspec.MsgspecError:
        return None


def _messages(records: Iterator[Record]) -> Iterator[tuple[Numbered, Kept]]:
    for record in records:
        if record.kind is Kind.TEXT:
            try:
                body = _numbered(record.payload)
            except msgspec.MsgspecError:  # damaged: the decoder tells
                continue
            name = body.provider_message_id or str(body.message_id)
            yield body, Kept(body.message_id, name, body.role, body.content, body.said_at_ns)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
