"""An endpoint that speaks OpenAI's chat completions: says what a test wants, remembers what it was asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class ModelServer:
    """`answer` is what the model writes; `body`, where set, the whole of what the endpoint sends."""

    def __init__(self) -> None:
        self.answer = "{}"
        self.body: bytes | None = None
        self.status = 200
        self.finish_reason = "stop"
        self.drips: threading.Event | None = None  # until it is set, spaces come, one by one
        self.usage = {"prompt_tokens": 120, "completion_tokens": 30, "total_tokens": 150}
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def document(self) -> bytes:
        message = {"role": "assistant", "content": self.answer, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason, "logprobs": None}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_763_648_000, "model": "m"}
        return json.dumps({**head, "choices": [choice], "usage": self.usage}).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(json.loads(asked))
                server.headers.append({name.lower(): value for name, value in self.headers.items()})
                server.paths.append(self.path)
                body = server.document() if server.body is None else server.body
                self.send_response(server.status)
                self.send_header("Content-Type", "application/json")
                if server.drips is None:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    while server.drips is not None and not server.drips.wait(0.05):
                        self.wfile.write(b" ")
                    self.wfile.write(body)
                except OSError:
                    pass  # whoever asked has gone

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
