"""Audit entries written while the database was out of reach (nhật ký tạm trên đĩa).

An append-only file of JSON lines, fsynced before the answer leaves; entered into the audit log exactly once
when the database is back: a line's id is derived from its content, so that a line entered twice is one row.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from records.audit_entries import build_canonical, parse_canonical
from records.errors import BlobStoreUnavailable
from records.identifiers import build_id
from records.model import AuditEntry
from records.ports import Store

AT_ONCE = 500


class Journal:
    """A local file of entries that wait for the database (nhật ký chờ)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entry: AuditEntry) -> None:
        """Keep the entry; on disk when this returns. Raises `BlobStoreUnavailable`."""
        with self._locked() as file:
            # The nonce tells two like entries of one instant apart.
            line = build_canonical(secrets.token_hex(8), entry)
            # A crash may have left half a line; the new one must not be glued to it.
            file.write(line + b"\n" if _ends_clean(file) else b"\n" + line + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def waiting(self) -> int:
        """How many entries wait."""
        with self._locked() as file:
            return len(_read_lines(file))

    def drain(self, store: Store) -> int:
        """Enter what waits into the audit log and empty the file; returns how many entries.

        Lines that are no entry (half-written before a crash) go to `<name>.damaged`. Raises
        `StoreUnavailable` with everything still in the file.
        """
        with self._locked() as file:
            lines = _read_lines(file)
            entries, damaged = _parse(lines)
            for start in range(0, len(entries), AT_ONCE):
                with store.write() as unit_of_work:
                    for row_id, entry in entries[start : start + AT_ONCE]:
                        unit_of_work.audit.add(entry, row_id)
                    unit_of_work.commit()
            if damaged:
                self._set_aside(damaged)
            if lines:
                file.truncate(0)
                os.fsync(file.fileno())
            return len(entries)

    def _set_aside(self, damaged: list[bytes]) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        with os.fdopen(os.open(f"{self._path}.damaged", flags, 0o600), "ab") as file:
            file.write(b"\n".join(damaged) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _locked(self) -> Generator[BinaryIO, None, None]:
        """The file, held against every other process that appends or drains."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(number, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
        except OSError as exc:
            raise BlobStoreUnavailable("Không ghi được nhật ký tạm.", errno=exc.errno) from exc


def _ends_clean(file: BinaryIO) -> bool:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return True
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _read_lines(file: BinaryIO) -> list[bytes]:
    file.seek(0)
    return [line for line in file.read().split(b"\n") if line]


def _parse(lines: list[bytes]) -> tuple[list[tuple[str, AuditEntry]], list[bytes]]:
    entries: list[tuple[str, AuditEntry]] = []
    damaged: list[bytes] = []
    for line in lines:
        try:
            _nonce, entry = parse_canonical(line)
        except (ValueError, TypeError, KeyError, AttributeError):
            damaged.append(line)
        else:
            entries.append((build_id("journal", hashlib.sha256(line).hexdigest()), entry))
    return entries, damaged
