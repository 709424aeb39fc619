"""What every provider tells of a call, each in its own messages, from both ends of the leg."""

import json
from abc import ABC, abstractmethod
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

Told = tuple[str, dict[str, Any]]  # origin, message
Format = tuple[str, int]


class Wire(ABC):
    """One leg. Every method gives the messages that go by at that moment; by default none."""

    provider = ""
    path = "/"
    caller: Format = ("pcm_s16le", 24_000)
    agent: Format = ("pcm_s16le", 24_000)
    later: Format | None = None  # what the agent's sound can change to in the middle of a call
    is_whole = False  # its messages hold whole samples only
    cut_evidence = "modelled"
    has_marks = False
    can_choose_rate = True

    def __init__(self, caller: Format | None = None, agent: Format | None = None) -> None:
        self.caller, self.agent = caller or self.caller, agent or self.agent

    def begin(self) -> Iterator[Told]:
        yield from ()

    @abstractmethod
    def frame(self, number: int, sound: bytes) -> Told:
        """The caller's sound of one moment."""

    def speech_started(self, item: str, at_ms: float) -> Iterator[Told]:
        yield from ()

    def speech_stopped(self, item: str, at_ms: float, text: str, begun_ms: float) -> Iterator[Told]:
        yield from ()

    def answer_begins(self, item: str, text: str) -> Iterator[Told]:
        yield from ()

    @abstractmethod
    def answer_sounds(self, item: str, sound: bytes) -> Iterator[Told]:
        """A piece of the agent's sound."""

    def answer_ends(self, item: str, text: str, is_cut: bool) -> Iterator[Told]:
        yield from ()

    def cut(self, item: str, heard_ms: float, text: str, words: str) -> Iterator[Told]:
        yield from ()

    def mark_set(self, item: str) -> Iterator[Told]:
        yield from ()

    def mark_reached(self, item: str) -> Iterator[Told]:
        yield from ()

    def tool_called(self, call: str) -> Iterator[Told]:
        yield from ()

    def tool_returned(self, call: str) -> Iterator[Told]:
        yield from ()

    def change(self, later: Format) -> Iterator[Told]:
        yield from ()


def text(sound: bytes) -> str:
    return b64encode(sound).decode()


def encoded(message: dict[str, Any]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()
