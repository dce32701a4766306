"""The memory-backed folder: room, waiting, cleaning up."""

import threading
from pathlib import Path

import pytest

from ingest.errors import FileTooLarge
from ingest.memory import WORKING_ROOM, MemoryFolder, is_memory_backed

MB = 1024 * 1024


def test_room_is_gone_with_all_it_held(memory_dir):
    """Nothing of a file stays when its room is left, also after a failure."""
    share = MemoryFolder(memory_dir, WORKING_ROOM + MB)
    with pytest.raises(RuntimeError), share.room(10) as folder:
        (folder / "source").write_bytes(b"paper")
        raise RuntimeError
    assert not folder.exists()
    share.close()
    assert list(memory_dir.iterdir()) == []


def test_what_can_never_fit_is_refused(memory_dir):
    """A file above the cap is refused at once instead of waiting for ever."""
    share = MemoryFolder(memory_dir, WORKING_ROOM + MB)
    with pytest.raises(FileTooLarge), share.room(2 * MB):
        pytest.fail("had room")
    share.close()


def test_a_full_folder_makes_the_next_wait(memory_dir):
    """The second file comes in when the first has left, not before."""
    share = MemoryFolder(memory_dir, WORKING_ROOM + MB)
    entered = threading.Event()

    def second() -> None:
        with share.room(MB):
            entered.set()

    with share.room(MB):
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.1)
    assert entered.wait(5)
    thread.join()
    share.close()


def test_what_a_killed_process_left_is_removed(memory_dir):
    """The next start clears folders nobody holds, and leaves those of the living alone."""
    living = MemoryFolder(memory_dir, WORKING_ROOM + MB)
    dead = memory_dir / "intake-dead"
    dead.mkdir()
    (dead / "lock").touch()
    (dead / "source").write_bytes(b"paper")
    other = MemoryFolder(memory_dir, WORKING_ROOM + MB)
    assert not dead.exists()
    assert living.path.exists()
    living.close()
    other.close()


def test_disk_is_told_from_memory(tmp_path):
    """The mount table says what a folder lies on."""
    assert is_memory_backed(Path("/dev/shm")) is True
    assert is_memory_backed(Path("/usr")) is False


def test_a_folder_on_disk_is_warned_of(tmp_path, monkeypatch, caplog):
    """Start-up says so, but goes on: a trial machine may have none."""
    monkeypatch.setattr("ingest.memory.MEMORY_SYSTEMS", frozenset[str]())
    MemoryFolder(tmp_path, WORKING_ROOM + MB).close()
    assert "tmpfs" in caplog.text
