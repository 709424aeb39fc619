"""The layout `s3`: JSON documents of a logger of realtime sessions, in folders by day and session."""

from pathlib import Path

from earwitness.imports.files import Document, begins, digest, files_below
from earwitness.imports.story import Call, Story
from earwitness.model.events import Party

NAME = "s3"
CONVERSATION, SUMMARY, DATA = "_conversation.json", "_summary.json", "_data.json"
SPEAKERS = {"user": Party.CALLER, "assistant": Party.AGENT, "agent": Party.AGENT, "system": None}
LISTS = ("historySnapshots", "events")
AUTOMATIC = "history_updated"


def is_ours(file: Path) -> bool:
    return file.name.endswith(CONVERSATION) and begins(file, b'"conversationId"')


def read(file: Path, workspace: str) -> Call:
    """One call. Words and tool calls come from the events, or where these have none from the last history."""
    stem = file.name.removesuffix(CONVERSATION)
    present = [
        path
        for path in files_below(file.parent, depth=0)
        if path.name.startswith(f"{stem}_") and path.name.endswith((CONVERSATION, SUMMARY, DATA))
    ]
    others = {path.stem.removeprefix(f"{stem}_"): Document.read(path) for path in present if path != file}
    document, summary = Document.read(file), others.get("summary")
    heads = {f"_{name}": other.body for name, other in others.items()}
    heads["_conversation"] = {key: value for key, value in document.body.items() if key not in LISTS}
    story = Story(
        path=file,
        layout=NAME,
        began_ns=document.must_time("startTime"),
        ended_ns=document.time("endTime"),
        content=digest(present),
        metadata={"imported": {"layout": NAME, "files": [path.name for path in present], **heads}},
        labels=tuple(topic for topic in _topics(summary) if isinstance(topic, str)),
    )
    story.name(session_id=document.id("sessionId"))
    snapshots, events = document.list("historySnapshots"), document.list("events")
    if not _words(story, events) and snapshots:
        _history(story, snapshots[-1])
    for name, lines in zip(LISTS, (snapshots, events), strict=True):
        for line in lines:
            at_ns = line.time("timestamp")
            story.log(story.began_ns if at_ns is None else at_ns, name, line.body, line)
            label = line.text("eventType") if name == "historySnapshots" else None
            if at_ns is not None and label not in (None, AUTOMATIC):
                story.note(at_ns, "snapshot", {"label": label, **(line.body.get("conversationState") or {})})
    outcome = summary.text("outcome") if summary else None
    if outcome is not None:
        story.note(story.end(), "end", {"outcome": outcome})
    return story.call(workspace)


def _topics(summary: Document | None) -> list[object]:
    topics = summary.body.get("topics") if summary else None
    return topics if isinstance(topics, list) else []


def _words(story: Story, events: list[Document]) -> bool:
    """Whether the events tell who said what."""
    said = False
    for event in events:
        kind, data = event.text("type"), event.inner("data")
        if kind == "transcript":
            said = True
            story.say(
                event.must_time("timestamp"),
                data.text("transcript") or "",
                party=_party(data, "speaker"),
                source=data,
                confidence=data.number("confidence"),
            )
        elif kind == "tool_call":
            _call(story, event.must_time("timestamp"), data)
    return said


def _history(story: Story, snapshot: Document) -> None:
    """The items of one history. They have no times of their own: all stand at the snapshot's."""
    at_ns = snapshot.time("timestamp")
    at_ns = story.began_ns if at_ns is None else at_ns
    for item in snapshot.list("history"):
        if item.text("type") == "function_call":
            _call(story, at_ns, item)
        elif item.text("type") == "message":
            parts = [part.text("transcript") or part.text("text") or "" for part in item.list("content")]
            story.say(at_ns, " ".join(parts), party=_party(item, "role"), source=item, item=item.id("itemId"))


def _call(story: Story, at_ns: int, data: Document) -> None:
    name = data.text("name") or data.text("toolName") or ""
    used = (data.body.get(key) for key in ("arguments", "output"))
    story.use(at_ns, name, *used, call=data.id("itemId"), source=data, is_json=True)


def _party(document: Document, key: str) -> Party | None:
    speaker = document.text(key) or ""
    if speaker not in SPEAKERS:
        raise document.bad(key, f"{speaker[:40]!r} is none of {', '.join(SPEAKERS)}")
    return SPEAKERS[speaker]
