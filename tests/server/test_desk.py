"""The desk alone, as the recorder starts it: its settings and a status a second by standard input."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

import earwitness
from earwitness.capture.status import RecorderStatus
from earwitness.desk.finding import Finding
from earwitness.library import Library, open_library
from earwitness.server.bond import Ready, Refusal
from earwitness.settings import Listen, Settings
from privacy_vaults import encrypted
from served import answers, until

GREEN = RecorderStatus(
    live_legs=3, is_red=False, reason="", lost_records=0, unsynced_age_ms=1.0, disk_free_bytes=10**9
)


def settings(folder: Path, port: int = 0) -> Settings:
    return Settings(data_dir=str(folder), api=Listen(port=port))


class Desk:
    def __init__(self, wanted: Settings) -> None:
        command = [sys.executable, "-m", "earwitness.server.desk"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.tell(wanted)

    def tell(self, word: msgspec.Struct) -> None:
        assert self.process.stdin
        self.process.stdin.write(msgspec.json.encode(word) + b"\n")
        self.process.stdin.flush()

    def word(self) -> Ready | Refusal:
        assert self.process.stdout
        return msgspec.json.decode(self.process.stdout.readline(), type=Ready | Refusal)

    def end(self) -> int:
        """The recorder is gone; the desk's exit status."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(10)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(settings(tmp_path))
    yield made
    made.process.kill()
    made.end()


def test_it_says_on_which_port_it_answers_and_goes_when_the_recorder_does(desk: Desk) -> None:
    word = desk.word()
    assert isinstance(word, Ready)
    assert answers("127.0.0.1", word.port)
    desk.tell(GREEN)
    assert desk.end() == 0
    assert not answers("127.0.0.1", word.port)


def test_a_service_manager_that_tells_everybody_to_stop_does_not_make_it_go_before_the_recorder(
    desk: Desk,
) -> None:
    word = desk.word()
    assert isinstance(word, Ready)
    for number in (signal.SIGTERM, signal.SIGINT):
        desk.process.send_signal(number)
    desk.tell(GREEN)
    with pytest.raises(subprocess.TimeoutExpired):
        desk.process.wait(1)
    assert answers("127.0.0.1", word.port)
    assert desk.end() == 0


def test_a_line_that_is_no_status_is_passed_over(desk: Desk) -> None:
    word = desk.word()
    assert isinstance(word, Ready)
    assert desk.process.stdin
    desk.process.stdin.write(b"nonsense\n{}\n")
    desk.tell(GREEN)
    assert answers("127.0.0.1", word.port)
    assert desk.end() == 0


def test_it_refuses_a_taken_port_and_names_it(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        desk = Desk(settings(tmp_path, port))
        word = desk.word()
        assert isinstance(word, Refusal)
        assert (word.kind, str(port) in word.message, bool(word.hint)) == ("InUse", True, True)
        assert desk.end() == 1


def test_it_refuses_a_folder_that_another_desk_serves(desk: Desk, tmp_path: Path) -> None:
    assert isinstance(desk.word(), Ready)
    second = Desk(settings(tmp_path))
    word = second.word()
    assert isinstance(word, Refusal)
    assert (word.kind, str(desk.process.pid) in word.message) == ("InUse", True)
    assert second.end() == 1
    until(lambda: desk.process.poll() is None)


def test_it_refuses_files_from_before_encryption_until_reindex_has_sealed_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with earwitness.record(provider="openai", data_dir=data) as leg:
        leg.end()
        assert leg.flush()
    plain = open_library(data)
    assert plain.conversation("latest").has_files
    plain.catalog.close()
    wanted = replace(encrypted(tmp_path), api=Listen(port=0))
    desk = Desk(wanted)
    word = desk.word()
    assert isinstance(word, Refusal)
    assert (word.kind, "earwitness reindex" in word.hint) == ("SettingsError", True)
    assert desk.end() == 1
    with_bucket = replace(encrypted(tmp_path), object_store_url="s3://nobody-is-asked/here")
    Finding(with_bucket).refuse_unsealed()
    library = Library(wanted)
    assert library.reindex() == 1
    library.catalog.close()
    desk = Desk(wanted)
    assert isinstance(desk.word(), Ready)
    assert desk.end() == 0


def test_a_new_folder_is_encrypted_from_its_first_start(tmp_path: Path) -> None:
    desk = Desk(replace(encrypted(tmp_path), api=Listen(port=0)))
    assert isinstance(desk.word(), Ready)
    assert desk.end() == 0
