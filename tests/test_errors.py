"""The family of errors: what a caller may rely on."""

import inspect
import re

from earwitness import errors
from earwitness.errors import EarwitnessError, NotFound


def leaves() -> dict[str, type[EarwitnessError]]:
    return {
        name: kind
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, EarwitnessError) and kind is not EarwitnessError
    }


def test_an_error_carries_message_hint_and_facts() -> None:
    error = NotFound("no conversation abc", hint="List them with `earwitness list`.", id="abc")
    assert str(error) == "no conversation abc"
    assert error.hint.startswith("List them")
    assert error.facts == {"id": "abc"}


def test_there_are_at_most_eight_leaves_all_directly_below_the_base() -> None:
    assert 0 < len(leaves()) <= 8
    assert all(kind.__bases__ == (EarwitnessError,) for kind in leaves().values())


def test_the_drawn_tree_shows_exactly_the_errors_there_are() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert sorted(drawn) == sorted(leaves())
