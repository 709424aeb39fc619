from dataclasses import replace

from earwitness.store.tabulate import tabulate
from store_calls import a_full_call, a_leg, a_message


def test_how_the_caller_felt_is_the_mean_of_what_is_known() -> None:
    call, leg = a_full_call(), a_leg(1)
    tones = ("negative", None, "positive", "neutral")
    said = [replace(a_message(leg, 2 * i), sentiment=tone) for i, tone in enumerate(tones)]
    agent = replace(a_message(leg, 1), sentiment="negative")
    [row] = tabulate(replace(call, messages=(*said, agent))).sheets["conversations"].values()
    assert row["sentiment_score"] == 50
    [row] = tabulate(replace(call, messages=(agent,))).sheets["conversations"].values()
    assert row["sentiment_score"] is None
