"""The frozen conversation made from what was told; what did not change is not made again."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from earwitness.model.account import copied
from earwitness.model.conversation import Conversation, Finding, Leg, Message, Status, Track
from earwitness.model.events import Evidence, Party
from earwitness.model.hearing import ear_line, freeze, nearest, said_by, track
from earwitness.model.legs import LegState
from earwitness.model.messages import MessageState
from earwitness.model.state import State

Mouths = dict[Party, Evidence | None]  # what proves when somebody spoke


class View:
    """Looks at a state; changes nothing in it but what it remembers of its last look."""

    def __init__(self, state: State) -> None:
        self._state = state

    def freeze(self) -> Conversation:
        told = self._state
        legs = sorted(told.legs.values(), key=lambda leg: leg.opened_ns)
        zero_ns = min((leg.opened_ns for leg in legs if leg.opened), default=legs[0].opened_ns if legs else 0)
        status, reasons = self._status(legs)
        agent = nearest(legs, Party.AGENT)
        tracks = self._tracks(legs, zero_ns)
        return Conversation(
            id=told.id,
            workspace=told.description.workspace or "default",
            status=status,
            reasons=reasons,
            began_at_ns=zero_ns,
            ended_ns=None if status is Status.ACTIVE else max(_closed(legs) - zero_ns, _silent(tracks)),
            seen_ns=max((leg.last_ns for leg in legs), default=zero_ns) - zero_ns,
            subject=told.description.subject,
            labels=tuple(told.description.labels),
            metadata=told.description.metadata,
            outcome=told.description.ending("outcome"),
            satisfaction=told.description.ending("satisfaction"),
            legs=tuple(_joined([leg.freeze(zero_ns) for leg in legs])),
            messages=tuple(self._messages(legs, zero_ns)),
            tool_calls=told.tools.freeze(zero_ns),
            interruptions=told.floor.freeze(zero_ns, agent),
            snapshots=told.diary.freeze(zero_ns),
            digits=tuple(replace(digit, at_ns=digit.at_ns - zero_ns) for digit in told.digits),
            usage=copied(told.usage),
            findings=tuple(self._findings(legs, zero_ns)),
            gaps=(*told.remarks.gaps(zero_ns), *told.wishes.gaps(zero_ns)),
            declarations=told.wishes.declarations(zero_ns),
            tracks=tracks,
            sent=self._sent(legs, zero_ns),
            abridged=tuple(leg.opened.abridged for leg in legs if leg.opened and leg.opened.abridged),
        )

    def _status(self, legs: list[LegState]) -> tuple[Status, tuple[str, ...]]:
        if not legs or any(leg.closed is None for leg in legs):
            return Status.ACTIVE, ()
        reasons = dict.fromkeys(_why(leg) for leg in legs)
        if not any(leg.is_up for leg in _of_call(legs)):
            return Status.FAILED, tuple(filter(None, reasons))
        missing = dict.fromkeys(_loss(leg) for leg in legs if leg.is_up)
        missing.update(dict.fromkeys(self._state.remarks.gap_reasons))
        lost = tuple(filter(None, missing))
        return Status.PARTIAL if lost else Status.COMPLETE, lost

    # -- words ---------------------------------------------------------------------------------------

    def _messages(self, legs: list[LegState], zero_ns: int) -> Iterator[Message]:
        """Each leg's in the order of its items; legs among each other by when it was said, if known."""
        mouths = {party: said_by(nearest(legs, party)) for party in (Party.CALLER, Party.HUMAN_AGENT)}
        threads = [list(self._thread(leg, legs, mouths, zero_ns)) for leg in legs if leg.messages]
        return (message for _, message in heapq.merge(*threads, key=lambda pair: pair[0]))

    def _thread(
        self, leg: LegState, legs: list[LegState], mouths: Mouths, zero_ns: int
    ) -> Iterator[tuple[int, Message]]:
        for item in leg.thread.order():
            state = leg.messages.get(item)
            if state is not None:
                message = self._message(state, leg, legs, mouths, zero_ns)
                yield message.started_ns if message.said_ns is None else message.said_ns, message

    def _message(
        self, state: MessageState, leg: LegState, legs: list[LegState], mouths: Mouths, zero_ns: int
    ) -> Message:
        mouth = mouths.get(state.party) if state.party else None
        line = ear_line(legs, leg, state.owner)
        voices = [
            one.voices.get(state.owner) for one in (line, leg.lines.get(Party.AGENT)) if one is not None
        ]
        speech = leg.speech_of(state)
        is_running = line is not None and self._state.speaking == state.owner
        made_from = (
            state.version,
            zero_ns,
            is_running,
            mouth,
            leg.closed is None,
            line.clock_version if line is not None else 0,
            *(voice.version for voice in voices if voice is not None),
            speech and (speech.began_ns, speech.ended_ns),
            leg.claim_version,
        )
        if state.frozen is None or state.frozen[0] != made_from:
            message = freeze(state, leg, line, zero_ns, is_running=is_running)
            if mouth is not None and message.is_audible:
                message = replace(message, evidence=mouth)
            state.frozen = (made_from, message)
        return state.frozen[1]

    # -- sound ---------------------------------------------------------------------------------------

    def _tracks(self, legs: list[LegState], zero_ns: int) -> dict[Party, Track]:
        lines = {party: nearest(legs, party) for party in Party}
        return {party: track(party, found, zero_ns) for party, found in lines.items() if found}

    def _sent(self, legs: list[LegState], zero_ns: int) -> dict[Party, Track]:
        found = nearest((leg for leg in legs if not leg.is_phone), Party.AGENT) or nearest(legs, Party.AGENT)
        return {Party.AGENT: track(Party.AGENT, found, zero_ns, is_sent=True)} if found else {}

    def _findings(self, legs: Iterable[LegState], zero_ns: int) -> Iterator[Finding]:
        yield from self._state.remarks.findings(zero_ns)
        for leg in legs:
            for party, line in leg.lines.items():
                at_ns = line.opened_ns - zero_ns
                if line.odd_bytes:
                    text = f"{party} audio ended in the middle of a sample"
                    yield Finding(
                        code="odd_bytes", message=text, at_ns=at_ns, leg=leg.id, count=line.odd_bytes
                    )
                if not line.stretches and not leg.has_format(party):
                    text = f"{party} audio came without a known format"
                    yield Finding(
                        code="no_format", message=text, at_ns=at_ns, leg=leg.id, count=line.chunk_count
                    )


