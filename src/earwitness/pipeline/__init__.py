"""The line: from journals to conversations, rows and files. Written once, live and rebuild alike.

Knows every room right of the journal, and nothing of sockets. All of it is plain synchronous code.
"""
