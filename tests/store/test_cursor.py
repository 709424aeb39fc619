import pytest

from earwitness.errors import InvalidInput
from earwitness.store import cursor


def test_a_cursor_names_the_place_it_was_written_for() -> None:
    assert cursor.read(cursor.write("newest", 12, "id"), tuple[str, int, str]) == ("newest", 12, "id")


@pytest.mark.parametrize("text", ["nonsense", "é", "", cursor.write("newest", "x"), cursor.write(1)])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        cursor.read(text, tuple[str, int])
