"""Finding out what a conversation was about, after the call: by rules, or by a language model."""

import functools
import json
import logging
from collections.abc import Callable
from pathlib import Path

from earwitness.errors import InvalidInput, SettingsError
from earwitness.model.conversation import Conversation
from earwitness.projections.extraction.schema import SCHEMAS, Schema, schema_of
from earwitness.projections.understood import Understood
from earwitness.projections.understood import understand as by_rules
from earwitness.redaction.by_hand import NOTHING, ByHand
from earwitness.redaction.policies import Policies
from earwitness.settings import Settings
from earwitness.settings.understanding import Understanding
from earwitness.understanding import sentiment
from earwitness.understanding.written import understand_with

log = logging.getLogger(__name__)


def understand(conversation: Conversation, how: Understanding) -> Understood:
    """As `how` says. A model that does not answer in time costs nothing but its summary: rules do it then."""
    schema = schema_named(how.schema)
    if how.llm.base_url:
        return understand_with(how.llm, conversation, schema)
    return by_rules(conversation, schema)


def policies_of(settings: Settings, by_hand: Callable[[str, str], ByHand] = lambda *_: NOTHING) -> Policies:
    """What is done to a conversation before it is kept: redaction, by rules and `by_hand`, then sentiment
    where none is told.
    """
    by_route = {name: route.redact for name, route in settings.routes.items()}
    if settings.understanding.sentiment == "off":
        return Policies(settings.redact, by_route, by_hand=by_hand)
    if why := sentiment.missing():
        _warn(why)
    return Policies(settings.redact, by_route, sentiment.judged, by_hand)


@functools.cache
def _warn(words: str) -> None:
    """Once: every process of a server opens the library."""
    log.warning("%s", words)


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
