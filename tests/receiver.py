"""A program that webhooks are sent to."""

import threading

from loopback import Answer, Asked, Loopback

SECRET = "whsec_bWFkZSB1cCBmb3IgdGVzdHM="


class Receiver(Loopback):
    """Answers with `status`, and leads on to `location`; `got` is what came."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 204
        self.location = ""
        self.got: list[tuple[dict[str, str], bytes, str]] = []  # headers, body, path
        self.came = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?a=1"

    def respond(self, asked: Asked) -> Answer:
        self.got.append((asked.headers, asked.body, asked.path))
        self.came.set()
        return Answer(self.status, {"Location": self.location} if self.location else {})
