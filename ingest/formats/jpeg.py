"""JPEG scans (ảnh JPEG)."""

from pathlib import Path

from ingest.formats.facts import FormatFacts, Limits
from ingest.formats.images import read_image

NAME = "jpeg"
_SUFFIXES = (".jpg", ".jpeg", ".jpe")


def match(head: bytes, name: str) -> float:
    """How surely the file is a JPEG: 1 by its first bytes, a little by its name."""
    if head.startswith(b"\xff\xd8\xff"):
        return 1.0
    return 0.1 if name.lower().endswith(_SUFFIXES) else 0.0


def read(path: Path, limits: Limits) -> FormatFacts:
    """Facts of a whole JPEG; raises `UnreadableFile`, `FileTooLarge`."""
    return read_image(path, "JPEG", limits)
