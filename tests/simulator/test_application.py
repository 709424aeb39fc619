"""The application's functions, asked for by a voice AI."""

import json

from earwitness.simulator.application import Application
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import scenario


class Socket:
    def __init__(self):
        self.sent = []

    async def send(self, frame):
        self.sent.append(json.loads(frame))


def call(name):
    return {"type": "function_call", "call_id": f"call_{name}", "name": name, "arguments": "{}"}


async def test_it_declares_its_functions_and_formats_and_asks_for_the_greeting():
    socket = Socket()
    await Application(scenario("order"), Pace(), audio_format={"type": "audio/pcma"}).begin(socket)
    update, create = socket.sent
    [tool] = update["session"]["tools"]
    assert (tool["name"], tool["parameters"]["properties"]["quantity"]) == (
        "place_order",
        {"type": "integer"},
    )
    assert update["session"]["audio"]["output"]["format"] == {"type": "audio/pcma"}
    assert create == {"type": "response.create"}


async def test_several_calls_of_one_response_are_answered_before_it_goes_on():
    socket, application = Socket(), Application(scenario("order"), Pace(100), audio_format={})
    await application.run_tools(socket, [{"type": "message"}, call("place_order"), call("fly")])
    first, second, create = socket.sent
    assert json.loads(first["item"]["output"])["order"] == 4711
    assert json.loads(second["item"]["output"]) == {"error": "unknown function"}
    assert create["type"] == "response.create"
    assert [used.call for used in application.used] == ["call_place_order", "call_fly"]


async def test_a_response_without_calls_is_not_gone_on_with():
    socket = Socket()
    await Application(scenario("order"), Pace(), audio_format={}).run_tools(socket, [{"type": "message"}])
    assert socket.sent == []
