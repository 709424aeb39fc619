"""Recordings as other programs read them: one file per format, nothing of a standard's spelling elsewhere.

A format is told what is recorded and gives text, a piece at a time. It does not know who asks, or where it
goes.
"""
