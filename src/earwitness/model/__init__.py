"""What a conversation is: its events, its items, and how the one becomes the other.

Imports nothing of ours but errors. Must not know a wire, a file, a clock or a sample.
"""
