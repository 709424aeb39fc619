"""The face for programs and browsers: REST, live streams, pages, and the processes that serve them.

Knows HTTP. Must not know what a conversation is made of: it asks the library.
"""
