"""The face for people at a terminal, and for scripts.

One file a command (or a small family). Must not know what a conversation is made of: it asks the library.
"""

import sys

try:
    from earwitness.cli.group import main
except ModuleNotFoundError as error:  # only the in-process recorder is installed
    sys.exit(f"earwitness: {error.name} is not installed\nhint: pip install 'earwitness[server]'")

__all__ = ["main"]
