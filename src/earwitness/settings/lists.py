"""Settings that are lists."""


def listed(values: tuple[str, ...] | str) -> tuple[str, ...]:
    """One by one: the environment brings them with commas in between."""
    each = values.split(",") if isinstance(values, str) else values
    return tuple(value.strip() for value in each if value.strip())
