"""Calls that never took place, told by their wire and by the truth: hours in seconds, on their own clock.

`script` says what happens in the world, `wires` how each provider tells it, `world` plays it, `compare` holds
a recorder's tracks against the ear and the mouth.
"""
