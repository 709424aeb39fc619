"""What must not be kept, found and taken out: in words, and in the sound where they were spoken.

Stands between fold and projection. Knows no journal, no store and no face.
"""
