"""The settings of what is found out about a conversation after the call; a part of `settings`."""

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

    schema: str = "insurance"  # whose fields are looked for: one of ours, or a file with a JSON Schema
    llm: Llm = Llm()
