"""JSON and Markdown."""

import json
from pathlib import Path

from earwitness.library import Library
from exported import chat, text_of
from imported import library
from recorded import recording

__all__ = ["library"]


def test_json_holds_the_document_and_all_that_was_found_out() -> None:
    order = recording().call("openai", "order")
    told = json.loads(text_of(order, "json"))
    assert told["messages"] == json.loads(json.dumps(order.document()["messages"]))
    assert told["summary"]["outcome"] == "place_order_completed"
    assert told["extraction"]["data"]
    assert told["analytics"]["summary"]["totalMessages"] == 9
    line = text_of(order, "jsonl")
    assert line.count("\n") == 1
    assert json.loads(line) == told


def test_markdown_tells_facts_words_and_tools() -> None:
    told = text_of(recording().call("openai", "order"), "markdown")
    for words in (
        "| Outcome | place\\_order\\_completed |",
        "mushroom pizza",
        "**Caller** 00:00:0",
        "## Tool",
    ):
        assert words in told


def test_what_was_said_is_no_markup(library: Library, tmp_path: Path) -> None:
    said = "<script>x</script> [a](javascript:b) ![i](http://t/x) **b** | c\n# head\n- list"
    told = text_of(chat(library, tmp_path, said, "1. one"), "markdown")
    harmless = r"\<script\>x\</script\> \[a\](javascript:b) \!\[i\](http://t/x) \*\*b\*\* \| c \# head - list"
    assert harmless in told
    assert "\n\\1. one" in told
