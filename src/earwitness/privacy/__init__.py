"""What protects the people on record: the audit trail and its proof, keys, holds, erasure.

Knows the store and the journal. Must not know how a provider speaks, nor which face asks.
"""
