"""The dialogues: what the voice AI answers, what the caller does, and how it ends. Data only."""

from dataclasses import dataclass
from typing import Any, Literal

from earwitness.errors import NotFound

BRISK = 20.0  # times faster than it is spoken: how a real voice AI sends
SLOW = 1.3  # just fast enough not to starve the ear: an answer that can still be cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function the voice AI calls, and what the application finds."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One response of the voice AI: a line, a function call, or a line of filler and the call."""

    says: str = ""
    tool: Tool | None = None
    after_ms: int = 250  # from the end of the caller's words to the first event
    pace: float = BRISK
    burst_ms: tuple[int, ...] = (200, 100, 160)  # how much sound one delta holds, in turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """When the caller goes on.

    `quiet`: the answer number `items` was heard (the first is 1) and it has been quiet for `after_ms`.
    `hearing`: `after_ms` after that answer began to be heard, in the middle of it.
    """

    items: int
    after_ms: int
    how: Literal["quiet", "hearing"] = "quiet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What the caller does on a cue: loses or delays what the network carries, says a line, presses keys."""

    cue: Cue
    says: str = ""
    digits: str = ""
    lose_ms: int = 0
    hold_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One call. `ends`: `closed` in order, `died` without a close, `refused` before it began."""

    name: str
    summary: str
    replies: tuple[Reply, ...] = ()
    turns: tuple[Turn, ...] = ()
    end: Cue = Cue(items=0, after_ms=0)
    ends: Literal["closed", "died", "refused"] = "closed"
    status: int = 101  # of the voice AI's handshake

    @property
    def tools(self) -> tuple[Tool, ...]:
        return tuple(reply.tool for reply in self.replies if reply.tool)


GREETING = Reply(says="greeting")
GOODBYE = Reply(says="goodbye")

_ORDER = Scenario(
    name="order",
    summary="a plain order with a function call",
    replies=(
        GREETING,
        Reply(
            says="one_moment",
            tool=Tool(
                name="place_order",
                arguments={"item": "mushroom pizza", "size": "large", "quantity": 1},
                result={"order": 4711, "price_usd": 14, "ready_in_minutes": 20},
            ),
        ),
        Reply(says="price"),
        Reply(says="noted"),
        GOODBYE,
    ),
    turns=(
        Turn(cue=Cue(items=1, after_ms=400), says="order"),
        Turn(cue=Cue(items=3, after_ms=500), says="number", digits="1#"),
        Turn(cue=Cue(items=4, after_ms=350), says="bye"),
    ),
    end=Cue(items=5, after_ms=400),
)

_BARGE_IN = Scenario(
    name="barge_in",
    summary="the caller interrupts twice: an answer that was all sent, and one that is still being made",
    replies=(GREETING, Reply(says="hours"), Reply(says="today", pace=SLOW), GOODBYE),
    turns=(
        Turn(cue=Cue(items=1, after_ms=300), says="ask_hours"),
        Turn(cue=Cue(items=2, after_ms=1400, how="hearing"), says="only_today"),
        Turn(cue=Cue(items=3, after_ms=1500, how="hearing"), says="that_is_all"),
    ),
    end=Cue(items=4, after_ms=400),
)

_LONG_SILENCE = Scenario(
    name="long_silence",
    summary="a long silence, a hole in the line, speech that arrives in one burst, answers in big bursts",
    replies=(
        GREETING,
        Reply(says="take_your_time"),
        Reply(says="on_its_way", burst_ms=(1000, 40)),
        Reply(says="goodbye", burst_ms=(20,)),
    ),
    turns=(
        Turn(cue=Cue(items=1, after_ms=300), says="hold_on"),
        Turn(cue=Cue(items=2, after_ms=4000), lose_ms=1000),
        Turn(cue=Cue(items=2, after_ms=7000), says="order_number", hold_ms=900),
        Turn(cue=Cue(items=3, after_ms=1500), says="bye"),
    ),
    end=Cue(items=4, after_ms=400),
)

_TWO_PARTS = Scenario(
    name="two_parts",
    summary="a pause in the caller's words: two utterances, and the first answer is cancelled unsaid",
    replies=(GREETING, Reply(says="on_its_way", after_ms=600), GOODBYE),
    turns=(
        Turn(cue=Cue(items=1, after_ms=300), says="hold_on"),
        Turn(cue=Cue(items=1, after_ms=3800), says="order_number"),  # 640 ms after the line before it
        Turn(cue=Cue(items=2, after_ms=400), says="bye"),
    ),
    end=Cue(items=3, after_ms=400),
)

_DIES = Scenario(
    name="dies",
    summary="the line is gone in the middle of an answer, and nobody says so",
    replies=(GREETING, Reply(says="price")),
    turns=(Turn(cue=Cue(items=1, after_ms=300), says="order"),),
    end=Cue(items=2, after_ms=900, how="hearing"),
    ends="died",
)

_NEVER = Cue(items=1, after_ms=0)  # the greeting that a refused caller waits for

_REFUSED = Scenario(
    name="refused",
    summary="the voice AI does not take the key",
    end=_NEVER,
    ends="refused",
    status=401,
)

_BUSY = Scenario(
    name="busy",
    summary="the voice AI takes no more calls now",
    end=_NEVER,
    ends="refused",
    status=429,
)

SCENARIOS = {
    each.name: each for each in (_ORDER, _BARGE_IN, _LONG_SILENCE, _TWO_PARTS, _DIES, _REFUSED, _BUSY)
}


def scenario(name: str) -> Scenario:
    """Raises `NotFound` for a name that no scenario has."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise NotFound(f"no scenario {name!r}", hint=f"Known: {', '.join(SCENARIOS)}.", name=name) from None
