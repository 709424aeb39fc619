"""What is understood of a conversation: its summary and the fields of a schema, in one."""

import msgspec

from earwitness.model.conversation import Conversation
from earwitness.projections.extraction.extract import Extraction, extract
from earwitness.projections.extraction.schema import INSURANCE, Schema
from earwitness.projections.summary import Summary, summarise


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    summary: Summary
    extraction: Extraction
    note: str = ""  # why no language model wrote it, where one was to


def understand(conversation: Conversation, schema: Schema = INSURANCE) -> Understood:
    """By rules alone."""
    return Understood(summary=summarise(conversation), extraction=extract(conversation, schema))
