"""The list: newest first, narrowed as one types, and what is new by itself."""

from typing import Any, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import DataTable, Footer, Header, Input, Static

from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.store.finding import ConversationQuery
from earwitness.tui.conversation import ConversationScreen

NOTHING_YET = "nothing is recorded yet; `earwitness simulate` plays a call"
NONE_FITS = "no conversation fits"
MOST = 500  # rows at once; a filter finds the others
REFRESH_S = 2.0
COLUMNS = ("when", "call", "status", "length", "p95", "cut in", "health", "providers", "messages")
CALL_COLUMNS = 20  # so that what matters stands within the 80 of a plain terminal
FILTERS = ("provider", "subject", "label", "status", "outcome", "route", "agent")


def query_of(words: str) -> ConversationQuery:
    """`provider:hume label:vip pizza`: filters by name, all other words are searched for."""
    given: dict[str, Any] = {}
    rest = []
    for word in words.split():
        name, mark, value = word.partition(":")
        if mark and name in FILTERS and value:
            given[name] = value
        else:
            rest.append(word)
    return ConversationQuery(**given, q=" ".join(rest) or None, limit=MOST)


class ListScreen(Screen[None]):
    """All conversations."""

    BINDINGS: ClassVar[Any] = [
        ("slash", "filter", "Filter"),
        ("r", "reload", "Reload"),
        ("j", "move(1)", ""),
        ("k", "move(-1)", ""),
        ("q", "app.quit", "Quit"),
    ]
    CSS = "DataTable { height: 1fr; } #said { height: auto; color: $warning; padding: 0 1; }"

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._shown: tuple[Any, ...] | None = None

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input(placeholder="filter: provider:hume subject:RID001 label:vip status:partial, or words")
        yield DataTable(cursor_type="row", zebra_stripes=True)
        yield Static(id="said")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns(*COLUMNS)
        table.focus()
        self.action_reload()
        self.set_interval(REFRESH_S, self.action_reload)

    @on(Input.Changed)
    def narrow(self) -> None:
        self.action_reload()

    @on(Input.Submitted)
    def done(self) -> None:
        self.query_one(DataTable).focus()

    @on(DataTable.RowSelected)
    def open(self, event: DataTable.RowSelected) -> None:
        if event.row_key.value:
            self.app.push_screen(ConversationScreen(self._library, event.row_key.value))

    def action_filter(self) -> None:
        self.query_one(Input).focus()

    def action_move(self, by: int) -> None:
        table = self.query_one(DataTable)
        table.move_cursor(row=table.cursor_row + by)

    @work(thread=True, exclusive=True)
    def action_reload(self) -> None:
        words = self.query_one(Input).value
        try:
            rows = self._library.page(query_of(words)).items
        except EarwitnessError as error:
            self.app.call_from_thread(self._say, f"{error}. {error.hint}")
        else:
            none = NONE_FITS if words.strip() else NOTHING_YET
            self.app.call_from_thread(self._show, rows, "" if rows else none)

    def _say(self, words: str) -> None:
        self.query_one("#said", Static).update(Text(words))

    def _show(self, rows: tuple[Any, ...], said: str) -> None:
        self._say(said)
        if rows == self._shown:
            return
        self._shown = rows
        table = self.query_one(DataTable)
        at = table.cursor_row
        table.clear()
        for row in rows:
            table.add_row(*(Text(cell) for cell in cells(row)), key=row.id)
        table.move_cursor(row=min(at, max(len(rows) - 1, 0)))


def cells(row: Any) -> tuple[str, ...]:
    """One conversation in the words of `COLUMNS`."""
    response = "" if row.response_p95_ms is None else f"{row.response_p95_ms / 1000:.2f} s"
    name = row.subject or row.call_id
    return (
        f"{row.started_at:%m-%d %H:%M:%S}",
        name if len(name) <= CALL_COLUMNS else f"{name[: CALL_COLUMNS - 1]}…",
        row.status,
        f"{row.duration_ms // 60_000}:{row.duration_ms // 1000 % 60:02d}",
        response,
        str(row.interruption_count or ""),
        str(row.health_score),
        ",".join(row.providers),
        str(row.message_count),
    )