def _joined(legs: list[Leg]) -> Iterator[Leg]:
    """Each leg after the first with the link that it shares with another, the first that it knew."""
    known = Counter(link for leg in legs for link in leg.links)
    for number, leg in enumerate(legs):
        shared = next((link for link in leg.links if known[link] > 1), None)
        yield replace(leg, joined_by=f"link:{shared}") if number and shared else leg


def _of_call(legs: list[LegState]) -> list[LegState]:
    """The call's own legs; where there is none, what told of it."""
    return [leg for leg in legs if not leg.is_told] or legs


def _closed(legs: list[LegState]) -> int:
    return max(leg.closed_ns or 0 for leg in _of_call(legs))


def _silent(tracks: dict[Party, Track]) -> int:
    """When all sound is over: what came faster than it is spoken, as from a file, outlasts its leg."""
    return max((track.spans[-1].end_ns for track in tracks.values() if track.spans), default=0)


def _why(leg: LegState) -> str:
    if leg.answer_status is not None:
        return f"refused:{leg.answer_status}"
    return leg.closed.why if leg.closed else ""


def _loss(leg: LegState) -> str:
    why = leg.closed.why if leg.closed else ""
    if why == "crash" and leg.opened is not None and leg.opened.way in ("ingest", "webhook"):
        return ""  # what was not on disk was not acknowledged, and is sent again
    if why == "lost" and leg.end_reason is not None:
        return ""
    return {"lost": "peer_lost", "crash": "crash", "stopped": "stopped"}.get(why, "")
