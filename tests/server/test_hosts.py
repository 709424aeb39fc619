import pytest

from earwitness.server.hosts import is_harmless, name_of


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        ("127.0.0.1:5001", "127.0.0.1"),
        ("[::1]:5001", "::1"),
        ("Localhost", "localhost"),
        ("evil.example.", "evil.example"),
        ("", ""),
    ],
)
def test_the_name_is_what_stands_before_the_port(authority: str, name: str) -> None:
    assert name_of(authority) == name


@pytest.mark.parametrize("name", ["127.0.0.1", "::1", "10.0.0.7", "localhost", "earwitness", "a.localhost"])
def test_names_that_no_foreign_name_server_answers_for_are_harmless(name: str) -> None:
    assert is_harmless(name)


@pytest.mark.parametrize(
    "name", ["", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "1.2"]
)
def test_every_other_name_has_to_be_configured(name: str) -> None:
    assert not is_harmless(name)
