"""From a conversation to something a person or a program reads: one artifact, one file.

Pure functions of a `Conversation` (and of samples on demand). Must not write files or ask stores.
"""
