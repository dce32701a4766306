"""PNG images (ảnh PNG)."""

from pathlib import Path

from ingest.formats.facts import FormatFacts, Limits
from ingest.formats.images import read_image

NAME = "png"


def match(head: bytes, name: str) -> float:
    """How surely the file is a PNG: 1 by its first bytes, a little by its name."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return 1.0
    return 0.1 if name.lower().endswith(".png") else 0.0


def read(path: Path, limits: Limits) -> FormatFacts:
    """Facts of a whole PNG; raises `UnreadableFile`, `FileTooLarge`."""
    return read_image(path, "PNG", limits)
