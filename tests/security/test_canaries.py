"""R43, R36, S08 to S11: 60 shapes of secrets at 12 places, 200 personal strings; all bytes are searched.

A secret that a provider or a caller sends is never stored, by whatever way it comes. A person who was erased
is in no byte any more.
"""

import asyncio
import io
import logging
import random
import string
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

import earwitness
from asked import Asker
from earwitness.library import Library
from earwitness.settings import Settings
from taps import stored_bytes, tapped, upstream

ALNUM, HEX, DIGITS = string.ascii_letters + string.digits, "0123456789abcdef", string.digits
_random = random.Random(7)


def made(letters: str, length: int) -> str:
    return "".join(_random.choice(letters) for _ in range(length))


KNOWN = [  # recognised wherever they stand: (before it, letters, how many)
    *((prefix, ALNUM, 40) for prefix in ("sk-", "sk-proj-", "sk-ant-api03-", "sk-or-v1-", "sk-svcacct-")),
    *(
        (prefix, ALNUM, 30)
        for prefix in ("sk-admin-", "ek-", "pk-", "rk-", "sk_live_", "sk_test_", "pk_live_")
    ),
    *((prefix, ALNUM, 30) for prefix in ("pk_test_", "rk_live_", "rk_test_", "gsk_", "xi_", "hf_", "nvapi_")),
    *((prefix, ALNUM, 30) for prefix in ("pat_", "rt_", "dg_", "whsec_", "xai-", "github_pat_", "glpat-")),
    *((prefix, HEX, 48) for prefix in ("sk_", "ek_")),
    *((prefix, ALNUM, 36) for prefix in ("gho_", "ghp_", "ghs_", "ghu_", "ghr_")),
    *((prefix, DIGITS + ALNUM, 30) for prefix in ("xoxb-", "xoxp-", "xoxa-", "xoxe-", "xoxr-", "xoxs-")),
    ("AIza", ALNUM, 35),
    ("AKIA", string.ascii_uppercase + DIGITS, 16),
    ("ASIA", string.ascii_uppercase + DIGITS, 16),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.", ALNUM, 43),
    ("eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJleHAiOjF9aa.", ALNUM, 86),
    ("Bearer ey1", ALNUM, 40),
    ("Basic YTpi", ALNUM, 40),
]
NAMELESS = [  # nothing shows what they are but where they stand
    ("", HEX, 32),
    ("", HEX, 40),
    ("", HEX, 64),
    ("", ALNUM, 22),
    ("", ALNUM, 64),
    ("", DIGITS, 32),
    ("SK", HEX, 32),
    ("AC", HEX, 32),
    ("SG.", ALNUM, 60),
    ("ya29.", ALNUM, 60),
    ("key-", HEX, 32),
    ("npm_", ALNUM, 36),
    ("dop_v1_", HEX, 64),
    ("shpat_", HEX, 32),
]
SHAPES = KNOWN + NAMELESS
NAMED_PLACES = [
    *("authorization", "x-api-key", "xi-api-key", "x-goog-api-key", "cookie"),  # headers
    *("api_key", "token"),  # in the query
    *("subprotocol", "field", "tool headers"),
    "asked of our API",
]


def test_there_are_as_many_as_promised() -> None:
    assert (len(SHAPES), len(NAMED_PLACES) + 1) == (60, 12)


async def _planted(rig_url: str, number: int, secrets: dict[str, str]) -> None:
    """One call that carries a secret of this shape at every place; the server quotes the last one back."""
    words = {place: secret.rpartition(" ")[2] for place, secret in secrets.items()}
    headers = {name: words[name] for name in NAMED_PLACES[1:4]}
    headers |= {"Authorization": f"Bearer {words['authorization']}", "Cookie": f"session={words['cookie']}"}
    query = f"?api_key={words['api_key']}&token={words['token']}&n={number}"
    protocol = f"openai-insecure-api-key.{words['subprotocol']}"
    async with connect(rig_url + query, additional_headers=headers, subprotocols=[protocol]) as client:  # type: ignore[list-item]
        tool = f'{{"type":"mcp","headers":{{"X-Any":"{secrets["tool headers"]}"}}}}'
        await client.send(f'{{"session":{{"authorization":"{secrets["field"]}","tools":[{tool}]}}}}')
        await client.recv()
        if "quoted" in secrets:
            await client.send(f'{{"error":{{"message":"Incorrect key provided: {secrets["quoted"]} ."}}}}')
            await client.recv()


class Planted:
    """What was planted, by place, and every byte that was stored, logged or answered afterwards."""

    def __init__(self) -> None:
        self.secrets: dict[str, list[str]] = {}
        self.upstream = ""  # all that reached the provider
        self.everything: dict[str, bytes] = {}

    def found(self, *places: str) -> dict[str, list[str]]:
        """What of these places was kept, and where; of none it says that all of it was passed on."""
        secrets = [secret for place in places for secret in self.secrets[place]]
        assert len(secrets) == len(SHAPES) * len(places)
        return {
            where: kept
            for where, data in self.everything.items()
            if (kept := [secret for secret in secrets if secret.encode() in data])
        }


async def _call_through(rig_url: str, planted: Planted) -> None:
    for number, shape in enumerate(SHAPES):
        places = NAMED_PLACES + (["quoted"] if shape in KNOWN else [])
        secrets = {place: shape[0] + made(*shape[1:]) for place in places}
        for place, secret in secrets.items():
            planted.secrets.setdefault(place, []).append(secret.rpartition(" ")[2])
        await _planted(rig_url, number, secrets)


