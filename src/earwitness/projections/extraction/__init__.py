"""Fields of a schema, found in what was said and in what tools were asked: rules alone, no model.

Pure functions of a `Conversation`. Must not know where values are stored or who asks for them.
"""
