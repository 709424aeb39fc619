"""How bytes come in: the tap between a caller and its provider, and the recorder inside a program.

Knows sockets, HTTP heads and WebSocket frames. Must not know what a message means or who keeps it.
"""
