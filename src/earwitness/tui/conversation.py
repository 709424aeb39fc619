"""One conversation: what was said, done and heard, and its sound."""

from pathlib import Path
from typing import Any, ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Header, Static, TabbedContent, TabPane

from earwitness.desk.recorded import Recorded
from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.tui import words
from earwitness.tui.levels import Levels
from earwitness.tui.playback import Playback, discard, open_folder, temporary

FOLLOW_S = 1.0  # between looks at a call that is not finished
CURSOR_S = 0.1
BESIDE_WORDS = 26  # columns that time, speaker and the scroll bar take


class ConversationScreen(Screen[None]):
    """Reads in threads: a long call never holds up the keys. Follows a call until its files are made."""

    BINDINGS: ClassVar[Any] = [
        ("space", "play('stereo')", "Play"),
        ("c", "play('caller')", "Caller"),
        ("a", "play('agent')", "Agent"),
        ("s", "stop", "Stop"),
        ("t", "export_transcript", "Text"),
        ("e", "export", "Files"),
        ("o", "open_folder", "Folder"),
        ("escape,q", "leave", "Back"),
    ]
    CSS = """
    #about { height: auto; padding: 0 1; }
    #said { height: auto; padding: 0 1; color: $warning; }
    TabbedContent { height: 1fr; }
    """

    def __init__(self, library: Library, conversation: str) -> None:
        super().__init__()
        self._library = library
        self._conversation = conversation
        self._playback: Playback | None = None
        self._exported: Path | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static(id="about")
        yield Levels()
        yield Static(id="said")
        with TabbedContent():
            with TabPane("Transcript", id="transcript"):
                yield DataTable(id="messages", cursor_type="row", show_header=False)
            for name in ("Summary", "Tools", "Events", "Health"):
                with TabPane(name, id=name.lower()), VerticalScroll():
                    yield Static(id=f"{name.lower()}-text")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        table = self.query_one("#messages", DataTable)
        table.add_columns("when", "who")
        table.add_column("what", width=max(self.app.size.width - BESIDE_WORDS, 20))
        table.focus()
        self.load()
        self.set_interval(FOLLOW_S, self._follow)
        self.set_interval(CURSOR_S, self._move_cursor)

    # -- what is shown --------------------------------------------------------------------------------

    @work(thread=True, exclusive=True)
    def load(self) -> None:
        """Read all of it again and show it."""
        try:
            recorded = self._library.conversation(self._conversation)
            shown = {
                "summary": recorded.summary(),
                "tools": words.tools(recorded),
                "events": words.events(recorded),
                "health": words.health(recorded.health()),
            }
            waveform = recorded.waveform()
        except EarwitnessError as error:
            self.app.call_from_thread(self._say, f"{error}. {error.hint}")
        else:
            self.app.call_from_thread(self._show, recorded, shown, waveform)

    def _show(self, recorded: Recorded, shown: dict[str, str], waveform: dict[str, Any]) -> None:
        is_running = recorded.row.status == "active"
        self._is_growing = not recorded.has_files  # what the sound says comes last
        self.query_one("#about", Static).update(words.headline(recorded.row))
        self.query_one(Levels).show(waveform)
        for name, text in shown.items():
            self.query_one(f"#{name}-text", Static).update(Text(text))
        table = self.query_one("#messages", DataTable)
        at, was_last = table.cursor_row, table.cursor_row >= table.row_count - 1
        table.clear()
        for message in recorded.messages():
            table.add_row(*words.line(message), key=message.key, height=None)
        table.move_cursor(row=table.row_count - 1 if is_running and was_last else at)

    _is_growing = False

    def _follow(self) -> None:
        if self._is_growing:
            self.load()

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(Text(text))

    # -- sound ----------------------------------------------------------------------------------------

    def action_play(self, track: str) -> None:
        """From the message the cursor is on."""
        self.action_stop()
        self._say(f"playing {track} ...")
        self._fetch(track, self._start_s())

    def _start_s(self) -> float:
        table = self.query_one("#messages", DataTable)
        if not table.cursor_row:
            return 0.0
        return words.seconds(str(table.get_row_at(table.cursor_row)[0]))

    @work(thread=True, exclusive=True, group="sound")
    def _fetch(self, track: str, from_s: float) -> None:
        file = temporary(track)
        try:
            self._library.conversation(self._conversation).audio(track).write(file, from_s=from_s)
        except EarwitnessError as error:
            discard(file)
            self.app.call_from_thread(self._say, f"{error}. {error.hint}")
            return
        self.app.call_from_thread(self._begin, file, track, from_s)

    def _begin(self, file: Path, track: str, from_s: float) -> None:
        self._playback = Playback(file, from_s=from_s)
        self._file = file
        self._say(f"playing {track}: {file}")

    _file = Path()

    def _move_cursor(self) -> None:
        playback = self._playback
        if playback is None:
            return
        position = playback.position_s()
        self.query_one(Levels).cursor_s = position
        if position is None:
            self._playback = None
            said = playback.let_go()
            self._say(f"{said}: {self._file}" if said else "")

    def action_stop(self) -> None:
        if self._playback is not None:
            self.on_unmount()
            self._say("")
        self.query_one(Levels).cursor_s = None

    def on_unmount(self) -> None:
        """Nothing is heard, and no file left, of a screen that is closed."""
        if self._playback is not None:
            self._playback.stop()
            self._playback.let_go()
            self._playback = None

    # -- out ------------------------------------------------------------------------------------------

    def action_export_transcript(self) -> None:
        file = Path(f"{self._conversation}.txt").absolute()
        try:
            file.write_text(self._library.conversation(self._conversation).transcript(), "utf-8")
        except (EarwitnessError, OSError) as error:
            self._say(f"not written: {error}")
        else:
            self._say(f"wrote {file}")

    @work(thread=True, exclusive=True, group="export")
    def action_export(self) -> None:
        self._export()

    def _export(self) -> bool:
        """Whether the files are written; what happened is told."""
        try:
            files = self._library.conversation(self._conversation).export(Path.cwd())
        except (EarwitnessError, OSError) as error:
            self.app.call_from_thread(self._say, f"not written: {error}")
            return False
        self._exported = files[0].parent.absolute()
        self.app.call_from_thread(self._say, f"wrote {len(files)} files to {self._exported}")
        return True

    @work(thread=True, exclusive=True, group="export")
    def action_open_folder(self) -> None:
        """Files are written first where none are yet."""
        if self._exported is None and not self._export():
            return
        if not open_folder(self._exported or Path()):
            words = f"no desktop here to open it; the files are in {self._exported}"
            self.app.call_from_thread(self._say, words)

    def action_leave(self) -> None:
        self.action_stop()
        self.app.pop_screen()
