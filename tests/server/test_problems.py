"""Every error is a problem document; none tells how the house is built."""

import pytest

from asked import Asker
from earwitness import errors
from earwitness.server.problems import STATUS


@pytest.mark.parametrize("kind", errors.EarwitnessError.__subclasses__(), ids=lambda kind: kind.__name__)
def test_an_error_of_ours_keeps_its_words_and_its_hint(
    asker: Asker, kind: type[errors.EarwitnessError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise kind("what happened", hint="what to do")

    monkeypatch.setattr(type(asker.library), "page", fail)
    answer = asker.ask("/api/v1/conversations")
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["detail"], problem["hint"]) == ("what happened", "what to do")
    assert answer.status_code == problem["status"] == STATUS.get(kind, 500)
    assert ("Retry-After" in answer.headers) == (answer.status_code == 503)


def test_what_nobody_foresaw_is_answered_without_its_internals(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret of /etc/shadow")

    monkeypatch.setattr(type(asker.library), "page", fail)
    answer = asker.ask("/api/v1/conversations")
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    for inside in ("secret", "shadow", "ZeroDivision", "Traceback", "earwitness/"):
        assert inside not in answer.text
    incident = answer.json()["hint"].split("incident ")[1].split()[0]
    assert incident in caplog.text
    assert "ZeroDivisionError" in caplog.text
