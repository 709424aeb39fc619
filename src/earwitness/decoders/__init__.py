"""The bridge: records of the wire in, the model's events out. One file (or a few) per provider.

This room reads no clock, does no I/O and never raises for what a record holds; it knows no store and no face.
"""

from collections.abc import Iterable, Iterator

from earwitness.decoders.leg import LegDecoder
from earwitness.journal.record import Record
from earwitness.model.events import Event

__all__ = ["LegDecoder", "decode"]


def decode(records: Iterable[Record], *, leg: str = "") -> Iterator[Event]:
    """All events of one whole leg, in order; `LegClosed(why="crash")` last if it never ended.

    `leg` is the leg's id as known from elsewhere; it serves only where the first record is lost.
    """
    decoder = LegDecoder(leg)
    for record in records:
        yield from decoder.feed(record)
    yield from decoder.finish()
