"""Asking a language model for one JSON document: any endpoint that speaks OpenAI's chat completions.

Time, size and cost are capped before anything is sent. Whatever goes wrong is an answer too: `why` says what.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from earwitness.settings.understanding import Llm

LETTERS_PER_TOKEN = 3  # at most so few in any language that is paid for: costs are reckoned from above
LARGEST_ANSWER_BYTES = 1 << 20
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, RecursionError)  # what an odd document brings
_NO_ANSWER = (OSError, http.client.HTTPException, *_BROKEN)


class Answer(msgspec.Struct, frozen=True):
    """The document the model wrote, or why there is none."""

    value: dict[str, Any] | None
    why: str = ""
    cost: float = 0.0  # as reckoned from the tokens that the endpoint counted, in the unit of the prices


def ask(llm: Llm, system: str, data: str, name: str, schema: Mapping[str, Any]) -> Answer:
    """One question, answered within `llm.timeout_s`, for at most `llm.max_cost`.

    `system` says what to do, `data` is what it is done to: the two never mix. The answer is asked for as
    JSON by `schema` (structured output, strict); it is not believed to follow it.
    """
    if not llm.base_url:
        return Answer(None, "no model is configured")
    worst = cost_of(llm, (len(system) + len(data)) // LETTERS_PER_TOKEN, llm.max_output_tokens)
    if worst > llm.max_cost:
        return Answer(None, f"it could cost {worst:.4f}, more than llm.max_cost")
    body = {
        "model": llm.model,
        "messages": [{"role": "system", "content": system}, {"role": "user", "content": data}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": name, "strict": True, "schema": dict(schema)},
        },
        "max_completion_tokens": llm.max_output_tokens,
        "temperature": 0,
    }
    try:
        told = _post(llm, json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"))
        usage = told.get("usage") or {}
        cost = cost_of(llm, int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
        choice = told["choices"][0]
        content = choice["message"].get("content")
        if choice.get("finish_reason") == "length" or not content:
            return Answer(None, "the answer was cut short or refused", cost)
        value = json.loads(content)
    except _NO_ANSWER as error:
        return Answer(None, f"the model did not answer: {error or type(error).__name__}"[:300])
    return (
        Answer(value, "", cost) if isinstance(value, dict) else Answer(None, "the answer is no object", cost)
    )


def cost_of(llm: Llm, input_tokens: int, output_tokens: int) -> float:
    return (input_tokens * llm.input_price + output_tokens * llm.output_price) / 1_000_000


def _post(llm: Llm, body: bytes) -> dict[str, Any]:
    give_up_at = time.monotonic() + llm.timeout_s
    where = urlsplit(llm.base_url)
    if where.scheme == "https":
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            where.netloc, timeout=llm.timeout_s, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(where.netloc, timeout=llm.timeout_s)
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if llm.api_key:
        headers["Authorization"] = f"Bearer {llm.api_key}"
    try:
        connection.request("POST", where.path.rstrip("/") + "/chat/completions", body, headers)
        _hurry(connection.sock, give_up_at)
        response = connection.getresponse()
        text = bytearray()
        while chunk := response.read1(65_536):
            text += chunk
            if len(text) > LARGEST_ANSWER_BYTES:
                raise ValueError("the answer is too long")
            _hurry(connection.sock, give_up_at)
        if response.status != 200:
            raise ValueError(f"HTTP {response.status}")
        told = json.loads(text)
    finally:
        connection.close()
    if not isinstance(told, dict):
        raise ValueError("the answer is no object")
    return told


def _hurry(sock: socket.socket | None, give_up_at: float) -> None:
    """What is left of the time is all that the next step may take."""
    left = give_up_at - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    if sock is not None:
        sock.settimeout(left)