async def _plant(folder: Path, planted: Planted) -> None:
    async def quote(connection: ServerConnection) -> None:
        assert connection.request
        planted.upstream += connection.request.path + str(connection.request.headers)
        async for message in connection:
            await connection.send(message)

    def pick(protocols: object, offered: list[str]) -> str:
        return offered[0]

    async with (
        upstream(quote, select_subprotocol=pick) as (_, url),
        tapped(folder / "data", url) as rig,
    ):
        await _call_through(rig.url("/r/v1/x"), planted)
        await rig.legs()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """A call for each shape; then each is asked for, told and shown to our own API as well."""
    folder, planted, log = tmp_path_factory.mktemp("canaries"), Planted(), io.StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger("earwitness").addHandler(handler)
    logging.getLogger("earwitness").setLevel(logging.DEBUG)
    asyncio.run(_plant(folder, planted))
    library = Library(Settings(data_dir=str(folder / "data")))
    library.catch_up()
    library.catalog.close()
    asker = Asker(folder / "data")
    said = ""
    for secret in planted.secrets["asked of our API"]:
        asker.app.state.patience.forgive("testclient")
        for path in (f"/api/v1/conversations?key={secret}", "/api/v1/conversations", "/webhooks/openai"):
            headers = {"Authorization": f"Bearer {secret}", "webhook-signature": f"v1,{secret}"}
            answer = asker.client.request("POST" if "webhook" in path else "GET", path, headers=headers)
            assert answer.status_code in (401, 403, 429), path
            said += answer.text + str(answer.headers)
    said += asker.ask("/metrics").text
    said += asker.ask("/api/v1/audit?limit=1000", "admin").text
    asker.close()
    logging.getLogger("earwitness").removeHandler(handler)
    planted.everything = {
        "stored": stored_bytes(folder),
        "logs": log.getvalue().encode(),
        "said": said.encode(),
    }
    return planted


def test_r43_no_secret_of_any_shape_at_any_place_is_in_a_stored_byte(planted: Planted) -> None:
    assert sum(map(len, planted.secrets.values())) > 700
    assert planted.found(*NAMED_PLACES) == {}
    assert [s for s in planted.secrets["quoted"] if s.encode() in planted.everything["stored"]] == []


def test_s08_keys_in_headers_are_passed_on_and_kept_nowhere(planted: Planted) -> None:
    places = ("authorization", "x-api-key", "xi-api-key", "x-goog-api-key", "cookie")
    assert planted.found(*places) == {}
    assert all(secret in planted.upstream for place in places for secret in planted.secrets[place])


def test_s09_keys_in_the_address_are_passed_on_and_their_names_alone_are_kept(planted: Planted) -> None:
    assert planted.found("api_key", "token") == {}
    assert all(secret in planted.upstream for secret in planted.secrets["api_key"])
    assert b"api_key=" in planted.everything["stored"]


def test_s10_keys_in_subprotocols_are_passed_on_and_kept_nowhere(planted: Planted) -> None:
    assert planted.found("subprotocol") == {}
    assert all(secret in planted.upstream for secret in planted.secrets["subprotocol"])
    assert b"openai-insecure-api-key." in planted.everything["stored"]


def test_s11_what_stands_for_a_key_tells_nothing_of_it(planted: Planted) -> None:
    """Neither the end of it nor a middle of six letters is left."""
    stored = planted.everything["stored"]
    for place in ("authorization", "field", "tool headers", "quoted", "subprotocol"):
        for secret in planted.secrets[place]:
            middle = secret[len(secret) // 2 :]
            assert middle[:8].encode() not in stored, place
            assert secret[-8:].encode() not in stored, place


def personal_strings() -> list[str]:
    kinds = ["Ana{0} Quill{0}", "+44 20 7946 {0:04d}", "ana{0}@quill.example", "{0} Canary Lane"]
    return [kind.format(number * 7 + 100) for number in range(50) for kind in kinds]


def test_r36_two_hundred_strings_of_a_person_who_was_erased_are_in_no_stored_byte(tmp_path: Path) -> None:
    words = personal_strings()
    assert len(set(words)) == 200
    subject = "RID-canary"
    with earwitness.record(
        provider="openai",
        subject=subject,
        metadata={"name": words[0], "phone": words[1]},
        labels=[words[2]],
        path=f"/v1/realtime?user={words[3].replace(' ', '+')}",
        data_dir=tmp_path / "data",
    ) as leg:
        for number, text in enumerate(words[4:]):
            content = [{"type": "input_text", "text": f"it is {text}"}]
            item = {"type": "message", "id": f"i{number}", "role": "user", "content": content}
            if number % 3 == 2:
                item = {"type": "function_call", "id": f"i{number}", "call_id": f"c{number}", "name": "f"}
                item |= {"arguments": f'{{"who":"{text}"}}', "status": "completed"}
            leg.received({"type": "conversation.item.added", "item": item})
        leg.snapshot(words[5], who=words[6])
        leg.end(outcome="done", satisfaction=words[7])
    library = earwitness.open_library(tmp_path / "data")
    recorded = library.conversation(leg.conversation)
    assert len(recorded.messages()) + len(recorded.tool_calls()) == 196
    recorded.export(tmp_path / "elsewhere")
    before = stored_bytes(tmp_path / "data")
    assert sum(word.encode() in before for word in words) > 190, "the search can find"
    assert [erasure.state for erasure in library.erase_subject(subject)] == ["done"]
    library.catalog.close()
    after = stored_bytes(tmp_path / "data")
    assert [word for word in [*words, subject] if word.encode() in after] == []
    assert leg.leg.encode() in after, "but for its tombstone"
