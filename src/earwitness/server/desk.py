"""The desk's process: `python -m earwitness.server.desk`, started by the recorder and by nobody else.

Standard input: the settings, then a status a second. Standard output: `ready` once it serves, or a `Refusal`.
"""

import sys

import msgspec

from earwitness.errors import EarwitnessError
from earwitness.server.processes import READY, Refusal, run_desk
from earwitness.settings import Settings


def main() -> int:
    settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings)

    def ready() -> None:
        sys.stdout.buffer.write(READY)
        sys.stdout.buffer.flush()

    try:
        run_desk(settings, sys.stdin.buffer, on_ready=ready)
    except EarwitnessError as error:
        refusal = Refusal(type(error).__name__, str(error), error.hint)
        sys.stdout.buffer.write(msgspec.json.encode(refusal) + b"\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
