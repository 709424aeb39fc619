"""200 labelled conversations about car insurance, made here: what was said, and what is so at the end.

Made by a seeded draw from sentences as callers say them: values typed and spoken, said early or late,
corrected, repeated by the agent, given to a tool; beside policy numbers, prices, mileages, other people's
cars and years that are no model years. A quarter is `hard`: makes that no list has, misheard names,
values in pieces. The label is what a careful listener would write down, `None` where nothing was said.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from _extraction_hard import HARD

from earwitness.model.conversation import Conversation, Leg, Message, ToolCall
from earwitness.model.events import Party, Role

SECOND = 1_000_000_000
CARS = [
    *[("Toyota", "Camry"), ("Honda", "Civic"), ("Ford", "Focus"), ("Chevrolet", "Malibu")],
    *[
        ("Nissan", "Rogue"),
        ("Tesla", "Model 3"),
        ("BMW", "X5"),
        ("Jeep", "Wrangler"),
        ("Volkswagen", "Jetta"),
    ],
    *[("Hyundai", "Elantra"), ("Kia", "Soul"), ("Mazda", "CX-5"), ("Ford", "F-150"), ("Honda", "CR-V")],
    *[("Dodge", "Charger"), ("Lexus", "RX 350"), ("Toyota", "RAV4"), ("Mercedes-Benz", "C-Class")],
    *[("Mini", "Cooper"), ("Subaru", "Outback")],
]
SAID = {
    "Chevrolet": ["Chevrolet", "Chevy"],
    "Volkswagen": ["Volkswagen", "VW"],
    "F-150": ["F-150", "F150", "F 150"],
    "Mercedes-Benz": ["Mercedes", "Mercedes-Benz"],
    "CR-V": ["CR-V", "CRV"],
    "CX-5": ["CX-5", "CX5"],
}
ZIPS = ["90210", "10001", "60614", "73301", "02139", "33101", "98109", "30303", "85004", "19103"]
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
NAMES = ["ana.lopez", "bob", "j.smith", "maria_k", "lee42", "sam"]
HOSTS = ["example.com", "example.org", "mail.example.net"]
Truth = dict[str, str | None]
FIELDS = ("vehicleYear", "vehicleMake", "vehicleModel", "zipCode", "phoneNumber", "email")


@dataclass
class Labelled:
    conversation: Conversation
    truth: Truth
    traits: set[str] = field(default_factory=set)


@dataclass
class Talk:
    """One conversation while it is made up."""

    number: int
    draw: random.Random
    lines: list[tuple[str, str]] = field(default_factory=list)  # (speaker, words), or ("tool", arguments)
    truth: Truth = field(default_factory=lambda: dict.fromkeys(FIELDS))
    traits: set[str] = field(default_factory=set)

    def agent(self, *choices: str) -> None:
        self.lines.append(("agent", self.draw.choice(choices)))

    def caller(self, *choices: str) -> None:
        self.lines.append(("caller", self.draw.choice(choices)))

    def chance(self, share: float, trait: str = "") -> bool:
        did = self.draw.random() < share
        if did and trait:
            self.traits.add(trait)
        return did


def conversations(count: int = 200, seed: int = 7) -> Iterator[Labelled]:
    for number in range(count):
        talk = Talk(number, random.Random(seed * 10_000 + number))
        talk.agent("Thanks for calling, how can I help?", "Insurance desk, what can I do for you today?")
        for part in _order(talk):
            part(talk)
        talk.agent("Thank you, have a great day.", "We are all set, goodbye.")
        yield Labelled(_told(talk), talk.truth, talk.traits)


def _hard(talk: Talk) -> None:
    talk.traits.add("hard")
    for lines, truth in talk.draw.sample(HARD, 2):
        if not any(talk.truth[name] for name in truth):
            talk.lines += lines
            talk.truth |= truth


def _order(talk: Talk):  # type: ignore[no-untyped-def]
    if talk.chance(0.08, "nothing said"):
        return [_chatter, _noise]
    if talk.chance(0.25):
        return [_hard, _noise]
    parts = [_vehicle, *(p for p, share in ((_zip, 0.8), (_phone, 0.6), (_email, 0.5)) if talk.chance(share))]
    if talk.chance(0.4):
        talk.draw.shuffle(parts)
    parts.insert(talk.draw.randrange(len(parts) + 1), _noise)
    if talk.chance(0.35, "corrected"):
        parts.append(_correction)
    if talk.chance(0.4, "tool"):
        parts.append(_tool)
        if talk.chance(0.3, "corrected after tool"):
            parts.append(_correction)
    return parts


def _say(talk: Talk, name: str) -> str:
    return talk.draw.choice(SAID.get(name, [name]))


def _spoken_year(talk: Talk, year: str) -> str:
    if not talk.chance(0.35, "spoken year"):
        return year
    tens = dict(zip(range(10), ["", "", "twenty", "thirty", "", "", "", "", "", "ninety"], strict=True))
    teens = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"]
    teens += ["eighteen", "nineteen"]
    tail = int(year[2:])
    if year[:2] == "20" and tail < 10:
        return f"two thousand {DIGITS[tail]}" if tail else "two thousand"
    head = "twenty" if year[:2] == "20" else "nineteen"
    if 10 <= tail < 20:
        return f"{head} {teens[tail - 10]}"
    return f"{head} {tens[tail // 10]}{' ' + DIGITS[tail % 10] if tail % 10 else ''}"


def _vehicle(talk: Talk) -> None:
    make, model = talk.draw.choice(CARS)
    year = str(talk.draw.choice([*range(1992, 2000), *range(2003, 2025)]))
    talk.truth |= {"vehicleYear": year, "vehicleMake": make, "vehicleModel": model}
    said, make, model = _spoken_year(talk, year), _say(talk, make), _say(talk, model)
    way = talk.draw.randrange(4)
    if way == 0:
        talk.agent("What car would you like to insure?", "Which vehicle is it for?")
        talk.caller(
            f"It's a {said} {make} {model}.",
            f"A {said} {make} {model}, please.",
            f"uh a {said} {make} {model}",
        )
    elif way == 1:
        talk.caller(
            f"Hi, I need a quote for my {said} {make} {model}.",
            f"I want to insure a {make} {model}, it's from {said}.",
            f"I just bought a {make} {model}, model year {said}.",
        )
    elif way == 2:
        talk.traits.add("asked one by one")
        talk.agent("What is the year of your vehicle?", "And the model year?")
        talk.caller(f"{said}.", f"It's a {said}.", f"{said}, I think.")
        talk.agent("And the make?", "What make is it?")
        talk.caller(f"{make}.", f"It's a {make}.", f"a {make.lower()}")
        talk.agent("And which model?", "What model?")
        talk.caller(f"{model}.", f"the {model}", f"{model}, the basic one.")
    else:
        talk.traits.add("only repeated by the agent")
        talk.caller("It's the same car that you have on file.")
        talk.agent(f"So that is the {year} {make} {model}, correct?")
        talk.caller("Yes.", "Right, that's the one.")


def _zip(talk: Talk) -> None:
    code = talk.draw.choice(ZIPS)
    talk.truth["zipCode"] = code
    said = code
    if talk.chance(0.4, "spoken zip"):
        said = " ".join("oh" if d == "0" and talk.draw.random() < 0.5 else DIGITS[int(d)] for d in code)
    if talk.chance(0.6):
        talk.agent("What's your zip code?", "And the ZIP code where the car is kept?")
        talk.caller(f"{said}.", f"It's {said}.", f"that would be {said}")
    else:
        talk.caller(f"My zip code is {said}.", f"I live in zip {said}.", f"I'm in the {said} zip code.")


def _phone(talk: Talk) -> None:
    digits = f"{talk.draw.randrange(201, 990)}555{talk.draw.randrange(10_000):04d}"
    talk.truth["phoneNumber"] = digits
    said = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    if talk.chance(0.35, "spoken phone"):
        said = " ".join(DIGITS[int(d)] for d in digits)
    elif talk.chance(0.4):
        said = f"({digits[:3]}) {digits[3:6]} {digits[6:]}"
    talk.agent("What is the best number to reach you?", "Can I get a phone number?")
    talk.caller(f"{said}.", f"Sure, it's {said}.", f"You can call me at {said}.")


def _email(talk: Talk) -> None:
    name, host = talk.draw.choice(NAMES), talk.draw.choice(HOSTS)
    talk.truth["email"] = f"{name}@{host}"
    said = f"{name}@{host}"
    if talk.chance(0.4, "spoken email"):
        said = f"{name} at {host}".replace(".", " dot ").replace("_", " underscore ")
    talk.agent("And your e-mail?", "Where may I send the quote?")
    talk.caller(f"{said}.", f"It's {said}.", f"Send it to {said}, please.")


def _noise(talk: Talk) -> None:
    """What looks like a value and is none."""
    talk.traits.add("distractor")
    year = talk.draw.randrange(1985, 2020)
    choices = [
        ("caller", f"I have been licensed since {year}."),
        ("caller", "My policy number is 48213."),
        ("caller", "It has about 45000 miles on it."),
        ("caller", "My wife drives a 2015 Nissan Altima, but that one is insured elsewhere."),
        ("caller", "I used to have a 2008 Honda Accord."),
        ("caller", "I pay $1,250 a year right now."),
        ("caller", f"I had an accident in {year}."),
        ("caller", "I need some insight into the price, it's hard to focus."),
        ("agent", "We insure anything from a Ford Fiesta to a Tesla Model S, which is it?"),
        ("agent", "That would be 89 dollars a month."),
        ("caller", "Order 90125 was my last one with you."),
        ("caller", "Could you give me one or two options?"),
    ]
    talk.lines += talk.draw.sample(choices, talk.draw.randint(1, 3))


def _chatter(talk: Talk) -> None:
    talk.caller(
        "I just have a question about opening hours.", "Do you cover motorbikes?", "Wrong number, sorry."
    )
    talk.agent("We are open from 8 to 6 every day.", "I'm afraid not.")


def _correction(talk: Talk) -> None:
    had = [name for name in ("vehicleYear", "zipCode", "vehicleModel", "email") if talk.truth[name]]
    what = talk.draw.choice(had)
    if what == "vehicleYear":
        year = str(2003 + (int(talk.truth[what] or 0) + talk.draw.randint(1, 9)) % 20)
        talk.truth[what] = year
        talk.caller(
            f"Sorry, the car is a {year}, not a {int(year) - 1}.",
            f"Actually, the year of the car is {year}.",
            f"No wait, I mean {year} for the model year.",
        )
    elif what == "zipCode":
        code = talk.draw.choice([z for z in ZIPS if z != talk.truth[what]])
        talk.caller(
            f"Sorry, the zip is {code}, not {talk.truth[what]}.",
            f"Actually my zip code is {code}, I just moved.",
        )
        talk.truth[what] = code
    elif what == "vehicleModel":
        make = talk.truth["vehicleMake"]
        others = [model for other, model in CARS if other == make and model != talk.truth[what]]
        if others:
            talk.caller(
                f"I got that wrong, it's a {make} {others[0]}.",
                f"Not the {talk.truth[what]}, sorry, the {make} {others[0]}.",
            )
            talk.truth[what] = others[0]
    else:
        address = f"{talk.draw.choice(NAMES)}.new@{talk.draw.choice(HOSTS)}"
        talk.truth[what] = address
        talk.caller(f"Actually, use {address} instead.", f"No, better send it to {address}.")
    talk.agent("Got it, thank you.", "Noted.")


def _tool(talk: Talk) -> None:
    names = {"vehicleYear": "year", "vehicleMake": "make", "vehicleModel": "model", "zipCode": "zip_code"}
    vehicle = {new: talk.truth[old] for old, new in names.items() if talk.truth[old] and talk.chance(0.9)}
    talk.lines.append(("tool", json.dumps({"vehicle": vehicle, "term_months": 12})))


def _told(talk: Talk) -> Conversation:
    leg = Leg(id=f"leg-{talk.number}", provider="openai", way="import", route="", opened_ns=0)
    messages, calls = [], []
    for at, (speaker, words) in enumerate(talk.lines):
        key = f"{leg.id}/{at}"
        if speaker == "tool":
            call = {"key": key, "leg": leg.id, "call": str(at), "name": "get_quote", "arguments": words}
            calls.append(ToolCall(**call, called_ns=at * SECOND))
            continue
        is_caller = speaker == "caller"
        messages.append(
            Message(
                key=key,
                leg=leg.id,
                item=str(at),
                role=Role.USER if is_caller else Role.ASSISTANT,
                party=Party.CALLER if is_caller else Party.AGENT,
                text=words,
                heard_text=words,
                status="completed",
                started_ns=at * SECOND,
                first_seen_ns=at * SECOND,
            )
        )
    return Conversation(
        id=f"set-{talk.number:03d}", legs=(leg,), messages=tuple(messages), tool_calls=tuple(calls)
    )
