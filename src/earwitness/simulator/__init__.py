"""Callers, a bot and a voice AI made of scripts and real time: nobody needs a key or a telephone to try it.

Knows the providers' wires and the truth of each call it plays. Must not know that anybody records it.
"""
