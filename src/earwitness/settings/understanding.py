"""What is found out about a conversation after the call."""

from typing import Literal

import msgspec


class Llm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A language model for summaries and fields, behind any endpoint that speaks OpenAI's chat completions.

    What was said goes to that endpoint.
    """

    base_url: str = ""  # e.g. https://api.openai.com/v1 or http://127.0.0.1:11434/v1; empty: rules alone
    model: str = ""  # as the endpoint names it
    api_key: str = ""  # sent as a bearer token; set it by the environment
    timeout_s: float = 30.0  # for one conversation, from connecting to the last byte
    max_input_letters: int = 60_000  # of a longer conversation the middle is left out
    max_output_tokens: int = 1_500  # of one answer
    input_price: float = 0.0  # of a million tokens read; for max_cost
    output_price: float = 0.0  # of a million tokens written
    max_cost: float = 0.05  # of one conversation, in the unit of the prices; what may cost more is not asked


class Understanding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is found out about a conversation after the call."""

    sentiment: Literal["vader", "off"] = "vader"  # of messages whose provider gives none; needs its extra
    schema: str = "insurance"  # whose fields are looked for: one of ours, or a file with a JSON Schema
    llm: Llm = Llm()


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider takes, in a currency of your own; what it does not take is 0."""

    per_call: float = 0.0  # of each leg
    per_minute: float = 0.0  # of a leg's length, to the second
    per_credit: float = 0.0  # where it counts in credits of its own
    text_in: float = 0.0  # of a million tokens of text it was given, cached ones apart
    audio_in: float = 0.0  # of a million tokens of sound it was given, cached ones apart
    cached_in: float = 0.0  # of a million tokens it had read before
    text_out: float = 0.0  # of a million tokens of text it made
    audio_out: float = 0.0  # of a million tokens of sound it made
