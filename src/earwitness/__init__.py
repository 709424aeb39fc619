"""Earwitness: the flight recorder for voice agents.

What is imported from here is the public Python surface. It loads nothing heavy until it is used.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("earwitness")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+unknown"

__all__ = ["__version__"]
