"""The dialogues: what the voice AI answers, what the caller does, and how it ends. Data only."""

from dataclasses import dataclass, field
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
    """One response of the voice AI: a line, a function call, or a line of filler and the call.

    `leaves`: once it was said, the agent hangs up, or sends the caller on to `transfer_to`. `feels`: how it
    sounds, by the names of `prosody.py`, for providers who say.
    """

    says: str = ""
    tool: Tool | None = None
    leaves: Literal["", "hang_up", "transfer"] = ""
    feels: dict[str, float] = field(default_factory=dict)
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
    """What the caller does on a cue: loses or delays what the network carries, says a line, presses keys.

    With `redials` the socket breaks first, without a close, and a new one takes the conversation up again.
    """

    cue: Cue
    says: str = ""
    digits: str = ""
    lose_ms: int = 0
    hold_ms: int = 0
    redials: bool = False
    feels: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One call. `ends`: `closed` by the caller, `hung_up` by the agent, `transferred` to somebody else,
    `died` without a close, `refused` before it began. `providers`: those whose protocol has it; empty: all.
    """

    name: str
    summary: str
    replies: tuple[Reply, ...] = ()
    turns: tuple[Turn, ...] = ()
    end: Cue = Cue(items=0, after_ms=0)
    ends: Literal["closed", "hung_up", "transferred", "died", "refused"] = "closed"
    status: int = 101  # of the voice AI's handshake
    providers: tuple[str, ...] = ()

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

_EMOTION = Scenario(
    name="emotion",
    summary="a caller who is vexed at first and pleased in the end, and an agent who sounds accordingly",
    replies=(
        Reply(says="greeting", feels={"Interest": 0.55, "Calmness": 0.48}),
        Reply(says="sorry", feels={"Sympathy": 0.58, "Awkwardness": 0.31}),
        Reply(says="on_its_way", feels={"Satisfaction": 0.47, "Calmness": 0.42}),
        Reply(says="goodbye", feels={"Joy": 0.51, "Contentment": 0.49}),
    ),
    turns=(
        Turn(
            cue=Cue(items=1, after_ms=400),
            says="only_today",
            feels={"Anger": 0.71, "Surprise (negative)": 0.44},
        ),
        Turn(
            cue=Cue(items=2, after_ms=400), says="order_number", feels={"Anger": 0.38, "Determination": 0.52}
        ),
        Turn(
            cue=Cue(items=3, after_ms=400),
            says="bye",
            feels={"Joy": 0.62, "Relief": 0.57, "Surprise (positive)": 0.33},
        ),
    ),
    end=Cue(items=4, after_ms=400),
    providers=("hume",),
)

_DTMF = Scenario(
    name="dtmf",
    summary="the caller answers by keys alone, then by words and keys",
    replies=(GREETING, Reply(says="take_your_time"), Reply(says="on_its_way"), GOODBYE),
    turns=(
        Turn(cue=Cue(items=1, after_ms=300), says="hold_on"),
        Turn(cue=Cue(items=2, after_ms=300), digits="4711#"),
        Turn(cue=Cue(items=3, after_ms=300), says="bye", digits="*0"),
    ),
    end=Cue(items=4, after_ms=400),
    providers=("audiocodes", "relay"),
)

_HANG_UP = Scenario(
    name="hang_up",
    summary="the agent says goodbye and ends the call",
    replies=(GREETING, Reply(says="goodbye", leaves="hang_up")),
    turns=(Turn(cue=Cue(items=1, after_ms=300), says="bye"),),
    end=Cue(items=2, after_ms=5000),  # the agent is faster
    ends="hung_up",
    providers=("elevenlabs", "audiocodes", "relay"),
)

_TRANSFER = Scenario(
    name="transfer",
    summary="the agent sends the caller on to a person",
    replies=(GREETING, Reply(says="one_moment", leaves="transfer")),
    turns=(Turn(cue=Cue(items=1, after_ms=300), says="order"),),
    end=Cue(items=2, after_ms=5000),  # the agent is faster
    ends="transferred",
    providers=("audiocodes", "relay"),
)

_RESUME = Scenario(
    name="resume",
    summary="the socket breaks in the middle of the call, and a new one takes it up again",
    replies=(GREETING, Reply(says="on_its_way"), GOODBYE),
    turns=(
        Turn(cue=Cue(items=1, after_ms=300), says="order_number"),
        Turn(cue=Cue(items=2, after_ms=600), lose_ms=1000, redials=True),
        Turn(cue=Cue(items=2, after_ms=2200), says="bye"),
    ),
    end=Cue(items=3, after_ms=400),
    providers=("hume", "audiocodes"),
)

TRANSFER_TO = "tel:+15555550199"  # where `transfer` sends the caller

_PLAIN = (_ORDER, _BARGE_IN, _LONG_SILENCE, _TWO_PARTS, _DIES, _REFUSED, _BUSY)
_OWN = (_EMOTION, _DTMF, _HANG_UP, _TRANSFER, _RESUME)
SCENARIOS = {each.name: each for each in (*_PLAIN, *_OWN)}


def scenarios_of(provider: str) -> tuple[str, ...]:
    """The names of those that this provider's protocol can play."""
    return tuple(name for name, each in SCENARIOS.items() if not each.providers or provider in each.providers)


def scenario(name: str) -> Scenario:
    """Raises `NotFound` for a name that no scenario has."""
    try:
        return SCENARIOS[name]
    except KeyError:
        raise NotFound(f"no scenario {name!r}", hint=f"Known: {', '.join(SCENARIOS)}.", name=name) from None
