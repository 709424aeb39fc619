"""Finding out what a conversation was about, after the call: by rules, or by a language model."""

import functools
import json
from pathlib import Path

from earwitness.errors import InvalidInput, SettingsError
from earwitness.model.conversation import Conversation
from earwitness.projections.extraction.schema import SCHEMAS, Schema, schema_of
from earwitness.projections.understood import Understood
from earwitness.projections.understood import understand as by_rules
from earwitness.settings_understanding import Understanding
from earwitness.understanding.written import understand_with


def understand(conversation: Conversation, how: Understanding) -> Understood:
    """As `how` says. A model that does not answer in time costs nothing but its summary: rules do it then."""
    schema = schema_named(how.schema)
    if how.llm.base_url:
        return understand_with(how.llm, conversation, schema)
    return by_rules(conversation, schema)


@functools.cache
def schema_named(name: str) -> Schema:
    """One of ours, or a JSON Schema in a file. Raises `SettingsError`."""
    if name in SCHEMAS:
        return SCHEMAS[name]
    try:
        return schema_of(json.loads(Path(name).read_text("utf-8")), name=Path(name).stem)
    except (OSError, ValueError, InvalidInput) as error:
        raise SettingsError(
            f"understanding.schema: {name}: {error}",
            hint=f"Name one of ours ({', '.join(SCHEMAS)}) or a file with the JSON Schema of an object.",
        ) from error
