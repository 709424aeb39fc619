"""The application's functions, asked for by a voice AI."""

import json

from earwitness.simulator.application import Application
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import scenario


class Wire:
    """What an application asked for, and the functions it ran."""

    def __init__(self, name, pace=1.0, audio_format=None):
        self.sent, self.used = [], []
        self.application = Application(
            scenario(name), Pace(pace), self.send, audio_format=audio_format or {}, used=self.used
        )

    async def send(self, event):
        self.sent.append(event)


def call(name):
    return {"type": "function_call", "call_id": f"call_{name}", "name": name, "arguments": "{}"}


async def test_it_declares_its_functions_and_formats_and_asks_for_the_greeting():
    wire = Wire("order", audio_format={"type": "audio/pcma"})
    await wire.application.begin()
    update, create = wire.sent
    [tool] = update["session"]["tools"]
    assert (tool["name"], tool["parameters"]["properties"]["quantity"]) == (
        "place_order",
        {"type": "integer"},
    )
    assert update["session"]["audio"]["output"]["format"] == {"type": "audio/pcma"}
    assert create == {"type": "response.create"}


async def test_several_calls_of_one_response_are_answered_before_it_goes_on():
    wire = Wire("order", pace=100)
    await wire.application.run_tools([{"type": "message"}, call("place_order"), call("fly")])
    first, second, create = wire.sent
    assert json.loads(first["item"]["output"])["order"] == 4711
    assert json.loads(second["item"]["output"]) == {"error": "unknown function"}
    assert create["type"] == "response.create"
    assert [each.call for each in wire.used] == ["call_place_order", "call_fly"]


async def test_a_response_without_calls_is_not_gone_on_with():
    wire = Wire("order")
    await wire.application.run_tools([{"type": "message"}])
    assert wire.sent == []
