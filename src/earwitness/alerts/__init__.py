"""Rules over what is recorded: which hold now, since when, and who is told.

Knows no conversation's words and no way to tell anybody: that is `outbound`.
"""
