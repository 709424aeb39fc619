"""A process that records numbered frames, to be killed: `python journal_load.py ROOT LEGS SECONDS [options]`.

Prints, unbuffered: `leg NAME FOLDER` for each leg, `acked NAME NUMBER` after each sync that returned true,
`seen NAME NUMBER MONOTONIC_NS` for each frame appended, `alarm LINE`, `red REASON` and `green` when health
changes. A frame is its number in decimal and a space, filled to 381 bytes.
"""

import os
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from earwitness.clock import SystemClock
from earwitness.journal.record import Kind, Origin
from earwitness.journal.writer import Journal, Limits

FRAME_BYTES = 381


def frame(number: int) -> bytes:
    return b"%d " % number + b"x" * (FRAME_BYTES - len(str(number)) - 1)


def tell(line: str) -> None:
    os.write(1, line.encode() + b"\n")


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("root", type=Path)
    parser.add_argument("legs", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--frame-ms", type=float, default=5)
    parser.add_argument("--ack-every", type=int, default=10)
    parser.add_argument("--segment-bytes", type=int, default=64 << 20)
    parser.add_argument("--close-s", type=float, default=10)
    parser.add_argument("--no-sync", action="store_true", help="the negative control: a sync that lies")
    options = parser.parse_args()
    if options.no_sync:
        os.fdatasync = os.fsync = lambda _: None
    clock = SystemClock()
    limits = Limits(segment_bytes=options.segment_bytes)
    journal = Journal(options.root, limits=limits, on_alarm=lambda line: tell(f"alarm {line}"))
    legs = [journal.open_leg(f"leg-{os.getpid()}-{index}") for index in range(options.legs)]
    for leg in legs:
        tell(f"leg {leg.leg} {leg.folder}")
    end = time.monotonic() + options.seconds
    turn = 0
    is_red = False
    while time.monotonic() < end:
        for leg in legs:
            at = clock.now()
            number = leg.append(at, Origin.CLIENT, Kind.TEXT, frame(turn))
            tell(f"seen {leg.leg} {number} {at.monotonic_ns}")
        if options.ack_every and turn % options.ack_every == options.ack_every - 1:
            for leg in legs:
                if leg.sync(2.0, since=0):
                    tell(f"acked {leg.leg} {turn}")
        health = journal.health()
        if health.is_red != is_red:
            is_red = health.is_red
            tell(f"red {health.reason}" if is_red else "green")
        turn += 1
        time.sleep(options.frame_ms / 1000)
    journal.close(options.close_s)
    tell("closed")


if __name__ == "__main__":
    sys.exit(main())
