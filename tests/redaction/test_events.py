"""Events masked as the conversation is, also where words come in pieces."""

import pytest

from earwitness.model import events as e
from earwitness.model.fold import Fold
from earwitness.redaction.conversation import Memory
from earwitness.redaction.policies import Policies
from earwitness.settings.redaction import Redaction

POLICIES = Policies(Redaction(), {})
SECRET = "4111111111111111"


def seen(number):
    return e.Stamp("leg", number, number * 1_000_000_000)


def shown(*told):
    """These events of an assistant's or caller's leg, as everybody may see them."""
    opened = e.LegOpened(
        seen=seen(0), provider="openai", way="tap", route="r", conversation="c", workspace="default"
    )
    every = [opened, *told]
    fold, memory = Fold("c"), Memory()
    for event in every:
        fold.apply(event)
    conversation = POLICIES.redact(fold.conversation(), memory)
    return list(POLICIES.events(conversation, memory, every))[1:]


def message(item, *pieces, role=e.Role.USER, whole=True):
    text = "".join(pieces)
    return [
        e.MessageOpened(seen=seen(1), item=item, role=role),
        *(e.TextArrived(seen=seen(2), item=item, text=piece) for piece in pieces),
        *([e.TextArrived(seen=seen(3), item=item, text=text, is_whole=True)] if whole else []),
        e.MessageClosed(seen=seen(4), item=item),
    ]


def words(events):
    return [event.text for event in events if isinstance(event, e.TextArrived)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_number_that_came_in_pieces_is_in_none_of_them(whole):
    events = shown(*message("i", "My card is 41", "11 1111 ", "1111 1111 th", "anks.", whole=whole))
    pieces = words(events)[:4]
    assert pieces == ["My card is XXXX-XXXX-XXXX-XXXX", "", " th", "anks."]
    assert words(events)[4:] == (["My card is XXXX-XXXX-XXXX-XXXX thanks."] if whole else [])


def test_a_number_over_two_messages_is_masked_in_the_events_of_both():
    events = shown(*message("a", "It is 4111 1111"), *message("b", "1111 1111 okay"))
    assert words(events)[1::2] == ["It is XXXX-XXXX-XXXX-XXXX", "XXXX-XXXX-XXXX-XXXX okay"]


def test_pieces_that_are_not_of_the_final_words_are_withheld():
    opened, *_, closed = message("i", "x")
    heard = [e.TextArrived(seen=seen(2), item="i", text="my pin 41 11"), opened]
    final = e.TextArrived(seen=seen(3), item="i", text="My card is 4111 1111 1111 1111.", is_whole=True)
    assert words(shown(opened, heard[0], final, closed)) == ["[withheld]", "My card is XXXX-XXXX-XXXX-XXXX."]


def test_times_of_characters_keep_their_number():
    text = "Call 415-555-0123."
    timed = e.TextTimed(seen=seen(2), item="i", text=text, starts_ms=tuple(range(len(text))))
    [_, _, event, _] = shown(*message("i", text, role=e.Role.ASSISTANT)[:2], timed, message("i", text)[-1])
    assert (event.text, len(event.text)) == ("Call XXX-XXX-XXXX.", len(text))


def test_no_event_that_can_hold_words_lets_a_secret_through():
    """Every kind of event there is, its texts and data filled with a card's number."""
    data = {"card": SECRET, "deep": [{"n": int(SECRET)}]}
    events = [
        e.LegIdentified(seen=seen(1), metadata=data),
        e.LegAnswered(seen=seen(1), status=500, detail=SECRET),
        e.PlaybackCut(seen=seen(2), evidence=e.Evidence.SERVER, item="i", heard_text=f"It is {SECRET}"),
        e.ToolCalled(seen=seen(2), call="t", name="pay", arguments=f'{{"card": {SECRET}}}'),
        e.ToolReturned(seen=seen(3), call="t", result=SECRET, error=SECRET),
        e.NoteTaken(seen=seen(3), verb="snapshot", data=data),
        e.ProblemReported(seen=seen(3), code="bad", message=SECRET),
        e.Retold(seen=seen(3), kind="line", data=data),
        e.LegClosed(seen=seen(9), why="closed", detail=SECRET),
        *message("i", f"It is {SECRET}"),
    ]
    assert SECRET not in repr(shown(*events))


def test_keys_are_masked_in_their_order():
    keys = [e.DigitPressed(seen=seen(n), digit=str(n)) for n in (1, 2, 3, 4, 60)]
    assert [event.digit for event in shown(*keys)] == ["X", "X", "X", "X", "60"[:2]]
