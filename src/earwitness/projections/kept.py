"""What another recorder's files said of a call, for when it goes out again in the same layout."""

from typing import Any

from earwitness.model.conversation import Conversation


def kept(conversation: Conversation, layout: str, document: str) -> dict[str, Any]:
    """What stood at the head of that document, where the call was imported from this layout and nothing more.

    Words, calls and sound come from the record; names and counts that it does not tell, from here.
    """
    imported = conversation.metadata.get("imported")
    if len(conversation.legs) != 1 or conversation.legs[0].way != "import" or not isinstance(imported, dict):
        return {}
    found = imported.get(document) if imported.get("layout") == layout else None
    return found if isinstance(found, dict) else {}
