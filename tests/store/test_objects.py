import pytest

from earwitness.errors import InvalidInput
from earwitness.store.objects import path_for


def test_an_artifact_lies_under_its_day_in_utc() -> None:
    began_at_ns = 1_763_679_599_999_999_999  # 2025-11-20T22:59:59.999999999Z
    assert path_for(began_at_ns, "0190-ab", "stereo.flac") == "conversations/2025-11-20/0190-ab/stereo.flac"
    with pytest.raises(InvalidInput):
        path_for(began_at_ns, "../0190", "stereo.flac")
