"""`earwitness view`: the list of conversations, or one of them."""

from textual.app import App

from earwitness.library import Library
from earwitness.tui.conversation import ConversationScreen
from earwitness.tui.listing import ListScreen


class Viewer(App[None]):
    """Over one workspace's recordings. `conversation`: the id of the one to open first."""

    TITLE = "Earwitness"

    def __init__(self, library: Library, conversation: str | None = None) -> None:
        super().__init__()
        self._library = library
        self._conversation = conversation

    def on_mount(self) -> None:
        self.push_screen(ListScreen(self._library))
        if self._conversation:
            self.push_screen(ConversationScreen(self._library, self._conversation))
