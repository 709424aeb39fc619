"""Conversations with things in them that must not be kept."""

from dataclasses import replace
from typing import Any

from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import Role
from told import CALL, message


def call(*lines: str, **fields: Any) -> Conversation:
    """A conversation of these lines: `u: ...` of the caller, `a: ...` of the agent."""
    roles = {"u": Role.USER, "a": Role.ASSISTANT}
    messages = tuple(message(number, roles[line[0]], line[3:]) for number, line in enumerate(lines, 1))
    given = {"tool_calls": (), "interruptions": (), "digits": (), "findings": (), "gaps": (), **fields}
    return replace(CALL, messages=messages, **given)


def texts(conversation: Conversation) -> list[str]:
    return [each.text for each in conversation.messages]


RUNNING = {"status": Status.ACTIVE, "ended_ns": None}
