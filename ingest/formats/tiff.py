"""TIFF scans, one or many pages (ảnh TIFF nhiều trang)."""

from pathlib import Path

from ingest.formats.facts import FormatFacts, Limits
from ingest.formats.images import read_image

NAME = "tiff"
_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def match(head: bytes, name: str) -> float:
    """How surely the file is a TIFF: 1 by its first bytes, a little by its name."""
    if head.startswith(_MAGIC):
        return 1.0
    return 0.1 if name.lower().endswith((".tif", ".tiff")) else 0.0


def read(path: Path, limits: Limits) -> FormatFacts:
    """Facts of a TIFF whose every page decodes; raises `UnreadableFile`, `FileTooLarge`."""
    return read_image(path, "TIFF", limits)
