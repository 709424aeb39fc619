"""A mail server that takes what it is sent (RFC 5321, as much as one mail needs)."""

import socketserver
import threading
from email import message_from_bytes
from email.message import Message


class Mailbox:
    """Mails that came, in order, each with whom it is for."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], Message]] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                to: list[str] = []
                self.say("220 mailbox")
                for line in self.rfile:
                    verb = line.decode().strip().upper()
                    if verb.startswith("RCPT TO:"):
                        to.append(line.decode().partition("<")[2].partition(">")[0])
                    if verb == "DATA":
                        self.say("354 go on")
                        outer.got.append(
                            (to, message_from_bytes(b"".join(iter(self.rfile.readline, b".\r\n"))))
                        )
                    self.say("221 bye" if verb == "QUIT" else "250 ok")
                    if verb == "QUIT":
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def port(self) -> int:
        port: int = self.server.server_address[1]
        return port

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
