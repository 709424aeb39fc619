"""Spans of the real Agents SDK, kept with their conversation."""

import os
import subprocess
import sys

import pytest
from agents import custom_span, function_span, set_trace_processors, trace

import earwitness


@pytest.fixture
def processor(tmp_path):
    processor = earwitness.trace_processor(data_dir=tmp_path)
    set_trace_processors([processor])
    yield processor
    set_trace_processors([])


def spans_of(recorded):
    marks = [event for event in recorded.events() if getattr(event, "verb", "") == "mark"]
    return [mark.data["span"] for mark in marks]


def test_each_span_is_kept_whole_under_its_parent(tmp_path, processor):
    with (
        trace("Pizza desk", metadata={"desk": "7"}),
        custom_span("quote") as outer,
        function_span("place_order", input='{"size": "large"}', output="4711"),
    ):
        pass
    [recorded] = earwitness.open_library(tmp_path).conversations()
    inner, last = spans_of(recorded)
    assert (inner["span_data"]["name"], inner["span_data"]["output"]) == ("place_order", "4711")
    assert (inner["parent_id"], last["id"], last["parent_id"]) == (outer.span_id, outer.span_id, None)
    assert inner["started_at"] <= inner["ended_at"] <= last["ended_at"]
    assert recorded.row.metadata == {"desk": "7", "workflow": "Pizza desk"}
    assert (recorded.row.status, recorded.conversation.findings) == ("complete", ())


def test_a_trace_is_part_of_the_call_whose_name_its_group_has(tmp_path, processor):
    with earwitness.record(provider="openai", conversation="call-1", data_dir=tmp_path) as leg:
        leg.received({"type": "session.created", "session": {"id": "sess_1"}})
        with trace("Pizza desk", group_id="call-1"), custom_span("quote"):
            pass
    [recorded] = earwitness.open_library(tmp_path).conversations()
    assert sorted(each.provider for each in recorded.conversation.legs) == ["generic", "openai"]
    assert [span["span_data"]["name"] for span in spans_of(recorded)] == ["quote"]


def test_what_was_flushed_is_on_disk_while_the_trace_runs(tmp_path, processor):
    with trace("Pizza desk"):
        with custom_span("quote"):
            pass
        processor.force_flush()
        [recorded] = earwitness.open_library(tmp_path).conversations()
        assert len(spans_of(recorded)) == 1


def test_without_tracing_there_are_no_spans(tmp_path):
    program = f"""
import earwitness
from agents import custom_span, set_trace_processors, trace
set_trace_processors([earwitness.trace_processor(data_dir={str(tmp_path)!r})])
with trace("Pizza desk"), custom_span("quote"):
    pass
"""
    environment = os.environ | {"OPENAI_AGENTS_DISABLE_TRACING": "1"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, timeout=60)
    assert list(earwitness.open_library(tmp_path).conversations()) == []
