"""Both sides of a call to all their files in one pass: decoded once, resampled once."""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from earwitness.audio.codecs import Samples
from earwitness.audio.files import TrackFile, stereo
from earwitness.audio.waveform import PeakMeter, Waveform


def write_tracks(
    caller: Iterable[Samples],
    agent: Iterable[Samples],
    *,
    rate_hz: int,
    caller_files: Sequence[Path] = (),
    agent_files: Sequence[Path] = (),
    stereo_files: Sequence[Path] = (),
) -> Waveform:
    """Writes every file named, in the format its ending says, and gives the stereo waveform.

    All files are equally long: a side that ends first is silent to the end. Left is the caller. Each file
    appears whole or not at all (see `TrackFile`); where a disk fails at the end, some may be there.
    """
    meter = PeakMeter(rate_hz=rate_hz, channels=2)
    with ExitStack() as stack:
        both, *sides = (
            [stack.enter_context(TrackFile(path, rate_hz=rate_hz, channels=channels)) for path in paths]
            for paths, channels in ((stereo_files, 2), (caller_files, 1), (agent_files, 1))
        )
        for block in stereo(caller, agent):
            meter.add(block)
            for file in both:
                file.write(block)
            for channel, files in enumerate(sides):
                if files:
                    samples = np.ascontiguousarray(block[:, channel])
                    for file in files:
                        file.write(samples)
    return meter.waveform()
