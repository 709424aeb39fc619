"""Events in, the conversation out: the one place where facts become a whole.

Knows no provider. Live and rebuild feed it the same events and get the same conversation.
"""

from collections.abc import Callable
from typing import Any

from earwitness.model import events as e
from earwitness.model.account import add_numbers
from earwitness.model.conversation import Conversation, Digit
from earwitness.model.events import Event, Party, Role
from earwitness.model.hearing import cut_playout, nearest
from earwitness.model.legs import LegState, is_told_twice
from earwitness.model.messages import MessageState
from earwitness.model.microphone import Microphone
from earwitness.model.playout import Playout
from earwitness.model.sound import Owner
from earwitness.model.state import State
from earwitness.model.view import View

_TOLD = frozenset({e.MessageOpened, e.TextArrived, e.MessageClosed, e.ToolCalled, e.ToolReturned})
_BAD_ENDS = {"unreachable": "unreachable", "done": "program_failed"}  # with a detail: what it is found as


class Fold(State):
    """One conversation, growing. Never raises for what an event says: it becomes a finding instead."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__(conversation_id)
        self._view = View(self)
        self._conversation: Conversation | None = None
        self._handlers = self._table()

    def _table(self) -> dict[type[Event], Callable[[Any, LegState], None]]:
        return {
            e.AudioArrived: self._audio,
            e.LegOpened: self._open,
            e.LegAnswered: self._answer,
            e.LegIdentified: self._identify,
            e.LegClosed: self._close,
            e.EndAnnounced: lambda event, leg: leg.announce_end(event),
            e.FormatSet: self._set_format,
            e.SpeechStarted: self._start_speech,
            e.SpeechStopped: lambda event, leg: leg.stop_speech(event),
            e.PlaybackReported: self._report_playback,
            e.PlaybackCut: self._cut,
            e.MessageOpened: self._open_message,
            e.TextArrived: self._add_text,
            e.TextTimed: lambda event, leg: self._known(event.item, event, leg).add_timing(event),
            e.EmotionScored: lambda event, leg: self._known(event.item, event, leg).add_emotion(event),
            e.MessageClosed: self._close_message,
            e.MessageRemoved: self._remove_message,
            e.ToolCalled: self._call_tool,
            e.ToolReturned: self._return_tool,
            e.ResponseEnded: self._end_response,
            e.UsageReported: lambda event, leg: add_numbers(self.usage, event.usage),
            e.DigitPressed: self._press,
            e.NoteTaken: self._note,
            e.ProblemReported: self._report_problem,
            e.GapFound: self._miss,
            e.Retold: lambda event, leg: None,  # for the same layout alone; it says nothing new
            e.Undecoded: self._pass_over,
        }

    def apply(self, event: Event) -> None:
        """Take one event in. Legs may come interleaved, as time gives them."""
        seen = event.seen
        leg = self.legs.get(seen.leg)
        if leg is None:
            leg = self.legs[seen.leg] = LegState(seen.leg, seen.at_ns)
        if seen.at_ns > leg.last_ns and type(event) is not e.LegClosed:
            leg.last_ns = seen.at_ns
        if seen.record >= leg.record_count:
            leg.record_count = seen.record + 1
        self._conversation = None
        handler = self._handlers.get(type(event))
        if handler is not None and not (type(event) in _TOLD and is_told_twice(leg, self.legs.values())):
            handler(event, leg)

    def conversation(self) -> Conversation:
        """The conversation as it stands after the last event."""
        if self._conversation is None:
            self._conversation = self._view.freeze()
        return self._conversation

    # -- legs ----------------------------------------------------------------------------------------

    def _open(self, event: e.LegOpened, leg: LegState) -> None:
        if leg.opened is None:
            leg.open(event)
            self.description.workspace = self.description.workspace or event.workspace
            self.description.add(event.subject, event.metadata)
            self.description.label(event.labels)

    def _answer(self, event: e.LegAnswered, leg: LegState) -> None:
        leg.answer_status = event.status
        if event.status != 101:
            self._find("refused", f"{event.status} {event.detail}".strip(), event)

    def _identify(self, event: e.LegIdentified, leg: LegState) -> None:
        leg.has_traffic = True
        leg.identify(event)
        self.description.add(event.subject, event.metadata)

    def _close(self, event: e.LegClosed, leg: LegState) -> None:
        if leg.closed is not None:
            return
        leg.close(event)
        self.wishes.close(leg, leg.closed_ns or event.seen.at_ns)
        if event.detail and event.why in _BAD_ENDS:
            self._find(_BAD_ENDS[event.why], f"the connection ended by {event.detail}", event)
        if self.speaking is not None and self.speaking[0] == leg.id:
            self.speaking = None
        orphans = [message for message in leg.messages.values() if message.status == "open"]
        for message in orphans:
            message.is_orphaned = True
            message.close("incomplete", leg.closed_ns or event.seen.at_ns)
        if orphans:
            self._snap(event)

    # -- sound ---------------------------------------------------------------------------------------

    def _audio(self, event: e.AudioArrived, leg: LegState) -> None:
        if event.byte_count <= 0:
            return
        party = event.party
        line = leg.lines.get(party)
        if line is None:
            leg.has_traffic = True
            line = leg.open_line(event)
        line.is_kept = event.is_kept
        owner: Owner | None = None
        if party is Party.AGENT:
            owner = self._owner(event.item, leg)
        if isinstance(line, Playout):
            line.arrive(event.seen.at_ns, event.byte_count, owner)
        elif isinstance(line, Microphone):
            line.arrive(event.seen.at_ns, event.byte_count, owner, event.media_ns)

    def _owner(self, item: str | None, leg: LegState) -> Owner | None:
        if item is None:
            return self.speaking if leg.is_phone else None
        owner = leg.last_owner
        if owner is None or owner[1] != item:
            owner = leg.last_owner = (leg.id, item)
        if not leg.is_phone:
            self.speaking = owner
        return owner

    def _set_format(self, event: e.FormatSet, leg: LegState) -> None:
        if not leg.set_format(event):
            self._find("bad_format", f"{event.party} audio as {event.encoding} {event.rate_hz} Hz", event)

    def _agent_at(self, at_ns: int, leg: LegState) -> tuple[bool, Owner | None]:
        """Whether the agent is heard at that moment, and with what."""
        for line in nearest(self.legs.values(), Party.AGENT):
            stretch = line.at(at_ns)
            if stretch is not None:
                return True, stretch.owner
        playing = leg.playing(at_ns)
        return playing is not None, (leg.id, playing) if playing else None

    def _start_speech(self, event: e.SpeechStarted, leg: LegState) -> None:
        speech = leg.start_speech(event)
        if event.party is Party.CALLER:
            is_over_agent, owner = self._agent_at(speech.began_ns, leg)
            self.floor.start(speech, owner, is_over_agent=is_over_agent)

    def _report_playback(self, event: e.PlaybackReported, leg: LegState) -> None:
        playout = leg.playout
        if event.state == "mark_set" and playout is not None:
            playout.set_mark(event.name or "")
        elif event.state == "mark_reached" and playout is not None:
            playout.reach_mark(event.name or "")
        elif event.state in ("started", "stopped"):
            leg.report_playing(event)

    def _cut(self, event: e.PlaybackCut, leg: LegState) -> None:
        is_over_agent, owner = self._agent_at(event.seen.at_ns, leg)
        items = leg.cut_items(event)
        if not is_over_agent and items and leg.is_told_of(event):
            is_over_agent, owner = True, (leg.id, items[-1])
        is_news = not items or not leg.cut.issuperset(items)
        leg.cut.update(items)
        self.floor.cut(event.seen.at_ns, owner, is_over_agent=is_over_agent and is_news)
        if leg.playout is not None:
            cut_playout(event, leg, leg.playout, items, is_news=is_news)

    # -- words ---------------------------------------------------------------------------------------

    def _message(self, item: str, event: Event, leg: LegState) -> MessageState:
        message = leg.messages.get(item)
        if message is None:
            leg.has_traffic = True
            message = leg.messages[item] = MessageState(leg.id, item, event.seen.at_ns, len(leg.messages))
            message.role = Role.ASSISTANT
            self.diary.counts[message.role] += 1
        return message

    def _open_message(self, event: e.MessageOpened, leg: LegState) -> None:
        message = self._message(event.item, event, leg)
        self.diary.counts[message.role] -= 1
        message.open(event)
        self.diary.counts[message.role] += 1
        leg.thread.place(event.item, event.previous, is_first=event.is_first)
        if event.response is not None:
            leg.respond(event.response, event.item)
        if not event.is_inserted:
            leg.give_speech(message)

    def _known(self, item: str, event: Event, leg: LegState) -> MessageState:
        if item not in leg.messages:
            self._find("unknown_item", f"{type(event).__name__} of a message that was never opened", event)
            leg.thread.place(item, None)
        return self._message(item, event, leg)

    def _add_text(self, event: e.TextArrived, leg: LegState) -> None:
        self._known(event.item, event, leg).add_text(event)

    def _close_message(self, event: e.MessageClosed, leg: LegState) -> None:
        message = leg.messages.get(event.item)
        if message is None:
            self._find("unknown_item", "MessageClosed of a message that was never opened", event)
        elif message.close(event.status, event.seen.at_ns):
            self._snap(event)

    def _remove_message(self, event: e.MessageRemoved, leg: LegState) -> None:
        if event.item in leg.messages:
            leg.messages[event.item].remove()

    # -- work ----------------------------------------------------------------------------------------

    def _call_tool(self, event: e.ToolCalled, leg: LegState) -> None:
        leg.has_traffic = True
        self.tools.call(event)
        if event.item is not None:
            leg.thread.place(event.item, event.previous)

    def _return_tool(self, event: e.ToolReturned, leg: LegState) -> None:
        if event.item is not None:
            leg.thread.place(event.item, event.previous)
        if self.tools.answer(event):
            self._snap(event)

    def _end_response(self, event: e.ResponseEnded, leg: LegState) -> None:
        if event.response is not None:
            if event.response in leg.counted_responses:
                return
            leg.counted_responses.add(event.response)
        add_numbers(self.usage, event.usage)
        add_numbers(self.usage, {"responses": 1, "cancelled": int(event.status == "cancelled")})
        if event.status == "cancelled":
            self.floor.cut(event.seen.at_ns, None, is_over_agent=False)
        status = "incomplete" if event.status == "cancelled" else event.status
        for item in leg.responses.get(event.response or "", ()):
            if leg.messages[item].close(status, event.seen.at_ns):
                self._snap(event)

    # -- what is said about it -----------------------------------------------------------------------

    def _press(self, event: e.DigitPressed, leg: LegState) -> None:
        self.digits.append(Digit(digit=event.digit, party=event.party, at_ns=event.seen.at_ns))

    def _snap(self, event: Event, label: str = "history_updated", data: dict[str, Any] | None = None) -> None:
        self.diary.take(event.seen.at_ns, label, len(self.tools), data)

    def _note(self, event: e.NoteTaken, leg: LegState) -> None:
        if event.verb == "snapshot":
            self._snap(event, str(event.data.get("label", "")), event.data)
        elif not (self.wishes.note(event, leg) or self.description.note(event.verb, event.data)):
            self._find("unknown_note", f"note {event.verb}", event)

    def _find(self, code: str, message: str, event: Event) -> None:
        self.remarks.find(code, message, event.seen.at_ns, event.seen.leg)

    def _report_problem(self, event: e.ProblemReported, leg: LegState) -> None:
        code = "sequence_gap" if event.code == "sequence_gap" else "provider_error"
        self._find(code, f"{event.code}: {event.message}", event)

    def _miss(self, event: e.GapFound, leg: LegState) -> None:
        self.remarks.miss(event)
        if event.reason == "parse_error":
            self._find("parse_error", event.detail or "messages that could not be read", event)

    def _pass_over(self, event: e.Undecoded, leg: LegState) -> None:
        self._find("undecoded", f"{event.reason}: {event.name}" if event.name else event.reason, event)
