"""Calls that come in by SIP are accepted and recorded from beside, whatever the far end does."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.server import ServerConnection

from earwitness.capture.beside import MOST_BREAKS, Beside
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Answered, Kind, Origin, Record
from earwitness.journal.writer import Journal
from earwitness.settings import Sip
from fake_sip import SAID, FakeSip, break_off, say_all
from served import until
from taps import ended, opened

SESSION = {"model": "gpt-realtime", "instructions": "Be kind."}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path)
    yield journal
    journal.close()


def beside(journal: Journal, fake: FakeSip, **settings: object) -> Beside:
    told = Sip(**{"api_key": "sk-made-up", "api_base": fake.url, **settings})  # type: ignore[arg-type]
    return Beside(told, journal, "acme", pauses_s=(0.01, 0.01))


def has_text(journal: Journal) -> bool:
    return any(r.kind is Kind.TEXT for folder in leg_folders(journal.root) for r in read_leg(folder))


def legs(journal: Journal) -> list[list[Record]]:
    journal.close()
    return [list(read_leg(folder)) for folder in leg_folders(journal.root)]


async def test_a_call_is_accepted_and_recorded_until_its_end(journal: Journal) -> None:
    async with FakeSip() as fake:
        await beside(journal, fake, accept=SESSION).attend("rtc_1")
    (accepted,) = fake.accepted
    assert accepted[0] == "/v1/realtime/calls/rtc_1/accept"
    assert accepted[1]["authorization"] == "Bearer sk-made-up"
    assert accepted[2] == {"type": "realtime", **SESSION}
    assert fake.connected == [("/v1/realtime?call_id=rtc_1", "Bearer sk-made-up")]
    (records,) = legs(journal)
    began = opened(records)
    assert (began.way, began.provider, began.workspace) == ("sip", "openai", "acme")
    assert (began.links, began.path) == (("call:rtc_1",), "/v1/realtime?call_id=rtc_1")
    said = [json.loads(record.payload) for record in records if record.kind is Kind.TEXT]
    assert said == SAID
    assert {record.origin for record in records if record.kind is Kind.TEXT} == {Origin.SERVER}
    assert [(r.kind, r.payload) for r in records if r.kind is Kind.CLOSE] == [
        (Kind.CLOSE, b"\x03\xe8call ended")
    ]
    assert (ended(records).why, ended(records).by) == ("closed", "server")


async def test_a_call_the_application_accepts_is_waited_for(journal: Journal) -> None:
    async with FakeSip(connects=(404, 503, 101)) as fake:
        await beside(journal, fake).attend("rtc_1")
    assert (len(fake.accepted), len(fake.connected)) == (0, 3)
    (records,) = legs(journal)
    assert ended(records).why == "closed"


@pytest.mark.parametrize("accepts", [(500, 200), (409,)])
async def test_accepting_is_tried_again_and_whoever_was_first_is_as_good(
    journal: Journal, accepts: tuple[int, ...]
) -> None:
    async with FakeSip(accepts=accepts) as fake:
        await beside(journal, fake, accept=SESSION).attend("rtc_1")
    assert len(fake.accepted) == len(accepts)
    assert [ended(records).why for records in legs(journal)] == ["closed"]


@pytest.mark.parametrize(
    ("statuses", "status", "attempts"),
    [({"accepts": (401,)}, 401, 1), ({"connects": (403,)}, 403, 1), ({"connects": (404,)}, 404, 3)],
)
async def test_a_call_that_is_refused_is_a_leg_that_says_so(
    journal: Journal, statuses: dict[str, tuple[int, ...]], status: int, attempts: int
) -> None:
    async with FakeSip(**statuses) as fake:
        await beside(journal, fake, accept=SESSION).attend("rtc_1")
    assert max(len(fake.accepted), len(fake.connected)) == attempts
    (records,) = legs(journal)
    answer = next(record for record in records if record.kind is Kind.ANSWERED)
    assert msgspec.json.decode(answer.payload, type=Answered).status == status
    assert b"sk-abcdefghijklmn" not in answer.payload
    assert ended(records).why == "refused"


async def test_a_far_end_that_is_not_there_is_a_leg_that_says_so(journal: Journal) -> None:
    async with FakeSip() as fake:
        for accept in (SESSION, {}):
            await beside(journal, fake, accept=accept, api_base="http://127.0.0.1:9").attend("rtc_1")
    assert [ended(records).why for records in legs(journal)] == ["unreachable", "unreachable"]


async def test_a_connection_that_breaks_is_opened_anew_and_its_legs_belong_together(journal: Journal) -> None:
    async with FakeSip() as fake:
        fake.talks = [break_off, say_all]
        await beside(journal, fake).attend("rtc_1")
    first, second = legs(journal)
    assert opened(first).links == opened(second).links
    assert sorted([ended(first).why, ended(second).why]) == ["closed", "lost"]


async def test_a_far_end_that_always_breaks_off_is_left_alone_in_the_end(journal: Journal) -> None:
    async with FakeSip() as fake:
        fake.talks = [break_off]
        await beside(journal, fake).attend("rtc_1")
    assert [ended(records).why for records in legs(journal)] == ["lost"] * (1 + MOST_BREAKS)


async def test_a_recording_that_is_stopped_says_so(journal: Journal) -> None:
    async with FakeSip() as fake:
        is_up = asyncio.Event()

        async def stay(connection: ServerConnection) -> None:
            await connection.send("{}")
            is_up.set()
            await connection.wait_closed()

        fake.talks = [stay]
        task = asyncio.create_task(beside(journal, fake).attend("rtc_1"))
        await is_up.wait()
        await asyncio.to_thread(until, lambda: has_text(journal))
        task.cancel()
        await asyncio.wait([task])
    (records,) = legs(journal)
    assert (ended(records).why, ended(records).by) == ("stopped", "recorder")


async def test_no_redirect_is_followed(journal: Journal) -> None:
    async with FakeSip(connects=(302,)) as fake:
        await beside(journal, fake).attend("rtc_1")
    assert len(fake.connected) == 1
    assert [ended(records).why for records in legs(journal)] == ["refused"]


async def test_no_id_of_a_call_leads_elsewhere(journal: Journal) -> None:
    async with FakeSip() as fake:
        await beside(journal, fake, accept=SESSION).attend("../../x?y#z")
    assert fake.accepted[0][0] == "/v1/realtime/calls/..%2F..%2Fx%3Fy%23z/accept"
    assert fake.connected[0][0] == "/v1/realtime?call_id=..%2F..%2Fx%3Fy%23z"
