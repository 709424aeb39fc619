"""Versions of the schema, for Alembic. `earwitness.store.migrate` runs them; nothing else does."""
