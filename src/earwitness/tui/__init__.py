"""The terminal viewer: looks at recordings over the desk, and listens.

Knows no rows, no files and no journal; what was said is shown as text, never as markup.
"""
