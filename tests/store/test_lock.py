"""One writer a data folder: the second is told who the first is, and a dead one holds nothing."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from earwitness.errors import InUse, StorageUnavailable
from earwitness.store.lock import FolderLock

HOLDS = """
import sys, time
from pathlib import Path
from earwitness.store.lock import FolderLock
FolderLock(Path(sys.argv[1])).take()
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", HOLDS, str(tmp_path)], stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        yield child
        child.kill()


def test_a_second_process_is_refused_and_told_who_holds_the_folder(tmp_path, holder):
    with pytest.raises(InUse, match=f"in use by process {holder.pid}") as refused, FolderLock(tmp_path):
        pytest.fail("two processes hold one folder")
    assert refused.value.facts == {"holder": str(holder.pid)}
    assert refused.value.hint


def test_a_holder_that_is_killed_lets_go(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait(10)
    with FolderLock(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_who_is_patient_gets_the_folder_as_soon_as_it_is_free(tmp_path):
    first = FolderLock(tmp_path).take()
    threading.Timer(0.2, first.release).start()
    began = time.monotonic()
    with FolderLock(tmp_path, patience_s=30):
        assert time.monotonic() - began < 10
    with FolderLock(tmp_path):  # and is free again
        pass


def test_a_longer_number_of_an_earlier_process_does_not_show_through(tmp_path):
    (tmp_path / "lock").write_text("12345678901234567890")
    with FolderLock(tmp_path):
        assert (tmp_path / "lock").read_text() == str(os.getpid())
        with pytest.raises(InUse, match=f"by process {os.getpid()}$"):
            FolderLock(tmp_path).take()


def test_a_folder_is_made_for_its_owner_only(tmp_path):
    with FolderLock(tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "new" / "lock").stat().st_mode & 0o777 == 0o600


def test_a_place_that_takes_no_folder_is_said_plainly(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageUnavailable, match="file"):
        FolderLock(tmp_path / "file" / "data").take()
