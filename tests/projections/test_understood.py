from earwitness.projections.extraction.schema import schema_of
from earwitness.projections.understood import understand
from store_calls import a_full_call


def test_rules_find_summary_and_fields_of_any_schema() -> None:
    found = understand(a_full_call(), schema_of({"properties": {"zip": {}}}))
    assert found.summary.outcome == "quote_completed"
    assert found.extraction.shown() == {"zip": "90210"}
    assert found.note == ""
