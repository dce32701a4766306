"""What a format reader tells of a file (thông tin tệp nguồn), and the limits it checks."""

from dataclasses import dataclass
from enum import StrEnum


class Finding(StrEnum):
    """Something in a PDF that a person should know of (dấu hiệu cần lưu ý)."""

    EMBEDDED_FILES = "embedded_files"
    SCRIPTS = "scripts"
    DYNAMIC_FORM = "dynamic_form"


UNSEEN = frozenset({Finding.EMBEDDED_FILES, Finding.DYNAMIC_FORM})
"""Findings that hide content from the gate: such a file is refused."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may be at most (giới hạn tệp): bytes, pages, pixels of a page."""

    max_bytes: int = 256 * 1024 * 1024
    max_pages: int = 2000
    max_pixels: int = 200_000_000


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """A readable file (tệp đọc được): format name, pages, whether a PDF carries signatures, findings."""

    format: str
    pages: int
    is_signed: bool = False
    findings: tuple[Finding, ...] = ()
