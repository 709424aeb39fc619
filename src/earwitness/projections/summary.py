"""What a conversation was about and how it came out: by rules, or as a language model says.

The summary is extractive: sentences that were said, the caller's wish first. Whoever wrote a part is
named with it: `application`, `rules`, or `llm:<model>`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import msgspec

from earwitness.model.conversation import Conversation, Leg, Message
from earwitness.model.events import Role
from earwitness.projections import health, moods, transcript
from earwitness.projections.analytics import duration
from earwitness.projections.documents import counts
from earwitness.projections.figures import Figures
from earwitness.projections.moments import clock_face, instant
from earwitness.projections.naming import call_id
from earwitness.projections.transcript import SPEAKERS, spoken, told

MOST_TOPICS, MOST_SENTENCES, MOST_LETTERS = 5, 4, 80
APPLICATION, RULES = "application", "rules"

# Words by which a topic is told. Tools that were used are topics too, under their own names.
_TOPICS = {
    "insurance_quote": r"quote|premium|insur\w+",
    "vehicle_info": r"car|vehicle|truck|suv|model year",
    "coverage_options": r"coverage|deductible|liability|collision|comprehensive",
    "appointment": r"appointment|reschedul\w+|cita|termin|slot",
    "order": r"order(?:ed|ing)?|deliver\w*|pick ?up|pizza|menu",
    "billing": r"bill(?:ing)?|invoice|charged?|payment|pay",
    "refund": r"refund\w*|money back|reimburs\w+",
    "cancellation": r"cancel\w*|terminate",
    "card_replacement": r"(?:lost|stolen|replace\w*|new) (?:\w+ )?card|card replacement",
    "opening_hours": r"opening hours|open(?:ed)? (?:until|from|on)|close at",
    "complaint": r"complain\w*|unacceptable|terrible|rude",
    "technical_problem": r"not working|broken|error|crash\w*|reset|password",
    "transfer_to_human": r"human|real person|representative|transfer\w*|speak to (?:someone|an agent)",
}
_THANKS = re.compile(
    r"\b(thanks?|thank you|great|perfect|wonderful|excellent|awesome|gracias|danke|merci)\b", re.I
)
_UPSET = re.compile(
    r"\b(terrible|awful|ridiculous|useless|angry|frustrat\w+|unacceptable|worst|waste of time|complain\w*)\b",
    re.I,
)
_FILLER = re.compile(
    r"^\W*(hi|hello|hey|yes|yeah|no|ok(?:ay)?|sure|thanks?|thank you|bye|goodbye|um+|uh+)\b[^a-z]*$", re.I
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    _WORD.findall(
        "the and for you your that this with have are was can will what would from not but its our may how "
        "there here like please just all get got one now then they him her who when where which"
    )
)


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What it was about and how it came out, each part with who says so."""

    text: str
    topics: tuple[str, ...]  # words joined by underscores, the weightiest first
    outcome: str | None
    satisfaction: str | None  # high, medium, low, or as the application says
    written_by: str  # of text and topics
    outcome_by: str | None
    satisfaction_by: str | None


def summarise(conversation: Conversation) -> Summary:
    """By rules. What the application said of the end is taken as it is."""
    outcome, outcome_by = _outcome(conversation)
    satisfaction, satisfaction_by = _satisfaction(conversation)
    return Summary(
        text=" ".join(_sentences(conversation)),
        topics=tuple(_topics(conversation)),
        outcome=outcome,
        satisfaction=satisfaction,
        written_by=RULES,
        outcome_by=outcome_by,
        satisfaction_by=satisfaction_by,
    )


def document(conversation: Conversation, summary: Summary, note: str = "") -> dict[str, Any]:
    """`summary.json`. `note`: why no language model wrote it, where one was to."""
    return {
        "conversation_id": conversation.id,
        "call_id": call_id(conversation),
        **msgspec.to_builtins(summary),
        **({"note": note} if note else {}),
        "statistics": {**counts(conversation), "duration": duration(conversation)["formatted"]},
    }


