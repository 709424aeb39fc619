"""Shapes of documents: names, their order, types, at every depth."""

import re

ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NAIVE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}")


def check_shape(value, shape):
    """Exactly these names, in this order, of these types, at every depth."""
    if isinstance(shape, dict):
        assert list(value) == list(shape)
        for name, inner in shape.items():
            check_shape(value[name], inner)
    elif isinstance(shape, list):
        assert value
        for each in value:
            check_shape(each, shape[0])
    elif isinstance(shape, re.Pattern):
        assert shape.fullmatch(value)
    else:
        assert isinstance(value, shape)
        assert not isinstance(value, bool)
