"""Calls that a webhook told of, and that are recorded by a connection beside them."""

import asyncio

import msgspec

from earwitness.capture.beside import Beside
from earwitness.library import Library
from earwitness.server.receiving import Receiving


class _Data(msgspec.Struct):
    call_id: str = ""


class _Event(msgspec.Struct):
    type: str = ""
    data: _Data | None = None


_event = msgspec.json.Decoder(_Event).decode


class Calling:
    """Begins to record when a call comes in; for the event loop."""

    def __init__(self, library: Library, receiving: Receiving) -> None:
        self._library = library
        self._receiving = receiving
        self.tasks: set[asyncio.Task[None]] = set()  # one a call that is being attended

    def begin(self, body: bytes) -> None:
        """Attend the call that this webhook tells of, if it tells of one. Does not wait for anything."""
        try:
            event = _event(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return
        call = event.data.call_id if event.data else ""
        if event.type == "realtime.call.incoming" and call and self._library.settings.sip.api_key:
            task = asyncio.get_running_loop().create_task(self._attend(call))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _attend(self, call: str) -> None:
        journal = await asyncio.to_thread(self._receiving.journal)
        settings = self._library.settings
        await Beside(settings.sip, journal, settings.webhooks.workspace).attend(call)
