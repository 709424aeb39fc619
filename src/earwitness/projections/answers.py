"""How long each answer took, by the events of the conversation."""

from collections.abc import Iterator

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation
from earwitness.model.events import Role


def response_times_ms(conversation: Conversation) -> list[int]:
    """From the end of what a user said to the beginning of the answer, where one came next.

    An answer that began before the user had finished is none.
    """
    return [ms for _, ms in response_times(conversation)]


def response_times(conversation: Conversation) -> Iterator[tuple[int, int]]:
    """(when the answer began, how long it took) of each, in ms; see `response_times_ms`."""
    asked_ns: int | None = None
    for message in conversation.messages:
        if message.role is Role.USER:
            asked_ns = message.ended_ns
        elif message.role is Role.ASSISTANT and not message.is_inserted:
            if asked_ns is not None and message.started_ns >= asked_ns:
                yield message.started_ns // NS_PER_MS, (message.started_ns - asked_ns) // NS_PER_MS
            asked_ns = None
