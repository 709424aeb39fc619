"""Samples only: decoding, resampling, placing on a clock, writing files, drawing waveforms.

Must not know what a conversation, a journal or a provider is: bytes, places in time and numbers come in.
"""
