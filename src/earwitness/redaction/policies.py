"""Which policy holds for which conversation, and what happens where taking out fails."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from earwitness.model.conversation import Conversation, Finding, Status
from earwitness.model.events import Event
from earwitness.redaction.by_hand import KIND, NOTHING, ByHand
from earwitness.redaction.conversation import Memory, Redactor
from earwitness.redaction.events import EventMasks
from earwitness.redaction.former import with_former
from earwitness.redaction.masks import MASKS
from earwitness.settings.lists import listed
from earwitness.settings.redaction import Redaction

_EVER_NS = 1 << 62
FAILED = "redaction_failed"  # code of the finding where words and sound are withheld

log = logging.getLogger(__name__)


class Policies:
    """Redacts conversations by the routes they came over.

    Of several legs with several policies all hold: what one of them takes out is taken out. `by_hand` tells
    what was marked of an ended conversation (workspace, id); it goes too, whatever the policies say.
    """

    def __init__(
        self,
        common: Redaction,
        by_route: Mapping[str, Redaction | None],
        then: Callable[[Conversation], Conversation] = lambda conversation: conversation,
        by_hand: Callable[[str, str], ByHand] = lambda *_: NOTHING,
    ) -> None:
        """`then`: what is added to a conversation once nothing is left in it that must not be kept."""
        self._common = common
        self._then, self._by_hand = then, by_hand
        self._by_route = {route: policy for route, policy in by_route.items() if policy is not None}
        self._redactors: list[Redactor] = []

    def of(self, conversation: Conversation) -> Redactor | None:
        """What redacts this conversation; None: nothing does."""
        routes = {leg.route for leg in conversation.legs} or {""}
        policies = [self._by_route.get(route, self._common) for route in sorted(routes)]
        policies = [policy for policy in policies if policy.enabled]
        ended = conversation.status is not Status.ACTIVE
        hand = self._by_hand(conversation.workspace, conversation.id) if ended else NOTHING
        if hand:
            marked = Redaction(kinds=(), words={KIND: hand.words} if hand.words else {})
            return Redactor(together([*policies, marked]), hand.stretches)
        return self._redactor(together(policies)) if policies else None

    def redact(self, conversation: Conversation, memory: Memory | None = None) -> Conversation:
        """The conversation as it may be kept and shown. Where that fails all words are withheld."""
        try:
            redactor = self.of(conversation)
            redacted = redactor.redact(conversation, memory) if redactor else conversation
            redacted = with_former(conversation, redacted)
        except Exception as error:  # noqa: BLE001  whatever fails here, nothing may be shown that should not
            log.error("redaction failed, conversation %s: %s", conversation.id, type(error).__name__)
            return withheld(conversation, type(error).__name__)
        return self._then(redacted)

    def events(self, of: Conversation, memory: Memory, events: Iterable[Event]) -> Iterator[Event]:
        """The events of a conversation masked as it is. `of` and `memory` are what `redact` gave and filled.

        Where redaction failed there are none.
        """
        if of.is_withheld:
            return iter(())
        redactor = self.of(of)
        if redactor is None:
            return iter(events)
        return EventMasks(redactor, memory, [digit.digit for digit in of.digits]).of(events)

    def _redactor(self, policy: Redaction) -> Redactor:
        known = next((redactor for redactor in self._redactors if redactor.policy == policy), None)
        if known is None:
            known = Redactor(policy)
            self._redactors.append(known)
        return known


class Untouched(Policies):
    """The view of who may see everything: nothing is taken out."""

    def __init__(self) -> None:
        super().__init__(Redaction(enabled=False), {})


def together(policies: list[Redaction]) -> Redaction:
    """One policy that takes out what any of these does."""
    first, *others = policies
    if all(other == first for other in others):
        return first
    return Redaction(
        kinds=tuple(dict.fromkeys(kind for each in policies for kind in listed(each.kinds))),
        regions=tuple(dict.fromkeys(one for each in policies for one in listed(each.regions))),
        languages=tuple(dict.fromkeys(one for each in policies for one in listed(each.languages))),
        masks={kind: mask for each in reversed(policies) for kind, mask in each.masks.items()},
        patterns={name: pattern for each in policies for name, pattern in each.patterns.items()},
        words={name: words for each in policies for name, words in each.words.items()},
        sound=next((each.sound for each in policies if each.sound != "keep"), "keep"),
        margin_ms=max(each.margin_ms for each in policies),
    )


def withheld(conversation: Conversation, why: str) -> Conversation:
    """The conversation without a word and without a sound: its times and counts are all that is left."""
    instead = MASKS["withheld"]
    everything = ((-_EVER_NS, _EVER_NS),)
    return replace(
        conversation,
        messages=tuple(
            replace(m, text=instead if m.text else "", heard_text=instead if m.heard_text else "")
            for m in conversation.messages
        ),
        tool_calls=tuple(
            replace(c, arguments=instead, result=c.result and instead, error=c.error and instead)
            for c in conversation.tool_calls
        ),
        digits=tuple(replace(digit, digit="X") for digit in conversation.digits),
        metadata={},
        outcome=conversation.outcome and instead,
        satisfaction=conversation.satisfaction and instead,
        snapshots=tuple(replace(s, data={}) for s in conversation.snapshots),
        legs=tuple(replace(leg, path="") for leg in conversation.legs),
        findings=(
            *(replace(f, message=instead) for f in conversation.findings),
            Finding(code=FAILED, message=f"words and sound are withheld: {why}", at_ns=0),
        ),
        is_withheld=True,
        silenced=dict.fromkeys(("caller", "agent", "agent-sent"), everything),
    )
