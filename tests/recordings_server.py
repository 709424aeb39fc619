"""A server that recordings of calls are fetched from."""

from base64 import b64encode

from loopback import Answer, Asked, Loopback

ACCOUNT, TOKEN = "AC1", "token made up"
PROOF = "Basic " + b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()


class RecordingsServer(Loopback):
    """Gives `sound` to whoever knows the token; `status` and `location` are what it answers instead."""

    def __init__(self, sound: bytes = b"") -> None:
        super().__init__()
        self.sound, self.status, self.location = sound, 200, ""
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1"

    def respond(self, asked: Asked) -> Answer:
        self.asked.append(asked.path)
        if asked.headers.get("authorization") != PROOF:
            return Answer(401)
        moved = {"Location": self.location} if self.location else {}
        return Answer(self.status, moved, [self.sound] if self.status == 200 else [])
