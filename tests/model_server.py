"""An endpoint that speaks OpenAI's chat completions: says what a test wants, remembers what it was asked."""

import json
import threading
from collections.abc import Iterable
from typing import Any

from loopback import Answer, Asked, Loopback


class ModelServer(Loopback):
    """`answer` is what the model writes; `body`, where set, the whole of what the endpoint sends."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = "{}"
        self.body: bytes | None = None
        self.status = 200
        self.finish_reason = "stop"
        self.drips: threading.Event | None = None  # until it is set, spaces come, one by one
        self.usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def document(self) -> bytes:
        message = {"role": "assistant", "content": self.answer, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason, "logprobs": None}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_763_648_000, "model": "m"}
        return json.dumps({**head, "choices": [choice], "usage": self.usage}).encode()

    def respond(self, asked: Asked) -> Answer:
        self.requests.append(json.loads(asked.body))
        self.headers.append(asked.headers)
        self.paths.append(asked.path)
        body = self.document() if self.body is None else self.body
        headers = {"Content-Type": "application/json"}
        if self.drips is None:
            headers["Content-Length"] = str(len(body))
        return Answer(self.status, headers, self._dripping(body))

    def _dripping(self, body: bytes) -> Iterable[bytes]:
        while self.drips is not None and not self.drips.wait(0.05):
            yield b" "
        yield body
