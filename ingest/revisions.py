"""Signed revisions of a kept file (bản lúc ký): their bytes and their pages, beside the file as it is now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ocr.pool import PagePool
from records.errors import RecordNotFound

DRAW_REVISION = "ingest.revisions:draw_file_revision"
FINAL = 0
"""The number of the file as it is now; signatures count from 1 as the report lists them."""
_SECONDS = 30.0


def find_end(report: Mapping[str, Any], number: int, size: int) -> int:
    """Where the revision of signature `number` ends in the file; raises `RecordNotFound` without one."""
    if number == FINAL:
        return size
    entries = report["signatures"]
    if not 1 <= number <= len(entries):
        raise RecordNotFound("Tệp không có chữ ký thứ tự này.")
    coverage = entries[number - 1]["coverage"]
    end = sum(coverage["byte_range"][-2:])
    # A signature that covers no whole revision has nothing that could be called the signed version.
    if coverage["kind"] not in ("whole_file", "revision") or not 0 < end <= size:
        raise RecordNotFound("Chữ ký này không bao phủ trọn một phiên bản nên không có bản lúc ký.")
    return end


def draw_in_child(pool: PagePool, path: Path, end: int, page: int, width: int) -> bytes:
    """JPEG of a page of the first `end` bytes, from a killable child; raises `RecordNotFound` without one."""
    jpeg: bytes | None = pool.run(DRAW_REVISION, path, end, page, width, timeout=_SECONDS)
    if jpeg is None:
        raise RecordNotFound("Phiên bản này không có trang đó, hoặc trang không vẽ được.")
    return jpeg


def draw_file_revision(path: Path, end: int, page: int, width: int) -> bytes | None:
    """The page as JPEG, None where it cannot be drawn. Runs in a child."""
    from signing.compare_show import draw_revision_page  # heavy imports, for the child alone

    return draw_revision_page(path.read_bytes(), end, page, width)
