"""vCon, conversations as JSON (draft-ietf-vcon-vcon-core): parties, dialog and transcripts.

Only what stands in the file is read: nothing is fetched, signed and encrypted forms are not opened.
"""

import json
from pathlib import Path
from typing import Any

from earwitness.decoders.wire import Unreadable, read_base64
from earwitness.imports.files import Document, begins, beside, read_bytes
from earwitness.imports.sound import channels, length_ns, sound_of
from earwitness.imports.story import Call, Story
from earwitness.imports.utterances import list_in, party_of, tell
from earwitness.model.events import Party

NAME = "vcon"
BOTH = (Party.CALLER, Party.AGENT)


def is_ours(file: Path) -> bool:
    return file.suffix in (".vcon", ".json") and begins(file, b'"vcon"')


def read(file: Path, workspace: str) -> Call:
    """One call. What is only referred to is named in the metadata under `missing`."""
    data = read_bytes(file)
    document = Document.parse(file, data)
    if "vcon" not in document.body:
        raise document.bad("vcon", "is missing: signed and encrypted forms are not read")
    dialogs, parties = document.list("dialog"), document.list("parties")
    attachments = document.list("attachments")
    told_of = [attachment for attachment in attachments if attachment.text("purpose") == "conversation"]
    starts = [at_ns for each in (*dialogs, *told_of) if (at_ns := each.time("start")) is not None]
    began_ns = min(starts, default=document.time("created_at"))
    if began_ns is None:
        raise document.bad("created_at", "is missing")
    missing: list[str] = []
    told: dict[str, Any] = {"layout": NAME, "files": [file.name], "head": document.head, "missing": missing}
    told["parties"] = [party.body for party in parties]
    story = Story(path=file, layout=NAME, began_ns=began_ns, content=data, metadata={"imported": told})
    story.name(conversation_id=document.id("uuid"))
    sides = _sides(parties)
    ends = [_dialog(story, dialog, sides, missing) for dialog in dialogs]
    for analysis in document.list("analysis"):
        if analysis.text("type") == "transcript":
            _transcript(story, analysis, dialogs, missing)
        else:
            missing.append(f"{analysis.where} {analysis.text('type') or ''}".strip())
    for attachment in attachments:
        if not _attachment(story, attachment):
            missing.append(attachment.where)
    ends += [at_ns for each in told_of if (at_ns := each.inner("body").time("ended_at")) is not None]
    story.ended_ns = max([story.end(), *ends])
    return story.call(workspace)


def _sides(parties: list[Document]) -> list[Party]:
    """By its role or name; else the first is the caller, all others the agent's side."""
    return [
        party_of(party.text("role") or party.text("name") or "") or (Party.AGENT if number else Party.CALLER)
        for number, party in enumerate(parties)
    ]


def _dialog(story: Story, dialog: Document, sides: list[Party], missing: list[str]) -> int:
    """One stretch of the conversation; when it ended."""
    start_ns = dialog.time("start")
    start_ns = story.began_ns if start_ns is None else start_ns
    length = dialog.number("duration") or 0
    end_ns = start_ns + round(length * 1_000_000_000)
    kind = dialog.text("type")
    if kind == "text" and dialog.text("body") is not None:
        said = dialog.text("body") or ""
        story.say(start_ns, said, party=_speakers(dialog, sides)[0], source=dialog)
    elif kind == "recording" and (sound := _recording(dialog, missing)) is not None:
        path, data = sound
        end_ns = start_ns + length_ns(path, data)
        speakers = tuple(dict.fromkeys(_speakers(dialog, sides)))
        is_split = channels(path, data) >= len(BOTH)
        speakers = (speakers if len(speakers) == len(BOTH) else BOTH) if is_split else speakers[:1]
        story.sounds.append(sound_of(path, speakers, at_ns=start_ns - story.began_ns, data=data))
    elif kind != "recording":
        missing.append(f"{dialog.where} {kind or ''}".strip())
    return end_ns


def _speakers(dialog: Document, sides: list[Party]) -> list[Party]:
    value: Any = dialog.body.get("originator", dialog.body.get("parties"))
    if dialog.text("type") == "recording":
        value = dialog.body.get("parties")
    numbers = value if isinstance(value, list) else [value]
    found = [sides[n] for n in numbers if isinstance(n, int) and 0 <= n < len(sides)]
    return found or [Party.CALLER]


def _recording(dialog: Document, missing: list[str]) -> tuple[Path, bytes | None] | None:
    """The sound in the file itself, or in a file of that name beside it."""
    body = dialog.text("body")
    if body:
        try:
            return dialog.path, read_base64(body.translate(str.maketrans("-_", "+/")))
        except Unreadable as error:
            raise dialog.bad("body", str(error)) from error
    path = beside(dialog.path.parent, dialog.text("filename") or "")
    if path is None:
        missing.append(f"{dialog.where} {dialog.text('url') or dialog.text('filename') or 'recording'}")
        return None
    return path, None


def _attachment(story: Story, attachment: Document) -> bool:
    """What our own exports attach is taken in: tool calls, and what the application said of the call."""
    body: Any = attachment.body.get("body")
    inner = Document(attachment.path, {"body": body}, attachment.where)
    if attachment.text("purpose") == "tool_calls" and isinstance(body, list):
        for call in inner.list("body"):
            result = call.body.get("result") if call.body.get("error") is None else call.body.get("error")
            arguments, name = call.body.get("arguments"), call.text("name") or ""
            at_ns = call.must_time("called_at")
            story.use(at_ns, name, arguments, result, call=call.id("call"), source=call, is_json=True)
        return True
    if attachment.text("purpose") == "conversation" and isinstance(body, dict):
        said = inner.inner("body")
        story.subject = said.text("subject")
        story.labels = tuple(label for label in body.get("labels") or () if isinstance(label, str))
        story.metadata |= said.inner("metadata").body
        ending = {name: value for name in ("outcome", "satisfaction") if (value := said.text(name))}
        if ending:
            story.note(story.end(), "end", ending)
        return True
    return False


def _transcript(story: Story, analysis: Document, dialogs: list[Document], missing: list[str]) -> None:
    body = analysis.body.get("body")
    if isinstance(body, str) and analysis.text("encoding") == "json":
        try:
            body = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise analysis.bad("body", "not JSON") from error
    holder = {"entries": body} if isinstance(body, list) else body
    lines = list_in(Document(analysis.path, holder, analysis.where)) if isinstance(holder, dict) else None
    if lines is None:
        missing.append(f"{analysis.where} transcript")
        return
    number = analysis.body.get("dialog")
    number = number[0] if isinstance(number, list) and number else number
    its = dialogs[number] if isinstance(number, int) and 0 <= number < len(dialogs) else None
    tell(story, lines, from_ns=None if its is None else its.time("start"))
