"""What a conversation is called by those who know only its provider's ids."""

from earwitness.model.conversation import Conversation
from earwitness.projections.moments import compact

# The nearest to the phone first: it is what an operator has at hand.
_CALL_IDS = ("call_sid", "call_id", "session_id", "conversation_id", "chat_id")
# Whoever answers, as the provider calls it; the model only where the agent has no name.
_AGENT_IDS = ("agent_id", "config_id", "model")


def call_id(conversation: Conversation) -> str:
    """The provider's id of the call, or the conversation's own where it has none."""
    for name in _CALL_IDS:
        for leg in conversation.legs:
            if leg.provider_ids.get(name):
                return leg.provider_ids[name]
    return conversation.id


def recording_id(conversation: Conversation) -> str:
    """`{YYYYmmdd_HHMMSS}_{call_id}`: one name for REST paths and files."""
    return f"{compact(conversation)}_{call_id(conversation)}"


def agent_of(conversation: Conversation) -> str:
    """Which agent answered: as the application says (metadata `agent`), else the provider's id of it, else
    the model; empty where nobody says."""
    said = conversation.metadata.get("agent")
    if isinstance(said, str) and said:
        return said
    for name in _AGENT_IDS:
        for leg in conversation.legs:
            if leg.provider_ids.get(name):
                return leg.provider_ids[name]
    return ""
