"""What a call cost: by the legs' time, by tokens of each kind, by credits; nothing where no price is set."""

from dataclasses import replace

import pytest

from earwitness.model.conversation import Conversation, Leg
from earwitness.projections.cost import cost
from earwitness.settings.understanding import Price

LEG = Leg(id="a", provider="openai", way="tap", route="", opened_ns=0, closed_ns=90_000_000_000)
CALL = Conversation(id="c", ended_ns=120_000_000_000, legs=(LEG,))


def test_a_call_without_a_price_has_no_cost_and_none_is_not_free():
    assert cost(CALL, {}) is None
    assert cost(CALL, {"hume": Price(per_call=1)}) is None
    assert cost(CALL, {"openai": Price()}) == 0


def test_every_leg_pays_for_its_time_and_an_open_one_until_the_end():
    legs = (LEG, replace(LEG, id="b", provider="twilio", opened_ns=60_000_000_000, closed_ns=None))
    call = replace(CALL, legs=legs)
    prices = {"openai": Price(per_minute=0.1), "twilio": Price(per_minute=1.0, per_call=0.5)}
    assert cost(call, prices) == pytest.approx(0.15 + 0.5 + 1.0)


def test_tokens_are_paid_by_kind_and_what_was_cached_is_not_paid_twice():
    usage = {
        "input_token_details": {
            "text_tokens": 1000,
            "audio_tokens": 2000,
            "cached_tokens": 500,
            "cached_tokens_details": {"text_tokens": 400, "audio_tokens": 100},
        },
        "output_token_details": {"text_tokens": 300, "audio_tokens": 700},
    }
    price = Price(text_in=4, audio_in=32, cached_in=0.4, text_out=16, audio_out=64)
    wanted = (600 * 4 + 1900 * 32 + 500 * 0.4 + 300 * 16 + 700 * 64) / 1e6
    assert cost(replace(CALL, usage=usage), {"openai": price}) == pytest.approx(wanted)


def test_credits_are_paid_where_a_provider_counts_in_them():
    assert cost(replace(CALL, usage={"credits": 120}), {"openai": Price(per_credit=0.01)}) == pytest.approx(
        1.2
    )


@pytest.mark.parametrize(
    "usage", [{"input_token_details": 3}, {"credits": "many"}, {"output_token_details": None}]
)
def test_a_usage_of_another_shape_costs_nothing_and_breaks_nothing(usage):
    assert cost(replace(CALL, usage=usage), {"openai": Price(text_in=1, per_credit=1)}) == 0
