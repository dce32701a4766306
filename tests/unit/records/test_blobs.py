"""What the disk store leaves on disk; the rest is `tests/contract/test_blob_store.py`."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from records.blobs import LocalBlobStore
from records.errors import BlobStoreUnavailable, FileCorrupted


def test_files_are_private_and_fanned_out(tmp_path: Path) -> None:
    """`ab/cd/hash`, files 0600, folders 0700, nothing temporary left."""
    root = tmp_path / "blobs"
    sha256 = LocalBlobStore(root).put(b"abc")
    files = [path for path in root.rglob("*") if path.is_file()]
    assert files == [root / sha256[:2] / sha256[2:4] / sha256]
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o777 for path in [root, *files[0].parents[:2]]} == {0o700}


def test_is_durable_before_it_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is synced before it gets its name, its folder and every new folder's parent after."""
    store, synced = LocalBlobStore(tmp_path / "blobs"), list[str]()
    real = os.fsync

    def note(number: int) -> None:
        synced.append(Path(f"/proc/self/fd/{number}").readlink().name)
        real(number)

    monkeypatch.setattr(os, "fsync", note)
    sha256 = store.put(b"abc")
    assert synced[0].endswith(".tmp")
    assert synced[1:] == ["blobs", sha256[:2], sha256[2:4]]


def test_a_repeated_put_notices_rot(tmp_path: Path) -> None:
    """Putting the bytes again does not vouch for a stored copy that is damaged."""
    store = LocalBlobStore(tmp_path)
    sha256 = store.put(b"abc")
    (tmp_path / sha256[:2] / sha256[2:4] / sha256).write_bytes(b"abd")
    with pytest.raises(FileCorrupted):
        store.put(b"abc")


def test_the_sweep_clears_what_a_killed_writer_left(tmp_path: Path) -> None:
    """Old temporary files go; young ones may belong to a writer at work."""
    store, moment = LocalBlobStore(tmp_path), datetime.now(UTC)
    old, young = tmp_path / ".old.tmp", tmp_path / ".young.tmp"
    for path, age in ((old, 2), (young, 0)):
        path.write_bytes(b"half")
        seconds = (moment - timedelta(days=age)).timestamp()
        os.utime(path, (seconds, seconds))
    assert list(store.iter_older_than(moment - timedelta(days=1))) == []
    assert (old.exists(), young.exists()) == (False, True)


def test_a_place_that_cannot_be_written_is_an_outage(tmp_path: Path) -> None:
    """A file where the folder should be, an unreadable source: `BlobStoreUnavailable`."""
    (tmp_path / "file").write_text("")
    with pytest.raises(BlobStoreUnavailable):
        LocalBlobStore(tmp_path / "file" / "blobs")
    with pytest.raises(BlobStoreUnavailable):
        LocalBlobStore(tmp_path / "blobs").put_file(tmp_path)
