"""Write-once files named by their SHA-256 (kho tệp), on disk or in an S3 bucket, verified on every read.

A blob is durable before its name is returned (fsync of file and folder), so its row may be written after it.
Files are 0600, folders 0700: they hold personal papers.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore

from records.errors import BlobStoreUnavailable, FileCorrupted, InvalidValue, RecordNotFound

PIECE = 1 << 20  # bytes read at once
_HASH = re.compile(r"[0-9a-f]{64}")


class LocalBlobStore:
    """Blobs in a folder of this machine, fanned out as `ab/cd/abcd…` (kho tệp trên đĩa)."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with _outages():
            _make_folder(root)

    def put(self, data: bytes) -> str:
        """Store and return the hash; storing the same bytes again is a no-op. Durable on return."""
        return self._write((data,))

    def put_file(self, path: Path) -> str:
        """Store a file's bytes without holding them in memory; returns the hash."""
        with _outages(), path.open("rb") as source:
            return self._write(_iter_pieces(source))

    def read(self, sha256: str) -> bytes:
        """The bytes; raises `FileCorrupted` when they no longer have their hash, `RecordNotFound`."""
        with self._open(sha256) as source, _outages():
            data = source.read()
        _check_hash(hashlib.sha256(data).hexdigest(), sha256)
        return data

    def local_copy(self, sha256: str, folder: Path) -> Path:
        """A readable file with verified bytes for tools that want a path; the caller removes it."""
        with self._open(sha256) as source, _outages():
            return _write_copy(_iter_pieces(source), sha256, folder)

    def has(self, sha256: str) -> bool:
        """Whether the blob is there."""
        return self._path(sha256).exists()

    def iter_older_than(self, moment: datetime) -> Iterator[str]:
        """Hashes of blobs written before `moment`, for the sweep of blobs without a row."""
        for leftover in self._root.glob(".*.tmp"):  # of a writer that was killed
            if leftover.stat().st_mtime < moment.timestamp():
                leftover.unlink(missing_ok=True)
        for path in self._root.glob("??/??/*"):
            if _HASH.fullmatch(path.name) and path.stat().st_mtime < moment.timestamp():
                yield path.name

    def remove(self, sha256: str) -> None:
        """Remove a blob that no row names; for that sweep alone. No error when it is gone."""
        with _outages():
            self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        _check_form(sha256)
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _open(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as exc:
            raise RecordNotFound(sha256=sha256) from exc
        except OSError as exc:
            raise BlobStoreUnavailable(errno=exc.errno) from exc

    def _write(self, pieces: Iterable[bytes]) -> str:
        """Hash while writing a temporary file beside its place, then move it there."""
        temporary = self._root / f".{secrets.token_hex(16)}.tmp"
        with _outages():
            try:
                sha256 = _write_new(temporary, pieces)
                self._settle(temporary, sha256)
            finally:
                temporary.unlink(missing_ok=True)
        return sha256

    def _settle(self, temporary: Path, sha256: str) -> None:
        place = self._path(sha256)
        if place.exists():
            # A repeated step; but never vouch for bytes that rotted meanwhile.
            with place.open("rb") as source:
                _check_hash(hashlib.file_digest(source, "sha256").hexdigest(), sha256)
            return
        _make_folder(place.parent)
        temporary.rename(place)
        _sync_folder(place.parent)


class ObjectBlobStore:
    """Blobs in an S3 bucket (or any store obstore knows), by create-only puts (kho tệp S3)."""

    def __init__(self, store: ObjectStore, prefix: str = "blobs") -> None:
        self._store = store
        self._prefix = prefix

    def put(self, data: bytes) -> str:
        """Store and return the hash; storing the same bytes again is a no-op. Durable on return."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._put(sha256, data)
        return sha256

    def put_file(self, path: Path) -> str:
        """Store a file's bytes without holding them in memory; returns the hash."""
        with _outages(), path.open("rb") as source:
            sha256 = hashlib.file_digest(source, "sha256").hexdigest()
        self._put(sha256, path)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes; raises `FileCorrupted` when they no longer have their hash, `RecordNotFound`."""
        with _outages(sha256):
            data = bytes(obstore.get(self._store, self._key(sha256)).bytes())
        _check_hash(hashlib.sha256(data).hexdigest(), sha256)
        return data

    def local_copy(self, sha256: str, folder: Path) -> Path:
        """A readable file with verified bytes for tools that want a path; the caller removes it."""
        with _outages(sha256):
            pieces = obstore.get(self._store, self._key(sha256)).stream(min_chunk_size=PIECE)
            return _write_copy((bytes(piece) for piece in pieces), sha256, folder)

    def has(self, sha256: str) -> bool:
        """Whether the blob is there."""
        try:
            with _outages(sha256):
                obstore.head(self._store, self._key(sha256))
        except RecordNotFound:
            return False
        return True

    def iter_older_than(self, moment: datetime) -> Iterator[str]:
        """Hashes of blobs written before `moment`, for the sweep of blobs without a row."""
        with _outages():
            for page in obstore.list(self._store, prefix=self._prefix):
                for item in page:
                    name = item["path"].rsplit("/", 1)[-1]
                    if _HASH.fullmatch(name) and item["last_modified"].astimezone(UTC) < moment:
                        yield name

    def remove(self, sha256: str) -> None:
        """Remove a blob that no row names; for that sweep alone. No error when it is gone."""
        with suppress(RecordNotFound), _outages(sha256):
            obstore.delete(self._store, self._key(sha256))

    def _key(self, sha256: str) -> str:
        _check_form(sha256)
        return f"{self._prefix}/{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def _put(self, sha256: str, source: bytes | Path) -> None:
        with _outages(), suppress(AlreadyExistsError):
            # One request, because only that can be create-only; S3 takes 5 GiB in one.
            obstore.put(self._store, self._key(sha256), source, mode="create", use_multipart=False)


@contextmanager
def _outages(sha256: str = "") -> Generator[None, None, None]:
    """Say a failure of disk or bucket in our own words."""
    try:
        yield
    except FileNotFoundError as exc:
        raise RecordNotFound(sha256=sha256) from exc
    except (OSError, BaseError) as exc:
        raise BlobStoreUnavailable(reason=type(exc).__name__) from exc


def _check_form(sha256: str) -> None:
    """A name comes from outside: only a hash may become a path."""
    if not _HASH.fullmatch(sha256):
        raise InvalidValue("Mã băm SHA-256 không đúng dạng.", length=len(sha256))


def _check_hash(found: str, sha256: str) -> None:
    if found != sha256:
        raise FileCorrupted(sha256=sha256)


def _iter_pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece


def _write_new(path: Path, pieces: Iterable[bytes]) -> str:
    """Write a file that must not exist yet, fsynced; returns the hash of what was written."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        for piece in pieces:
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _write_copy(pieces: Iterable[bytes], sha256: str, folder: Path) -> Path:
    path = folder / f"{sha256}.{secrets.token_hex(4)}"
    try:
        _check_hash(_write_new(path, pieces), sha256)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _make_folder(path: Path) -> None:
    """Make a folder and those above it, each durable in its parent."""
    if path.is_dir():
        return
    _make_folder(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
