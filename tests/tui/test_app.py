"""The viewer as a person at a terminal uses it: keys in, screen out, on recorded calls."""

import asyncio
import os

import pytest
import soundfile
from textual.widgets import DataTable, Footer, Input, Static, TabbedContent

from earwitness.library import open_library
from earwitness.tui import playback
from earwitness.tui.app import Viewer
from earwitness.tui.conversation import ConversationScreen
from earwitness.tui.levels import Levels
from played import Played, played
from recorded import copied, recording

__all__ = ["played"]


async def until(pilot, condition):
    async with asyncio.timeout(20):
        while not condition():
            await pilot.pause(0.02)


def shown(app, name):
    return str(app.screen.query_one(name, Static).content)


def sound_in(file):
    return soundfile.info(file).frames > 0


def lines(app):
    table = app.screen.query_one("#messages", DataTable)
    return [tuple(str(cell) for cell in table.get_row_at(row)) for row in range(table.row_count)]


async def opened(pilot, app):
    await until(pilot, lambda: isinstance(app.screen, ConversationScreen) and lines(app))


@pytest.fixture
def viewer(played: Played):
    return lambda ref=None: Viewer(open_library(played.folder), ref)


async def test_the_list_is_narrowed_as_one_types_and_enter_opens_a_call(viewer, played):
    app = viewer()
    async with app.run_test(size=(140, 40)) as pilot:
        table = app.screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count > 1)
        await pilot.press("slash", *"provider:twilio label:order mushroom", "enter")
        await until(pilot, lambda: table.row_count == 1)
        await pilot.press("enter")
        await opened(pilot, app)
        assert any("mushroom pizza" in what for _, _, what in lines(app))


async def test_a_list_without_rows_says_whether_a_filter_left_none(viewer, tmp_path):
    app = viewer()
    async with app.run_test(size=(140, 40)) as pilot:
        app.screen.query_one(Input).value = "label:nobodys"
        await until(pilot, lambda: shown(app, "#said") == "no conversation fits")
    app = Viewer(open_library(tmp_path / "empty"), None)
    async with app.run_test(size=(140, 40)) as pilot:
        await until(pilot, lambda: "nothing is recorded yet" in shown(app, "#said"))


async def test_a_filter_that_cannot_be_read_is_told_and_the_list_stays(viewer):
    app = viewer()
    async with app.run_test(size=(140, 40)) as pilot:
        table = app.screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count > 1)
        app.screen.query_one(Input).value = "status:strange"
        await until(pilot, lambda: "strange" in shown(app, "#said"))
        assert table.row_count > 1


async def test_a_call_shows_words_tools_events_and_health(viewer, played):
    app = viewer(played.id_of("openai", "order"))
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        assert "place_order" in shown(app, "#tools-text")
        assert "MessageOpened" in shown(app, "#events-text")
        assert " of 100" in shown(app, "#health-text")
        for name in ("summary", "tools", "events", "health"):
            app.screen.query_one(TabbedContent).active = name
            await pilot.pause()
            assert shown(app, f"#{name}-text")


async def test_who_saw_the_call_end_sees_its_figures_once_they_are_there(played, tmp_path):
    library = open_library(copied(played.folder, tmp_path / "data"))
    row = library.conversation(played.id_of("openai", "order")).row
    assert row.response_p95_ms is not None
    library.unmake(row.workspace_id, row.id)
    app = Viewer(library, row.id)
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        assert "response p95" not in shown(app, "#about")
        await asyncio.to_thread(library.finish, row.workspace_id, row.id)
        await until(pilot, lambda: f"response p95 {row.response_p95_ms} ms" in shown(app, "#about"))


async def test_a_plain_terminal_shows_whose_call_it_is_how_it_went_and_every_key(viewer, played):
    app = viewer()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.screen.query_one(DataTable)
        await until(pilot, lambda: table.row_count > 1)
        seen = [column for column in table.ordered_columns if column.label.plain != "messages"]
        assert sum(column.get_render_width(table) for column in seen[:7]) <= 80
    app = viewer(played.id_of("openai", "order"))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app)
        assert app.screen.query_one(Footer).max_scroll_x == 0


async def test_what_was_generated_and_never_heard_is_struck_through():
    row = recording().call("openai", "barge_in").row
    app = Viewer(open_library(recording().data_dir), row.id)
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        table = app.screen.query_one("#messages", DataTable)
        cells = [table.get_row_at(number)[2] for number in range(table.row_count)]
        struck = [
            cell.plain[span.start :] for cell in cells for span in cell.spans if "strike" in str(span.style)
        ]
        assert [words for words in struck if words.strip()]


async def test_a_track_is_played_from_the_message_under_the_cursor_and_the_cursor_moves(
    viewer, played, tmp_path, monkeypatch
):
    heard = tmp_path / "heard"
    monkeypatch.setattr(playback.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(playback.sys, "platform", "linux")
    player = tmp_path / "aplay"
    player.write_text(f'#!/bin/sh\nstat -c %s "$2" > {heard}\nexec sleep 30\n')
    player.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    app = viewer(played.id_of("openai", "order"))
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        await pilot.press("down", "down", "c")
        levels = app.screen.query_one(Levels)
        await until(pilot, lambda: levels.cursor_s is not None and heard.exists() and heard.read_text())
        whole = open_library(played.folder).conversation(played.id_of("openai", "order")).audio("caller")
        assert int(heard.read_text()) < whole.seconds * 32_000
        first = levels.cursor_s
        await until(pilot, lambda: levels.cursor_s > first)
        [copy] = tmp_path.glob("earwitness-*")
        await pilot.press("s")
        await until(pilot, lambda: levels.cursor_s is None)
        assert not copy.exists()


async def test_without_a_player_the_file_is_named(viewer, played, monkeypatch, tmp_path):
    monkeypatch.setattr(playback, "players", lambda: iter(()))
    app = viewer(played.id_of("openai", "order"))
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        await pilot.press("space")
        await until(pilot, lambda: "the file is yours" in shown(app, "#said"))
        said = shown(app, "#said")
    assert "a plain copy that stays until you delete it" in said
    assert sound_in(said.split(": ")[-1])


async def test_transcript_and_files_are_exported_where_one_stands(viewer, played, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    ref = played.id_of("openai", "order")
    app = viewer(ref)
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        await pilot.press("t")
        await until(pilot, (tmp_path / f"{ref}.txt").exists)
        assert "mushroom pizza" in (tmp_path / f"{ref}.txt").read_text()
        await pilot.press("e")
        await until(pilot, lambda: "files to" in shown(app, "#said"))
        assert list(tmp_path.rglob("stereo.flac"))


async def test_the_folder_is_opened_at_once_its_files_are_written_first(
    viewer, played, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(playback, "players", lambda: iter(()))  # as over ssh
    app = viewer(played.id_of("openai", "order"))
    async with app.run_test(size=(140, 50)) as pilot:
        await opened(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: "the files are in" in shown(app, "#said"))
        assert list(tmp_path.rglob("transcript.json"))
