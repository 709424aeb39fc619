"""What these tests share."""

from by_hand import legs, library

__all__ = ["legs", "library"]
