"""The face for people at a terminal, and for scripts.

One file a command (or a small family). Must not know what a conversation is made of: it asks the library.
"""

from earwitness.cli.group import main

__all__ = ["main"]
