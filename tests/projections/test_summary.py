import json
from dataclasses import replace
from typing import Any

from earwitness.model.conversation import Conversation, ToolCall
from earwitness.model.events import Party, Role
from earwitness.projections.summary import document, summarise, text
from store_calls import SECOND, a_call, a_full_call, a_message
from told import CALL, message


def talk(*lines: tuple[str, str], **fields: Any) -> Conversation:
    call = a_call(count=0)
    said = []
    for at, (who, words) in enumerate(lines):
        role, party = (Role.USER, Party.CALLER) if who == "caller" else (Role.ASSISTANT, Party.AGENT)
        said.append(a_message(call.legs[0], at, role=role, party=party, text=words, heard_text=words))
    return replace(call, messages=tuple(said), ended_ns=len(lines) * SECOND, **fields)


QUOTE = talk(
    ("agent", "Hello."),
    ("caller", "Hi."),
    ("caller", "I need a car insurance quote for my 2020 Camry."),
    ("agent", "The premium would be 89 dollars a month with full coverage."),
    ("caller", "That is great, thank you."),
)


def test_the_summary_is_made_of_sentences_that_were_said_the_wish_among_them() -> None:
    summary = summarise(QUOTE)
    assert "Caller: I need a car insurance quote for my 2020 Camry." in summary.text
    assert "Agent: The premium would be 89 dollars a month with full coverage." in summary.text
    assert "Hello" not in summary.text
    assert summary.written_by == "rules"


def test_of_an_answer_that_was_cut_off_only_what_was_heard_is_in_the_summary() -> None:
    asked, answered = talk(
        ("caller", "When do you open?"), ("agent", "We open at nine sharp. Refunds are paid on Fridays.")
    ).messages
    cut = replace(answered, heard_text="We open at nine sharp.")
    summary = summarise(replace(QUOTE, messages=(asked, cut)))
    assert summary.text == "Caller: When do you open? Agent: We open at nine sharp."
    assert "refund" not in summary.topics


def test_topics_are_what_was_spoken_of_most_and_what_tools_did() -> None:
    assert summarise(QUOTE).topics == ("insurance_quote", "vehicle_info", "coverage_options")
    call = ToolCall(key="t", leg="l", call="t", name="bookAppointment", result="{}")
    assert summarise(replace(QUOTE, tool_calls=(call,))).topics[0] in ("book_appointment", "insurance_quote")


def test_what_the_application_says_of_the_end_holds_and_is_told_as_its_word() -> None:
    summary = summarise(a_full_call())
    assert (summary.outcome, summary.outcome_by) == ("quote_completed", "application")
    assert (summary.satisfaction, summary.satisfaction_by) == ("high", "application")


def test_else_tools_and_last_words_tell_how_it_came_out() -> None:
    done = ToolCall(key="t", leg="l", call="t", name="get_quote", result="{}")
    assert summarise(replace(QUOTE, tool_calls=(done,))).outcome == "get_quote_completed"
    broken = replace(done, result=None, error="timeout")
    assert summarise(replace(QUOTE, tool_calls=(broken,))).outcome == "get_quote_failed"
    assert summarise(talk(("agent", "Hello, how can I help?"))).outcome == "no_conversation"
    assert summarise(talk(("agent", "Hello?"), ("caller", "Where is my parcel"))).outcome == "abandoned"
    assert summarise(talk(("caller", "When do you open"), ("agent", "At nine."))).outcome == "answered"
    assert summarise(replace(QUOTE, ended_ns=None)).outcome is None


def test_thanks_and_anger_tell_how_content_the_caller_was() -> None:
    assert summarise(QUOTE).satisfaction == "high"
    angry = talk(("caller", "This is ridiculous, I want my money back"), ("agent", "I am sorry."))
    assert (summarise(angry).satisfaction, summarise(angry).satisfaction_by) == ("low", "rules")
    assert summarise(talk(("caller", "When do you open today?"))).satisfaction is None


def test_a_conversation_without_words_has_a_summary_too() -> None:
    summary = summarise(talk())
    assert (summary.text, summary.topics) == ("", ())
    assert json.loads(json.dumps(document(talk(), summary)))["outcome"] == "no_conversation"


def test_the_document_has_the_figures_beside_and_says_who_wrote_what() -> None:
    told = document(QUOTE, summarise(QUOTE), "the model did not answer")
    assert told["statistics"]["messages"] == 5
    assert told["statistics"]["duration"] == "00:00:05"
    assert (told["written_by"], told["note"]) == ("rules", "the model did not answer")


def test_the_text_tells_the_call_at_a_glance_and_then_its_words() -> None:
    told = text(QUOTE, summarise(QUOTE))
    for line in (
        "Call sess_1",
        "Duration       00:00:05.000",
        "Topics         insurance_quote, vehicle_info, coverage_options",
        "Outcome        answered (by rules)",
        "Summary, by rules:",
        "[00:00:02.000] Caller: I need a car insurance quote for my 2020 Camry.",
    ):
        assert line in told.splitlines()
    running = text(replace(QUOTE, ended_ns=None), summarise(replace(QUOTE, ended_ns=None)))
    assert "Ended          still running" in running
    assert "Outcome        not said" in running


def test_how_both_sides_sounded_is_told_with_who_says_so() -> None:
    said = (
        message(1, Role.USER, "awful", sentiment="negative", sentiment_source="heuristic:vader"),
        message(2, Role.ASSISTANT, "Sorry", sentiment="neutral", sentiment_source="provider"),
    )
    felt, bare = (replace(CALL, messages=m) for m in (said, (message(1, Role.USER, "awful"),)))
    assert "Sentiment      caller negative, agent neutral (by heuristic:vader, provider)\n" in text(
        felt, summarise(felt)
    )
    assert "Sentiment" not in text(bare, summarise(bare))


def test_whose_it_is_what_was_said_of_it_and_why_it_ended_is_told_where_somebody_said_so() -> None:
    call = a_full_call()
    first, second = call.legs
    known = replace(call, legs=(first, replace(second, end_reason="client ended\ncall")))
    lines = text(replace(known, metadata=call.metadata | {"note": "x" * 200}), summarise(known)).splitlines()
    for line in (
        "Subject        RID001",
        "Ended because  client ended call",
        "Metadata       campaign: autumn",
        "               nested: ...",
        f"               note: {'x' * 77}...",
    ):
        assert line in lines
    bare = text(QUOTE, summarise(QUOTE))
    assert not any(word in bare for word in ("Subject", "Ended because", "Metadata"))