def text(conversation: Conversation, summary: Summary, figures: Figures | None = None) -> str:
    """`summary.txt`: what a person wants to know at a glance, then the transcript."""
    many = counts(conversation)
    lines = [
        f"Call {call_id(conversation)}",
        f"Conversation   {conversation.id}",
        f"Providers      {', '.join(conversation.providers)}",
        f"Began          {instant(conversation, 0)}",
        f"Ended          {instant(conversation, conversation.ended_ns) or 'still running'}",
        f"Duration       {clock_face(conversation.duration_ns)}",
        f"Messages       {many['messages']} ({many['user']} user, {many['assistant']} assistant)",
        f"Tool calls     {many['tool_calls']}",
        f"Interruptions  {many['interruptions']}",
        f"Topics         {', '.join(summary.topics) or 'none'}",
        f"Outcome        {_by(summary.outcome, summary.outcome_by)}",
        f"Satisfaction   {_by(summary.satisfaction, summary.satisfaction_by)}",
        *_moods(conversation),
        *_about(conversation),
        f"Record         {conversation.status.value}, health {health.score(conversation, figures)} of 100",
    ]
    lines += _legs(conversation)
    lines += _chosen(conversation)
    lines += [f"               - {reason.message}" for reason in health.reasons(conversation, figures)]
    if summary.text:
        lines += ["", f"Summary, by {summary.written_by}:", summary.text]
    return "\n".join(lines) + "\n\n" + transcript.text(conversation)


def _moods(conversation: Conversation) -> list[str]:
    """How both sides sounded, and who says so; nothing where nobody knows."""
    told = moods.sentiment(conversation)
    sides = [f"{who} {told[who]['sentiment']}" for who in ("caller", "agent") if told[who]["sentiment"]]
    return [f"Sentiment      {', '.join(sides)} (by {', '.join(told['sources'])})"] if sides else []


def _about(conversation: Conversation) -> Iterator[str]:
    """Whose it is, why it ended and what else was said of it, each where somebody said so. Labels are not
    among it: they may change after the text is written."""
    if conversation.subject:
        yield f"Subject        {conversation.subject}"
    ends = dict.fromkeys(_short(leg.end_reason) for leg in conversation.legs if leg.end_reason)
    if ends:
        yield f"Ended because  {', '.join(ends)}"
    words = chain(["Metadata"], repeat(""))
    for word, (name, value) in zip(words, conversation.metadata.items(), strict=False):
        yield f"{word:14} {name}: {'...' if isinstance(value, dict | list) else _short(value)}"


def _short(value: Any) -> str:
    """On one line, of a length that is read at a glance."""
    line = " ".join(str(value).split())
    return line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 3]}..."


def _by(word: str | None, who: str | None) -> str:
    return "not said" if word is None else word if who == APPLICATION else f"{word} (by {who})"


def _legs(conversation: Conversation) -> list[str]:
    """What it was put together of, and by what; of a single leg there is nothing to tell."""
    if len(conversation.legs) < 2:
        return []
    return [f"Leg            {leg.id}  {', '.join(_facts(leg))}" for leg in conversation.legs]


def _facts(leg: Leg) -> Iterator[str]:
    yield f"{leg.provider} by {leg.way}"
    if leg.joined_by:
        yield f"joined by {leg.joined_by}"
    if leg.clock_offset_ms is not None and leg.clock_certainty is not None:
        used = "set" if leg.is_clock_set else "too unsure to set"
        yield f"clock {leg.clock_offset_ms:+d} ms, certainty {leg.clock_certainty:.2f}: {used}"


