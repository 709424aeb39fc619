"""HTTP servers on this machine that programs under test talk to."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple, Self


class Asked(NamedTuple):
    """A request; the names of its headers in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """`body` is sent piece by piece, as it comes."""

    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    body: Iterable[bytes] = ()


class Loopback(ABC):
    """It runs from when it is made until `close()`. A subclass says what it answers."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @abstractmethod
    def respond(self, asked: Asked) -> Answer:
        """What this server answers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                answer = server.respond(Asked(self.path, headers, body))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for piece in answer.body:
                        self.wfile.write(piece)
                except OSError:
                    pass  # whoever asked has gone

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler
