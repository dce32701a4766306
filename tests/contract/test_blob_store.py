"""What every blob store does: in memory, on disk, and through obstore (the S3 client's own stores)."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest
from obstore.store import LocalStore, MemoryStore

from records.blobs import LocalBlobStore, ObjectBlobStore
from records.errors import FileCorrupted, InvalidValue, RecordNotFound
from records.ports import BlobStore
from tests.fakes import FakeBlobStore, FixedClock

DATA = "Số: 15/QĐ-UBND".encode() * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()
UNKNOWN = "0" * 64
Damage = Callable[[str], None]


def _damage_file(root: Path) -> Damage:
    def damage(sha256: str) -> None:
        path = next(root.rglob(sha256))
        path.write_bytes(b"x" + path.read_bytes()[1:])

    return damage


@pytest.fixture(params=["fake", "disk", "obstore-memory", "obstore-disk"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[BlobStore, Damage]:
    """An empty store of each kind and a way to let one of its blobs rot."""
    root = tmp_path / "blobs"
    if request.param == "fake":
        fake = FakeBlobStore(FixedClock(datetime.now(UTC)))
        return fake, fake.damage
    if request.param == "disk":
        return LocalBlobStore(root), _damage_file(root)
    if request.param == "obstore-disk":
        root.mkdir()
        return ObjectBlobStore(LocalStore(root)), _damage_file(root)
    memory = MemoryStore()

    def damage(sha256: str) -> None:
        obstore.put(memory, f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}", b"rotten")

    return ObjectBlobStore(memory), damage


class TestBlobStore:
    """Contract of `BlobStore`."""

    def test_gives_back_the_bytes(self, blobs: tuple[BlobStore, Damage]) -> None:
        """What was put is read under its hash, empty bytes included."""
        store, _ = blobs
        assert not store.has(SHA256)
        assert store.put(DATA) == SHA256
        assert store.has(SHA256)
        assert store.read(SHA256) == DATA
        assert store.read(store.put(b"")) == b""

    def test_the_same_bytes_again_change_nothing(self, blobs: tuple[BlobStore, Damage]) -> None:
        """A repeated put is a no-op with the same name."""
        store, _ = blobs
        assert store.put(DATA) == store.put(DATA) == SHA256
        assert list(store.iter_older_than(datetime.now(UTC) + timedelta(hours=1))) == [SHA256]

    def test_takes_files_and_gives_copies(self, blobs: tuple[BlobStore, Damage], tmp_path: Path) -> None:
        """A file goes in by path and comes out as a file of its own."""
        store, _ = blobs
        source = tmp_path / "quét.pdf"
        source.write_bytes(DATA)
        assert store.put_file(source) == SHA256
        assert source.exists()
        copy = store.local_copy(SHA256, tmp_path)
        assert copy.read_bytes() == DATA
        copy.unlink()
        assert store.read(SHA256) == DATA

    def test_notices_rot(self, blobs: tuple[BlobStore, Damage], tmp_path: Path) -> None:
        """Damaged bytes are never handed out, neither in memory nor as a file."""
        store, damage = blobs
        store.put(DATA)
        damage(SHA256)
        with pytest.raises(FileCorrupted):
            store.read(SHA256)
        with pytest.raises(FileCorrupted):
            store.local_copy(SHA256, tmp_path)
        assert not [path for path in tmp_path.iterdir() if path.is_file()]

    def test_unknown_blobs_raise(self, blobs: tuple[BlobStore, Damage], tmp_path: Path) -> None:
        """A blob that is not there is `RecordNotFound`."""
        store, _ = blobs
        with pytest.raises(RecordNotFound):
            store.read(UNKNOWN)
        with pytest.raises(RecordNotFound):
            store.local_copy(UNKNOWN, tmp_path)
        assert not store.has(UNKNOWN)

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", SHA256.upper(), SHA256 + "0", "a/" * 32])
    def test_only_a_hash_is_a_name(self, blobs: tuple[BlobStore, Damage], name: str) -> None:
        """Nothing but 64 lower-case hex digits becomes a path."""
        store, _ = blobs
        with pytest.raises(InvalidValue):
            store.has(name)

    def test_the_sweep_sees_old_blobs_and_removes(self, blobs: tuple[BlobStore, Damage]) -> None:
        """Blobs are listed by age and can be removed, twice without error."""
        store, _ = blobs
        store.put(DATA)
        now = datetime.now(UTC)
        assert list(store.iter_older_than(now - timedelta(hours=1))) == []
        assert list(store.iter_older_than(now + timedelta(hours=1))) == [SHA256]
        store.remove(SHA256)
        store.remove(SHA256)
        assert not store.has(SHA256)
