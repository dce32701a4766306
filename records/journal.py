"""Audit entries written while the database was out of reach (nhật ký tạm trên đĩa).

An append-only file of JSON lines, fsynced before the answer leaves; entered into the audit log exactly once
when the database is back: a line's id is derived from its content, so that a line entered twice is one row.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from records.audit_entries import build_canonical, parse_canonical
from records.errors import BlobStoreUnavailable, InvalidValue
from records.identifiers import build_id
from records.model import AuditEntry
from records.ports import Store

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the file: its bytes, the row id made of them, the entry."""

    text: bytes
    row_id: str
    entry: AuditEntry


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
            return len(_read_lines(_read_all(file)))

    def drain(self, store: Store) -> int:
        """Enter what waits into the audit log and empty the file; returns how many entries.

        Lines that are no entry (half-written before a crash, or refused by the database) go to
        `<name>.damaged`. Raises `StoreUnavailable` with everything still in the file. The file is not held
        while the database is waited for: a lookup that meets the same outage writes here at once.
        """
        with self._locked() as file:
            given = _read_all(file)
        entries, damaged = _parse(given)
        for start in range(0, len(entries), AT_ONCE):
            damaged += _enter(store, entries[start : start + AT_ONCE])
        with self._locked() as file:
            # With new lines behind them all wait for the next time: a line entered twice is one row.
            if given and _read_all(file) == given:
                if damaged:
                    self._set_aside(damaged)
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


def _read_all(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _read_lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line]


def _parse(data: bytes) -> tuple[list[_Line], list[bytes]]:
    entries: list[_Line] = []
    damaged: list[bytes] = []
    for line in _read_lines(data):
        try:
            _nonce, entry = parse_canonical(line)
        except (ValueError, TypeError, KeyError, AttributeError):
            damaged.append(line)
        else:
            entries.append(_Line(line, build_id("journal", hashlib.sha256(line).hexdigest()), entry))
    return entries, damaged


def _enter(store: Store, lines: Sequence[_Line]) -> list[bytes]:
    """Enter lines together, or one by one where the database refuses any; returns the refused ones."""
    try:
        with store.write() as unit_of_work:
            for line in lines:
                unit_of_work.audit.add(line.entry, line.row_id)
            unit_of_work.commit()
    except InvalidValue:
        if len(lines) == 1:
            return [lines[0].text]
        return [refused for line in lines for refused in _enter(store, [line])]
    return []
