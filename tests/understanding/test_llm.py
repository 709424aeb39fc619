"""Asking a model, against an endpoint of our own that answers as OpenAI's does, by its official client."""

import socket
import threading
import time
from collections.abc import Iterator

import openai
import pytest

from earwitness.settings.understanding import Llm
from earwitness.understanding.llm import ask, cost_of
from model_server import ModelServer

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


def test_the_endpoint_of_these_tests_speaks_as_the_official_client_expects(server: ModelServer) -> None:
    server.answer = '{"a": "b"}'
    with openai.OpenAI(base_url=server.url, api_key="k") as client:
        told = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
    assert told.choices[0].message.content == server.answer
    assert told.usage is not None
    assert told.usage.prompt_tokens == server.usage["prompt_tokens"]


def test_a_question_is_asked_as_the_official_client_would_ask_it(server: ModelServer) -> None:
    server.answer = '{"a": "b"}'
    llm = Llm(base_url=server.url, model="m", api_key="secret", input_price=1.0, output_price=10.0)
    answer = ask(llm, "do this", "to that", "thing", SCHEMA)
    assert answer.value == {"a": "b"}
    assert answer.cost == cost_of(llm, server.usage["prompt_tokens"], server.usage["completion_tokens"]) > 0
    assert server.headers[-1]["authorization"] == "Bearer secret"
    wanted = {"type": "json_schema", "json_schema": {"name": "thing", "strict": True, "schema": SCHEMA}}
    with openai.OpenAI(base_url=server.url, api_key="secret", max_retries=0) as client:
        client.chat.completions.create(
            model="m",
            messages=[{"role": "system", "content": "do this"}, {"role": "user", "content": "to that"}],
            response_format=wanted,  # type: ignore[arg-type]
            max_completion_tokens=llm.max_output_tokens,
            temperature=0,
        )
    ours, theirs = zip(server.paths, server.requests, strict=True)
    assert ours == theirs
    assert ours[0] == "/v1/chat/completions"


def test_what_could_cost_too_much_is_not_asked(server: ModelServer) -> None:
    llm = Llm(base_url=server.url, model="m", input_price=1_000.0, max_cost=0.01)
    answer = ask(llm, "do", "x" * 10_000, "thing", SCHEMA)
    assert answer.value is None
    assert "max_cost" in answer.why
    assert server.requests == []


@pytest.mark.parametrize("answer", ["no JSON", "[]", "", "null", "[" * 100_000])
def test_an_answer_that_is_no_document_is_none_and_says_why(server: ModelServer, answer: str) -> None:
    server.answer = answer
    told = ask(Llm(base_url=server.url, model="m"), "do", "that", "thing", SCHEMA)
    assert told.value is None
    assert told.why


BODIES = [b"", b"{}", b"[]", b'{"choices": []}', b'{"choices": [{"message": null}]}', b"\xff"]


@pytest.mark.parametrize("body", BODIES)
def test_an_endpoint_that_says_something_else_is_none_and_says_why(server: ModelServer, body: bytes) -> None:
    server.body = body
    told = ask(Llm(base_url=server.url, model="m"), "do", "that", "thing", SCHEMA)
    assert told.value is None
    assert "did not answer" in told.why


def test_an_error_or_a_cut_answer_is_none_and_says_why(server: ModelServer) -> None:
    server.answer, server.finish_reason = '{"a": "b"}', "length"
    llm = Llm(base_url=server.url, model="m")
    assert "cut short" in ask(llm, "do", "that", "thing", SCHEMA).why
    server.status = 429
    assert "429" in ask(llm, "do", "that", "thing", SCHEMA).why


def test_an_endpoint_that_drips_is_left_when_the_time_is_over(server: ModelServer) -> None:
    server.drips = threading.Event()
    began = time.monotonic()
    told = ask(Llm(base_url=server.url, model="m", timeout_s=0.5), "do", "that", "thing", SCHEMA)
    server.drips.set()
    assert told.value is None
    assert time.monotonic() - began < 5


def test_nobody_there_or_nothing_set_is_none_and_says_why() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        assert "did not answer" in ask(Llm(base_url=url, timeout_s=1), "do", "x", "t", SCHEMA).why
    assert ask(Llm(), "do", "x", "t", SCHEMA).why == "no model is configured"
