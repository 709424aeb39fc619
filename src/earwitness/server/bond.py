"""What recorder and desk say to each other over two pipes, a line at a time.

To the desk: its settings, then a `RecorderStatus` a second. From the desk: `READY`, or why not.
"""

import msgspec

READY = b"ready\n"


class Refusal(msgspec.Struct, frozen=True):
    """Why the desk could not start, told to the recorder in one line."""

    kind: str
    message: str
    hint: str
