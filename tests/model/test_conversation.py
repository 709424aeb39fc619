"""What the frozen words work out by themselves."""

from earwitness.model.conversation import AudioFormat, Conversation, Leg, Span, ToolCall
from earwitness.model.events import Party

PCM = AudioFormat(encoding="pcm_s16le", rate_hz=24_000)
MULAW = AudioFormat(encoding="mulaw", rate_hz=8000)


def leg(provider: str) -> Leg:
    return Leg(id=provider, provider=provider, way="tap", route=provider, opened_ns=0)


def test_a_span_knows_its_length_from_its_format() -> None:
    def span(format: AudioFormat) -> Span:
        return Span(leg="l", party=Party.AGENT, format=format, from_byte=0, byte_count=48_000, at_ns=500)

    assert (span(PCM).frames, span(PCM).length_ns, span(PCM).end_ns) == (24_000, 10**9, 10**9 + 500)
    assert (span(MULAW).frames, span(MULAW).length_ns) == (48_000, 6 * 10**9)


def test_a_tool_call_without_an_answer_has_no_latency() -> None:
    assert ToolCall(key="l:c", leg="l", call="c", called_ns=5_000_000).latency_ms is None
    assert ToolCall(key="l:c", leg="l", call="c", called_ns=5_000_000, returned_ns=9_999_999).latency_ms == 4


def test_each_provider_is_named_once_in_the_order_of_legs() -> None:
    seen = Conversation(id="c", legs=(leg("twilio"), leg("openai"), leg("twilio")))

    assert seen.providers == ("twilio", "openai")
    assert seen.duration_ns == 0
