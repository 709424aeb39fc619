"""All conversations in columns: five tables of Parquet in the object store, and metrics asked of them.

Knows no face and no provider. What anybody said is not in it.
"""