def _chosen(conversation: Conversation) -> list[str]:
    """What was chosen of it, where that is not everything; and who was told of it, or agreed."""
    every = ("audio", "raw", "transcripts")
    keeps = [leg.keeps for leg in conversation.legs if leg.keeps != every]
    lines = [
        f"Keeps          {', '.join(kept) or 'nothing but that it was'}" for kept in dict.fromkeys(keeps)
    ]
    left_out = sum(leg.left_out_messages for leg in conversation.legs)
    lines += [f"               {left_out} messages were not kept, by choice"] if left_out else []
    for said in conversation.declarations:
        word = "Consent" if said.kind == "consent" else "Announced"
        is_refused = said.kind == "consent" and said.data.get("given") is False
        lines.append(f"{word:14} at {clock_face(said.at_ns)}{': refused' if is_refused else ''}")
    return lines


def _topics(conversation: Conversation) -> Iterator[str]:
    said = [spoken(message) for message in told(conversation)]
    found = Counter[str]()
    for topic, pattern in _TOPICS.items():
        found[topic] = sum(bool(re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE)) for text in said)
    for call in conversation.tool_calls:
        if call.name:
            found[_slug(call.name)] += 2  # what something was done about weighs more than what was said once
    yield from (topic for topic, count in found.most_common(MOST_TOPICS) if count)


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).strip("_").lower()[:60]


def _outcome(conversation: Conversation) -> tuple[str | None, str | None]:
    if conversation.outcome is not None:
        return conversation.outcome, APPLICATION
    done = [call for call in conversation.tool_calls if call.result is not None and call.error is None]
    failed = [call for call in conversation.tool_calls if call.error is not None]
    said = told(conversation)
    if not any(message.role is Role.USER for message in said):
        return ("no_conversation", RULES) if conversation.ended_ns is not None else (None, None)
    if done:
        return f"{_slug(done[-1].name)}_completed", RULES
    if failed:
        return f"{_slug(failed[-1].name)}_failed", RULES
    if conversation.ended_ns is None:
        return None, None
    last = said[-1]
    is_open = last.role is Role.USER and not _THANKS.search(last.text) and not _FILLER.match(last.text)
    return ("abandoned" if is_open and len(said) > 1 else "answered"), RULES


def _satisfaction(conversation: Conversation) -> tuple[str | None, str | None]:
    if conversation.satisfaction is not None:
        return conversation.satisfaction, APPLICATION
    last = [message for message in told(conversation) if message.role is Role.USER][-3:]
    signs = [sign for message in last if (sign := _sign(message))]
    if not signs:
        return None, None
    total = sum(signs)
    return ("high" if total > 0 else "low" if total < 0 else "medium"), RULES


def _sign(message: Message) -> int:
    is_measured = not (message.sentiment_source or "").startswith("heuristic:")  # those are these same words
    felt = {"positive": 1, "negative": -1}.get(message.sentiment or "", 0) if is_measured else 0
    return felt + bool(_THANKS.search(message.text)) - 2 * bool(_UPSET.search(message.text))


def _sentences(conversation: Conversation) -> Iterator[str]:
    """The caller's wish, then the sentences that hold most of what is spoken of, in the order of the talk."""
    said = [
        (number, message, sentence)
        for number, message in enumerate(told(conversation))
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(spoken(message).split()))
        if len(sentence.split()) >= 3 and not _FILLER.match(sentence) and message.role is not Role.SYSTEM
    ]
    if not said:
        return
    weight = Counter(word for _, _, sentence in said for word in _content(sentence))
    wish = next((one for one in said if one[1].role is Role.USER), said[0])
    rest = sorted((one for one in said if one is not wish), key=lambda one: -_score(one[2], weight))
    chosen = sorted([wish, *rest[: MOST_SENTENCES - 1]], key=said.index)
    for _, message, sentence in chosen:
        yield f"{SPEAKERS[message.party]}: {sentence[:300]}"


def _score(sentence: str, weight: Counter[str]) -> float:
    words = _content(sentence)
    has_figures = 1.5 if re.search(r"\d", sentence) else 1.0
    return has_figures * sum(weight[word] for word in words) / (len(words) + 3)


def _content(sentence: str) -> set[str]:
    return {word for word in map(str.lower, _WORD.findall(sentence)) if word not in _COMMON}
