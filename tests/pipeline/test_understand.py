import json
from pathlib import Path

import pytest

from earwitness.errors import SettingsError
from earwitness.pipeline.understand import schema_named, understand
from earwitness.settings.understanding import Llm, Understanding
from model_server import ModelServer
from store_calls import a_full_call


def test_without_a_model_rules_find_out_what_can_be_found() -> None:
    found = understand(a_full_call(), Understanding())
    assert found.summary.written_by == "rules"
    assert found.extraction.at()["zipCode"].value == "90210"


def test_with_a_model_it_is_asked_once() -> None:
    with ModelServer() as server:
        server.answer = json.dumps({"summary": "Short."})
        how = Understanding(llm=Llm(base_url=server.url, model="m"))
        assert understand(a_full_call(), how).summary.text == "Short."
        assert len(server.requests) == 1


def test_a_schema_in_a_file_is_used_under_the_name_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "booking.json"
    file.write_text('{"properties": {"zip": {}}}')
    found = understand(a_full_call(), Understanding(schema=str(file)))
    assert (found.extraction.schema.name, found.extraction.shown()) == ("booking", {"zip": "90210"})


def test_a_schema_that_is_none_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("[]")
    for name in ("nothing", str(tmp_path / "bad.json")):
        with pytest.raises(SettingsError) as refused:
            schema_named(name)
        assert refused.value.hint
