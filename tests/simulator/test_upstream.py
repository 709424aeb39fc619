"""The server under every fake: scripts by name, refusals, speeds, ports."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from earwitness.simulator.upstream import Upstream, tell


class Echo(Upstream):
    """Says which script it would play, and how fast."""

    PATH = "/talk"
    SCENARIO_IN = "agent"

    async def converse(self, socket, query, scenario, pace):
        await tell(socket, {"scenario": scenario.name, "speed": pace.speed, "query": query})


async def asked(server, target):
    async with connect(server.url + target) as socket:
        return json.loads(await socket.recv())


async def test_the_script_is_the_one_that_is_named_in_our_way_or_in_the_providers():
    async with Echo(speed=3) as server:
        assert (await asked(server, "/talk"))["scenario"] == "order"
        assert (await asked(server, "/talk?agent=dies"))["scenario"] == "dies"
        assert (await asked(server, "/talk?agent=agent_7f3"))["scenario"] == "order"
        told = await asked(server, "/talk?agent=dies&sim_scenario=barge_in&sim_speed=2")
        assert (told["scenario"], told["speed"]) == ("barge_in", 2.0)
        assert (await asked(server, "/talk"))["speed"] == 3


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/", 404),
        ("/talk?sim_scenario=wedding", 404),
        ("/talk?sim_scenario=busy", 429),
        ("/talk?sim_speed=fast", 400),
        ("/talk?sim_speed=-1", 400),
    ],
)
async def test_what_cannot_be_played_is_refused_with_a_body(target, status):
    async with Echo() as server:
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.url + target)
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["detail"]


async def test_a_port_that_is_taken_is_an_error_at_the_start():
    async with Echo() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            await Echo(port=port).__aenter__()


async def test_what_is_told_to_a_socket_that_is_gone_goes_nowhere():
    class Late(Echo):
        async def converse(self, socket, query, scenario, pace):
            await socket.wait_closed()
            await tell(socket, {})
            done.append(socket)

    done = []
    async with Late() as server:
        socket = await connect(server.url + "/talk")
        await socket.close()
    assert done
