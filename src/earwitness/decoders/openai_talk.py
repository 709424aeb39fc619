"""What is said and done over an OpenAI Realtime socket: items, transcripts, tool calls, responses."""

import math
from collections.abc import Iterator
from typing import Any

from earwitness.decoders.openai_items import Items
from earwitness.decoders.openai_session import Body, Handler, Session, item_of, problem
from earwitness.decoders.wire import Unreadable, id_of, object_of, objects_of, text_of, usage_of, whole_of
from earwitness.model.events import Event, ResponseEnded, Role, Stamp, UsageReported


class Talk:
    """State of one socket's responses; that of its items is in `Items`."""

    def __init__(self, items: Items, session: Session) -> None:
        self._items = items
        self._session = session
        self._is_heard: dict[str, bool] = {}  # response -> may its words reach an ear
        self.handlers: dict[str, Handler] = {
            "input_audio_buffer.committed": self._on_committed,
            "conversation.item.create": self._on_create,
            "conversation.item.added": self._on_added,
            "conversation.item.done": self._on_done,
            "conversation.item.retrieved": self._on_retrieved,
            "conversation.item.deleted": self._on_deleted,
            "conversation.item.input_audio_transcription.delta": self._on_heard_piece,
            "conversation.item.input_audio_transcription.completed": self._on_heard,
            "conversation.item.input_audio_transcription.failed": self._on_not_heard,
            "response.created": self._on_response,
            "response.output_item.added": self._on_output,
            "response.output_item.done": self._on_output_done,
            "response.output_audio_transcript.delta": self._on_piece,
            "response.output_audio_transcript.done": self._on_whole,
            "response.output_text.delta": self._on_piece,
            "response.output_text.done": self._on_whole,
            "response.function_call_arguments.done": self._on_arguments,
            "response.mcp_call_arguments.done": self._on_arguments,
            "response.mcp_call.failed": self._on_call_failed,
            "response.done": self._on_response_done,
        }

    # -- items ---------------------------------------------------------------------------------------

    def _on_committed(self, seen: Stamp, body: Body) -> Iterator[Event]:
        item = item_of(body)
        self._items.chain.link(item, body)
        yield from self._items.open(seen, item, Role.USER)

    def _on_create(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.create(seen, object_of(body, "item"), body)

    def _on_added(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.take(seen, object_of(body, "item"), body)

    def _on_done(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.take(seen, object_of(body, "item"), body, is_final=True)

    def _on_retrieved(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.retrieve(seen, object_of(body, "item"))

    def _on_deleted(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.remove(seen, item_of(body))

    # -- the caller's words --------------------------------------------------------------------------

    def _on_heard_piece(self, seen: Stamp, body: Body) -> Iterator[Event]:
        item = item_of(body)
        if text := text_of(body, "delta"):
            yield from self._items.say(seen, item, Role.USER, text, part=_part(body))

    def _on_heard(self, seen: Stamp, body: Body) -> Iterator[Event]:
        item = item_of(body)
        text = text_of(body, "transcript")
        if text is None:
            raise Unreadable("no transcript")
        yield from self._items.say(
            seen,
            item,
            Role.USER,
            text.rstrip("\n"),  # whisper ends its lines
            part=_part(body),
            is_whole=True,
            confidence=_confidence(body),
        )
        yield from self._items.close(seen, item, "completed")
        if usage := usage_of(body, "usage"):
            yield UsageReported(seen=seen, source="transcription", usage=usage)

    def _on_not_heard(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield problem(seen, object_of(body, "error"), "transcription_failed")
        yield from self._items.close(seen, item_of(body), "failed")

    # -- the agent's words ---------------------------------------------------------------------------

    def _on_piece(self, seen: Stamp, body: Body) -> Iterator[Event]:
        item = item_of(body)
        if text := text_of(body, "delta"):
            news = self._news(body)
            yield from self._items.say(seen, item, Role.ASSISTANT, text, part=_part(body), **news)

    def _on_whole(self, seen: Stamp, body: Body) -> Iterator[Event]:
        item = item_of(body)
        text = text_of(body, "transcript") or text_of(body, "text")
        if text:
            news = self._news(body)
            yield from self._items.say(
                seen, item, Role.ASSISTANT, text, part=_part(body), is_whole=True, **news
            )

    def _news(self, body: Body) -> dict[str, Any]:
        """What an event of a response tells of its item."""
        response = id_of(body, "response_id")
        if response is None:
            return {}
        return {"response": response, "is_audible": self._is_heard.get(response)}

    # -- tool calls ----------------------------------------------------------------------------------

    def _on_arguments(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.calls.called(
            seen,
            self._items.calls.id_of(body),
            name=text_of(body, "name"),
            arguments=text_of(body, "arguments"),
            item=id_of(body, "item_id"),
            response=id_of(body, "response_id"),
        )

    def _on_call_failed(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.calls.returned(seen, self._items.calls.id_of(body), None, "failed")

    # -- responses -----------------------------------------------------------------------------------

    def _on_response(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """`conversation_id` null is out of band: not said to the caller, whatever it holds."""
        response = object_of(body, "response")
        key = id_of(response, "id")
        conversation = id_of(response, "conversation_id")
        is_out_of_band = "conversation_id" in response and conversation in (None, "none")
        modalities = response.get("output_modalities", response.get("modalities"))
        is_silent = isinstance(modalities, list) and bool(modalities) and "audio" not in modalities
        if key:
            self._is_heard[key] = not (is_out_of_band or is_silent)
        if not is_out_of_band:
            yield from self._session.identify(seen, {"conversation_id": conversation})
        yield from self._session.read_formats(seen, response)

    def _on_output(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.take(seen, object_of(body, "item"), {}, **self._news(body))

    def _on_output_done(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self._items.take(seen, object_of(body, "item"), {}, is_final=True, **self._news(body))

    def _on_response_done(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Last chance for items whose own events are missing; the rest is known and gives nothing."""
        response = object_of(body, "response")
        key = id_of(response, "id")
        details = object_of(response, "status_details")
        status = text_of(response, "status") or "completed"
        news = self._news({"response_id": key})
        for item in objects_of(response, "output"):
            if id_of(item, "id"):
                yield from self._items.take(seen, item, {}, is_final=True, **news)
        if key:
            yield from self._items.close_all(
                seen, key, "completed" if status == "completed" else "incomplete"
            )
        error = object_of(details, "error")
        if error:
            yield problem(seen, error, "response_failed")
        yield ResponseEnded(
            seen=seen,
            response=key,
            status=status,
            reason=text_of(details, "reason") or text_of(error, "code") or text_of(error, "type"),
            usage=usage_of(response, "usage"),
        )


def _part(body: Body) -> int:
    return whole_of(body, "content_index") or 0


def _confidence(body: Body) -> float | None:
    """How sure the transcription is: geometric mean of its tokens' probabilities, where they are given."""
    logprobs = [token.get("logprob") for token in objects_of(body, "logprobs")]
    known = [value for value in logprobs if isinstance(value, int | float) and -700 < value <= 0]
    return round(math.exp(sum(known) / len(known)), 6) if known and len(known) == len(logprobs) else None
