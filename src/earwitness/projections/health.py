"""How far this record can be trusted: a score and its reasons, as data.

100 means nothing is known to be missing. Each reason costs what it says; the score never goes below 0.
"""

from collections.abc import Iterable
from typing import Any

from earwitness.model.conversation import WISHED, Conversation, Status
from earwitness.model.events import Evidence, Party, Role
from earwitness.projections import gaps
from earwitness.projections.doubts import Reason, doubts
from earwitness.projections.figures import Figures
from earwitness.projections.moments import milliseconds

_COST_OF_FINDING = {
    "undecoded": 2,
    "parse_error": 20,
    "provider_error": 2,
    "sequence_gap": 5,
    "program_failed": 10,
}
_COST_OF_GAP = 20
_ENDS = {
    "peer_lost": "one side of the connection vanished without closing it",
    "crash": "the recorder died, or could write no more",
    "stopped": "the recorder was stopped while the call ran",
}
STRUCK = "[struck]"  # what stands in the journal for a credential


def reasons(conversation: Conversation, figures: Figures | None = None) -> list[Reason]:
    """All of them, the gravest first; with `figures` also those that only its sound can tell."""
    found = [*_of_gaps(conversation), *_of_state(conversation), *_of_findings(conversation)]
    found += _of_messages(conversation)
    found += _of_struck_words(conversation)
    found += doubts(conversation, figures)
    return sorted(found, key=lambda reason: -reason.cost)


def score(conversation: Conversation, figures: Figures | None = None) -> int:
    """0 to 100."""
    return left_by(reasons(conversation, figures))


def left_by(found: Iterable[Reason]) -> int:
    """The score that these reasons leave."""
    return max(0, 100 - sum(reason.cost for reason in found))


def codes(found: Iterable[Reason]) -> list[str]:
    """Of these reasons, each once, in their order."""
    return list(dict.fromkeys(reason.code for reason in found))


def document(conversation: Conversation, figures: Figures | None = None) -> dict[str, Any]:
    """What `/health` answers."""
    found = reasons(conversation, figures)
    return {
        "conversation": conversation.id,
        "status": conversation.status.value,
        "score": left_by(found),
        "reasons": [{"code": r.code, "message": r.message, "cost": r.cost, "at_ms": r.at_ms} for r in found],
    }


def _of_gaps(conversation: Conversation) -> list[Reason]:
    return [
        Reason(
            code=f"gap_{gap.reason}",
            message=gaps.sentence(conversation, gap),
            cost=0 if gap.reason in WISHED else _COST_OF_GAP,
            at_ms=milliseconds(gap.at_ns),
        )
        for gap in conversation.gaps
    ]


def _of_struck_words(conversation: Conversation) -> list[Reason]:
    """Credentials are struck out before anything is kept; where words look like one they are gone too."""
    struck = [message for message in conversation.messages if STRUCK in message.text]
    if not struck:
        return []
    message = f"words of {len(struck)} messages were taken for a credential and struck out"
    return [Reason(code="struck_words", message=message, cost=10, at_ms=milliseconds(struck[0].started_ns))]


def _of_state(conversation: Conversation) -> list[Reason]:
    if conversation.status is Status.FAILED:
        why = ", ".join(conversation.reasons) or "the call never came up"
        return [Reason(code="failed", message=why, cost=50)]
    if conversation.status is Status.PARTIAL:
        named = {gap.reason for gap in conversation.gaps}
        return [
            Reason(code=reason, message=_ENDS.get(reason, f"the record is not whole: {reason}"), cost=20)
            for reason in conversation.reasons
            if reason.removeprefix("gap:") not in named
        ]
    return []


def _of_findings(conversation: Conversation) -> list[Reason]:
    return [
        Reason(
            code=finding.code,
            message=f"{finding.message} (x{finding.count})" if finding.count > 1 else finding.message,
            cost=_COST_OF_FINDING.get(finding.code, 1),
            at_ms=milliseconds(finding.at_ns),
        )
        for finding in conversation.findings
    ]


def _of_messages(conversation: Conversation) -> list[Reason]:
    found = []
    spoke = {party for party, track in conversation.tracks.items() if track.byte_count}
    for party in (Party.CALLER, Party.AGENT):
        talks = any(
            m.party is party and m.is_audible and m.text and m.sent_ms != 0 for m in conversation.messages
        )
        if talks and spoke and party not in spoke:  # where nobody has any, the protocol carries none
            found.append(
                Reason(code=f"no_{party}_audio", message=f"no audio of the {party} was seen", cost=15)
            )
    unproven = [
        m
        for m in conversation.messages
        if m.role is Role.ASSISTANT
        and m.is_audible
        and m.status == "interrupted"
        and m.evidence is Evidence.MODELLED
    ]
    if unproven:
        message = f"how far {len(unproven)} interrupted answers were heard is modelled, not proven"
        found.append(Reason(code="unproven_playout", message=message, cost=1))
    return found
