"""What a conversation cost, by the prices that are set and the usage that the provider reported."""

from collections.abc import Mapping
from typing import Any

from earwitness.model.conversation import Conversation
from earwitness.settings.understanding import Price

MILLION = 1_000_000
_NS_PER_MINUTE = 60_000_000_000


def cost(conversation: Conversation, prices: Mapping[str, Price]) -> float | None:
    """In the currency of the prices; None where no price is set for any of its providers.

    Usage is reported of the whole conversation: it is priced as the first of its providers that has prices
    for tokens or credits.
    """
    known = [(leg, prices[leg.provider]) for leg in conversation.legs if leg.provider in prices]
    if not known:
        return None
    total = 0.0
    for leg, price in known:
        until_ns = conversation.duration_ns if leg.closed_ns is None else leg.closed_ns
        total += price.per_call + price.per_minute * max(until_ns - leg.opened_ns, 0) / _NS_PER_MINUTE
    by_usage = next((of for of in (_of_usage(conversation.usage, price) for _, price in known) if of), 0.0)
    return round(total + by_usage, 6)


def _of_usage(usage: Mapping[str, Any], price: Price) -> float:
    given = _details(usage, "input_token_details")
    made = _details(usage, "output_token_details")
    cached = _details(given, "cached_tokens_details")
    tokens = (
        max(_number(given, "text_tokens") - _number(cached, "text_tokens"), 0.0) * price.text_in
        + max(_number(given, "audio_tokens") - _number(cached, "audio_tokens"), 0.0) * price.audio_in
        + _number(given, "cached_tokens") * price.cached_in
        + _number(made, "text_tokens") * price.text_out
        + _number(made, "audio_tokens") * price.audio_out
    )
    return tokens / MILLION + _number(usage, "credits") * price.per_credit


def _details(usage: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = usage.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(usage: Mapping[str, Any], name: str) -> float:
    found = usage.get(name, 0)
    return float(found) if isinstance(found, int | float) else 0.0
