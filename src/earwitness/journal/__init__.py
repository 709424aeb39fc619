"""The flight recorder's file: what one leg carried, byte for byte, crash-proof.

Knows records, blocks and segments. Must not know what a conversation, a message or a provider is.
"""
