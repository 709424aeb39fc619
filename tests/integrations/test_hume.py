"""A chat of the `hume` library, attached, against the simulator, with no tap between them."""

import asyncio
import json
from base64 import b64encode
from itertools import groupby

import numpy as np
import pytest
from hume.client import AsyncHumeClient, HumeClient
from hume.empathic_voice.types import AudioInput, ToolResponseMessage

import earwitness
from earwitness.audio.codecs import encode
from earwitness.model.conversation import Status
from earwitness.model.events import Role
from earwitness.simulator.hume_server import HumeServer
from earwitness.simulator.lines import line, spoken

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's websockets is an old one

SETTINGS = {"audio": {"encoding": "linear16", "sample_rate": 16_000, "channels": 1}}
ORDER = encode("pcm_s16le", np.concatenate([spoken("order", 16_000), np.zeros(16_000, np.int16)]))
SAID = AudioInput(data=b64encode(ORDER).decode())
RESULT = '{"order": 4711}'


def check_order(folder):
    [recorded] = earwitness.open_library(folder).conversations()
    rows = recorded.messages()  # each sentence of EVI's is a message
    told = [(role, " ".join(row.text for row in turn)) for role, turn in groupby(rows, lambda row: row.role)]
    assert told == [
        ("assistant", line("greeting").text),
        ("user", line("order").text),
        ("assistant", f"{line('one_moment').text} {line('price').text}"),
    ]
    [call] = recorded.tool_calls()
    assert (call.name, json.loads(call.arguments)["size"], call.result) == ("place_order", "large", RESULT)
    [scores] = [each.emotions for each in recorded.conversation.messages if each.role is Role.USER]
    assert [len(each) for each in scores.values()] == [48]
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert any(block.any() for block in recorded.audio("caller").blocks())
    assert any(block.any() for block in recorded.audio("agent-sent").blocks())


async def test_an_order_by_the_async_client_is_recorded_word_for_word(tmp_path):
    async with HumeServer(speed=20) as server:
        client = AsyncHumeClient(base_url=server.url.replace("ws:", "http:"), api_key="hume-any")
        async with client.empathic_voice.chat.connect(config_id="order", session_settings=SETTINGS) as chat:
            leg = earwitness.attach(chat, data_dir=tmp_path)

            async def until(kind):
                async for event in chat:
                    if event.type == kind:
                        return event
                raise AssertionError(f"no {kind}")

            await until("assistant_end")
            await chat.send_publish(SAID)
            call = await until("tool_call")
            await chat.send_publish(ToolResponseMessage(tool_call_id=call.tool_call_id, content=RESULT))
            await until("assistant_end")
        leg.close()
    check_order(tmp_path)


async def test_an_order_by_the_sync_client_is_recorded_word_for_word(tmp_path):
    def talk(url):
        client = HumeClient(base_url=url.replace("ws:", "http:"), api_key="hume-any")
        with client.empathic_voice.chat.connect(config_id="order", session_settings=SETTINGS) as chat:
            leg = earwitness.attach(chat, data_dir=tmp_path)

            def until(kind):
                return next(event for event in chat if event.type == kind)

            until("assistant_end")
            chat.send_publish(SAID)
            call = until("tool_call")
            chat.send_publish(ToolResponseMessage(tool_call_id=call.tool_call_id, content=RESULT))
            until("assistant_end")
        leg.close()

    async with HumeServer(speed=20) as server:
        await asyncio.to_thread(talk, server.url)
    check_order(tmp_path)
