"""A language model's view of a conversation, where one is configured: bounded, and checked.

Must not know who asks or where answers are kept; without a model nothing here is needed.
"""
