"""What a conversation says of the fields of a schema: every value with its source, the last word counts.

Tools come first: what the application asked of them it had understood. Then what the caller said, by rules;
what the agent repeated counts where the caller said nothing. A later word overrules an earlier one; what a
tool was asked is overruled only by words that correct something, or that answer a question for the field.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Message, ToolCall
from earwitness.model.events import Role
from earwitness.projections.extraction.rules import Found, find
from earwitness.projections.extraction.schema import PRIVATE, Field, Schema, plain
from earwitness.projections.extraction.spoken import written
from earwitness.projections.moments import instant
from earwitness.projections.naming import call_id
from earwitness.projections.transcript import spoken

TOOL, RULE, REPEATED, LLM = "tool_argument", "rule", "repeated_by_agent", "llm"
REPEATED_CONFIDENCE = 0.6

_CORRECTS = re.compile(
    r"\b(no|nope|not|actually|sorry|correction|wrong|instead|i mean|i meant|rather|change (?:it|that)"
    r"|should be|scratch)\b",
    re.I,
)
_SOMEBODY_ELSES = re.compile(
    r"\b(used to|my old|previous(?:ly)?|sold|before (?:this|that)|traded|last car|rental|the other driver"
    r"|hit by|my (?:wife|husband|son|daughter|friend|neighbou?r|brother|sister|mother|father|mom|dad|boss)"
    r"(?:'s)?)\b",
    re.I,
)
_ASKS = {
    "year": r"\byear\b",
    "make": r"\b(make|what (?:kind of )?(?:car|vehicle)|which (?:car|vehicle))\b",
    "model": r"\b(model|what (?:kind of )?(?:car|vehicle)|which (?:car|vehicle))\b",
    "zip": r"\b(zip|postal|postcode)\b",
    "phone": r"\b(phone|number|reach|call you)\b",
    "email": r"\b(e-?mail)\b",
}


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """One value of one field, and where it is from."""

    field: str
    value: str
    method: str  # tool_argument, rule, repeated_by_agent, llm
    confidence: float  # 0 to 1
    at_ms: int  # on the conversation's clock
    message: str | None = None  # key of the message it stands in
    tool_call: str | None = None  # key of the tool call

    def outranks(self, other: "Value", *, corrects: bool) -> bool:
        """Does this later word overrule that earlier one?"""
        if self.method == REPEATED:
            return other.method == REPEATED
        return other.method != TOOL or self.method == TOOL or corrects


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """All values that were ever found, and which of them hold at the end."""

    schema: Schema
    values: tuple[Value, ...]  # in the order of time
    holding: tuple[tuple[int, Value], ...]  # (from which ms on, the value that then holds for its field)

    def at(self, at_ms: int | None = None) -> dict[str, Value]:
        """By field, what was known at a moment; without one, at the end."""
        known: dict[str, Value] = {}
        for since_ms, value in self.holding:
            if at_ms is None or since_ms <= at_ms:
                known[value.field] = value
        return {field.name: known[field.name] for field in self.schema.fields if field.name in known}

    def shown(self, at_ms: int | None = None) -> dict[str, str | float | bool]:
        """The same as may be shown to anybody: telephone numbers and mail addresses masked, numbers and
        flags as such where the schema wants them so."""
        fields = {field.name: field for field in self.schema.fields}
        return {
            name: PRIVATE.get(fields[name].kind) or fields[name].typed(value.value)
            for name, value in self.at(at_ms).items()
        }


def extract(conversation: Conversation, schema: Schema, more: Iterable[Value] = ()) -> Extraction:
    """Find the fields of the schema. `more`: values that somebody else found, e.g. a language model."""
    steps = sorted(_steps(conversation, schema), key=lambda step: step[0])
    known: dict[str, Value] = {}
    values: list[Value] = []
    holding: list[tuple[int, Value]] = []
    asked = ""
    for _, what in steps:
        if isinstance(what, ToolCall):
            found, words = list(_of_tool(what, schema)), ""
        else:
            found, words = list(_of_message(what, schema, asked, known)), spoken(what)
        for value in found:
            values.append(value)
            corrects = bool(_CORRECTS.search(words)) or _is_answer(schema, value.field, asked)
            if (before := known.get(value.field)) is None or value.outranks(before, corrects=corrects):
                known[value.field] = value
                holding.append((value.at_ms, value))
        if isinstance(what, Message) and what.role is Role.ASSISTANT:
            asked = words
    for value in more:
        values.append(value)
        if value.field not in known:
            known[value.field] = value
            holding.append((value.at_ms, value))
    return Extraction(schema=schema, values=tuple(values), holding=tuple(holding))


def document(conversation: Conversation, found: Extraction) -> dict[str, Any]:
    """`extraction.json`: `data` as it may be shown, and every value with its source; nothing unmasked."""
    masks = {field.name: PRIVATE.get(field.kind) for field in found.schema.fields}
    holding = {id(value) for value in found.at().values()}
    return {
        "conversation_id": conversation.id,
        "schema": found.schema.name,
        "data": found.shown(),
        "values": [
            {
                **msgspec.to_builtins(value),
                "value": masks[value.field] or value.value,
                "holds": id(value) in holding,
            }
            for value in found.values
        ],
        "extracted_at": instant(conversation, conversation.duration_ns),
    }


def named_document(conversation: Conversation, found: Extraction) -> dict[str, Any]:
    """The same in the shape that loggers of realtime sessions keep: names, fields, when."""
    return {
        "conversationId": conversation.id,
        "sessionId": call_id(conversation),
        **found.shown(),
        "extractedAt": instant(conversation, conversation.duration_ns),
    }


def _steps(of: Conversation, schema: Schema) -> Iterator[tuple[int, Message | ToolCall]]:
    for message in of.messages:
        if message.role is not Role.SYSTEM and not message.is_inserted and spoken(message):
            yield message.started_ns, message
    for call in of.tool_calls:
        yield call.called_ns, call


def _of_tool(call: ToolCall, schema: Schema) -> Iterator[Value]:
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return
    names = {plain(name): field for field in schema.fields for name in (field.name, *field.aliases)}
    for name, value in _flat(arguments):
        field = names.get(plain(name))
        if field is not None and (text := _normal(field, value)):
            yield Value(
                field=field.name,
                value=text,
                method=TOOL,
                confidence=0.95,
                at_ms=call.called_ns // NS_PER_MS,
                tool_call=call.key,
            )


def _flat(part: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(part, Mapping) and depth < 5:
        for name, inner in part.items():
            if isinstance(inner, Mapping | list):
                yield from _flat(inner, depth + 1)
            else:
                yield str(name), inner
    elif isinstance(part, list) and depth < 5:
        for inner in part:
            yield from _flat(inner, depth + 1)


def _normal(field: Field, value: Any) -> str:
    """An argument as the rules would write it; whatever they cannot read, as it stands."""
    is_text = value is not None and (field.kind == "flag" or not isinstance(value, bool))
    text = str(value).strip() if is_text else ""
    if field.kind == "flag":
        return text.lower()
    found = find(field, text, asked=f"what is the {field.kind}, model, make, number")
    return found[-1].value if found else text if len(text) <= 200 else ""


def _of_message(message: Message, schema: Schema, asked: str, known: Mapping[str, Value]) -> Iterator[Value]:
    words = spoken(message)
    is_caller = message.role is Role.USER
    if (
        not is_caller
        and words.rstrip().endswith("?")
        and not re.search(r"\b(so|confirm|correct|right)\b", words, re.I)
    ):
        return  # a question names examples, not what is so
    make = next((v.value for name, v in known.items() if _kind(schema, name) == "make"), "")
    for field in schema.fields:
        found = [each for each in find(field, words, asked, make) if not _is_denied(words, each)]
        if not found or (_SOMEBODY_ELSES.search(words) and not _is_own(words)):
            continue
        best = found[-1] if _CORRECTS.search(words) or field.kind in ("phone", "zip") else found[0]
        yield Value(
            field=field.name,
            value=best.value,
            method=RULE if is_caller else REPEATED,
            confidence=best.confidence if is_caller else REPEATED_CONFIDENCE,
            at_ms=message.started_ns // NS_PER_MS,
            message=message.key,
        )


def _is_own(words: str) -> bool:
    """Does it, beside somebody else's, also speak of the caller's own?"""
    return bool(
        re.search(r"\b(now|mine is|i drive|i have|insure (?:a|my|the|that|this)|new one)\b", words, re.I)
    )


def _is_denied(words: str, found: Found) -> bool:
    """Does the text say that it is not this one?"""
    before = written(words)[: found.at] if found.value.isdigit() else words[: found.at]
    return bool(
        re.search(r"\b(?:not|isn't|wasn't|never)\s+(?:an?\s+|the\s+|in\s+)?(?:\w+\s+)?$", before, re.I)
    )


def _is_answer(schema: Schema, field: str, asked: str) -> bool:
    pattern = _ASKS.get(_kind(schema, field))
    return bool(pattern and re.search(pattern, asked, re.I) and "?" in asked)


def _kind(schema: Schema, name: str) -> str:
    return next(field.kind for field in schema.fields if field.name == name)
