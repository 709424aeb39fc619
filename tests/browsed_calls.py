"""Calls that the web app's tests look at, beside those that were played."""

from base64 import b64encode
from pathlib import Path

import earwitness
from journal_legs import Legs
from two_hosts import telephone, voice_ai

DAY_S = 86_400
LEAVER = "RID-leaver"  # a person with two calls, who wants them gone
EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>'\"&{{nonce}}"


def record_evil_call(data_dir: Path) -> None:
    with earwitness.record(
        provider="openai",
        conversation="evil",
        subject=EVIL,
        labels=[EVIL],
        metadata={EVIL: EVIL},
        data_dir=data_dir,
    ) as leg:
        leg.received({"type": "session.created", "session": {"id": EVIL}})
        for i, role in enumerate(("user", "assistant")):
            content = [{"type": "input_text" if role == "user" else "output_text", "text": EVIL}]
            item = {
                "id": f"item_{i}",
                "type": "message",
                "role": role,
                "status": "completed",
                "content": content,
            }
            leg.sent({"type": "conversation.item.create", "item": item})
            leg.received({"type": "conversation.item.added", "item": item})
        call = {"id": "item_3", "type": "function_call", "call_id": EVIL, "name": EVIL, "arguments": EVIL}
        leg.received(
            {"type": "response.output_item.done", "response_id": "r", "output_index": 0, "item": call}
        )
        leg.snapshot(EVIL, words=EVIL)
        leg.end(outcome=EVIL)


QUOTE = (
    ("user", "I waited for an hour! I need a quote for my 2019 Honda Civic.", {"Anger": 0.7, "Joy": 0.1}),
    ("assistant", "I am sorry. What is your zip code?", {"Sympathy": 0.6}),
    ("user", "It is 94110, and my number is 415-555-0134.", {"Calmness": 0.5, "Joy": 0.2}),
    ("assistant", "It is ninety dollars a month.", {"Interest": 0.5}),
    ("user", "Wonderful, thank you!", {"Joy": 0.8, "Relief": 0.4}),
)


def record_quote_call(data_dir: Path, name: str = "quote", subject: str = "RID-quote") -> None:
    with earwitness.record(provider="hume", conversation=name, subject=subject, data_dir=data_dir) as leg:
        leg.received({"type": "chat_metadata", "chat_id": f"chat-{name}", "chat_group_id": name})
        for i, (role, words, scores) in enumerate(QUOTE):
            leg.received(
                {
                    "type": f"{role}_message",
                    "id": f"m{i}",
                    "message": {"role": role, "content": words},
                    "models": {"prosody": {"scores": scores}},
                    **({"time": {"begin": 1000 * i, "end": 1000 * i + 800}} if role == "user" else {}),
                }
            )
        leg.end(outcome="quote_completed", satisfaction="high")


def record_week(data_dir: Path, now_s: float) -> None:
    """Some calls on each of the last seven days; answers were slow the day before yesterday."""
    for days_ago in range(1, 8):
        wait_ms = 2600 if days_ago == 2 else 700 + 40 * days_ago
        for hour in range(2 + days_ago % 3):
            with Legs(data_dir, now_s - days_ago * DAY_S - hour * 3600) as legs:
                leg = legs.open(subject=f"RID{days_ago}{hour}", labels=("weekly",))
                leg.user(1_000, "item_1", "Where is my order?")
                leg.assistant(1_100 + wait_ms, "item_2", "It is on its way.", bytes(2 * 24_000))
                leg.user(6_000, "item_3", "Thank you, that is all.")
                leg.assistant(6_100 + wait_ms, "item_4", "Goodbye.", bytes(24_000))
                leg.note(9_900, "end", outcome="answered" if wait_ms < 2000 else "complaint")
                leg.end(10_000)


TIMED = "Your order will be there in half an hour."


def record_timed_call(data_dir: Path, now_s: float) -> None:
    """A call of RID-timed: one answer, whose every character takes 100 ms."""
    starts_ms = [100 * place for place in range(len(TIMED))]
    with Legs(data_dir, now_s - 10 * DAY_S) as legs:
        leg = legs.open("elevenlabs", subject="RID-timed")
        told = {"conversation_id": "conv_timed", "agent_output_audio_format": "pcm_16000"}
        leg.server(
            0, {"type": "conversation_initiation_metadata", "conversation_initiation_metadata_event": told}
        )
        leg.server(
            500, {"type": "agent_response", "agent_response_event": {"agent_response": TIMED, "event_id": 1}}
        )
        sound = b64encode(bytes(2 * 16 * 100 * len(TIMED))).decode()
        timing = {"chars": list(TIMED), "char_start_times_ms": starts_ms}
        leg.server(
            500,
            {"type": "audio", "audio_event": {"audio_base_64": sound, "event_id": 1, "alignment": timing}},
        )
        leg.end(6000)


def record_call_of_two_hosts(data_dir: Path, now_s: float, off_s: float = 0.7) -> None:
    """A call of two legs, of RID-hosts; the clock of the second is ahead."""
    began_s = now_s - 9 * DAY_S
    with Legs(data_dir, began_s) as here, Legs(data_dir, began_s + off_s) as there:
        telephone(here, clock="here", subject="RID-hosts")
        voice_ai(there, clock="there")
