"""Which format a file has (nhận dạng định dạng): every reader gives a score, the highest reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.errors import UnsupportedFormat
from ingest.formats import jpeg, pdf, png, tiff
from ingest.formats.facts import FormatFacts, Limits
from ingest.formats.limits import check_bytes

HEAD_BYTES = 4096


class Match(Protocol):
    """A reader's score for a file's first bytes and name (hàm chấm điểm)."""

    def __call__(self, head: bytes, name: str) -> float:
        """0 (surely not) to 1 (surely)."""
        ...


class Read(Protocol):
    """A reader's facts of a file (hàm đọc)."""

    def __call__(self, path: Path, limits: Limits) -> FormatFacts:
        """Raises `UnreadableFile`, `EncryptedFile`, `FileTooLarge`."""
        ...


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """One format the service takes in (định dạng tiếp nhận)."""

    name: str
    match: Match
    read: Read


FORMATS = (
    SourceFormat(pdf.NAME, pdf.match, pdf.read),
    SourceFormat(tiff.NAME, tiff.match, tiff.read),
    SourceFormat(jpeg.NAME, jpeg.match, jpeg.read),
    SourceFormat(png.NAME, png.match, png.read),
)


def choose_format(head: bytes, name: str) -> SourceFormat:
    """The format with the highest score; raises `UnsupportedFormat` when none fits at all."""
    best = max(FORMATS, key=lambda source: source.match(head, name))
    if best.match(head, name) <= 0:
        raise UnsupportedFormat
    return best


def read_facts(path: Path, name: str, limits: Limits) -> FormatFacts:
    """Choose by content and read; `name` is what the file was called.

    Raises `UnsupportedFormat`, `UnreadableFile`, `EncryptedFile`, `FileTooLarge`.
    """
    check_bytes(path.stat().st_size, limits)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    return choose_format(head, name).read(path, limits)
