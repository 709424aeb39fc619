"""Twilio's `customParameters`: what the application tells of its call, over either of Twilio's protocols."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from earwitness.decoders.wire import id_of
from earwitness.model.events import NoteTaken, Stamp


class Told(NamedTuple):
    """What the parameters say of the conversation, as `LegIdentified` takes it."""

    links: tuple[str, ...]
    subject: str | None
    metadata: dict[str, Any]

    @property
    def says_anything(self) -> bool:
        return bool(self.links or self.subject or self.metadata)


def told_by(parameters: dict[str, Any]) -> Told:
    """`ew_conversation`, `ew_subject`, `ew_meta_<name>` and the application's own; no credentials."""
    conversation = id_of(parameters, "ew_conversation")
    found: dict[str, Any] = {}
    for name, value in parameters.items():
        if name.startswith("ew_meta_"):
            found[name.removeprefix("ew_meta_")] = value
        elif not name.startswith("ew_"):
            found[name] = value
    return Told(
        links=(f"conversation:{conversation}",) if conversation else (),
        subject=id_of(parameters, "ew_subject"),
        metadata={name: value for name, value in found.items() if isinstance(value, str)},
    )


def labelled(seen: Stamp, parameters: dict[str, Any]) -> Iterator[NoteTaken]:
    """The label in `ew_label`, if there is one."""
    if label := id_of(parameters, "ew_label"):
        yield NoteTaken(seen=seen, verb="label", data={"labels": [label]})
