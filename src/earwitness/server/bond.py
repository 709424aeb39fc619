"""What recorder and desk say to each other over two pipes, a line at a time.

To the desk: its settings, then a `RecorderStatus` a second. From the desk: `Ready`, or a `Refusal`.
"""

import msgspec


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The desk answers, on this port."""

    port: int


class Refusal(msgspec.Struct, frozen=True, tag=True):
    """Why the desk could not start, told to the recorder in one line."""

    kind: str
    message: str
    hint: str
