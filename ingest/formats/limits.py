"""Refuses what is larger than the limits (kiểm tra giới hạn)."""

from ingest.errors import FileTooLarge
from ingest.formats.facts import Limits


def check_bytes(size: int, limits: Limits) -> None:
    """Raise `FileTooLarge` above the size limit."""
    if size > limits.max_bytes:
        raise FileTooLarge(f"Tệp lớn hơn {limits.max_bytes // (1024 * 1024)} MB.", size=size)


def check_pages(pages: int, limits: Limits) -> None:
    """Raise `FileTooLarge` above the page limit."""
    if pages > limits.max_pages:
        raise FileTooLarge(f"Tệp có hơn {limits.max_pages} trang.", pages=pages)


def check_pixels(pixels: int, limits: Limits) -> None:
    """Raise `FileTooLarge` for a page with more pixels than allowed."""
    if pixels > limits.max_pixels:
        millions = limits.max_pixels // 1_000_000
        raise FileTooLarge(f"Có trang lớn hơn {millions} triệu điểm ảnh.", pixels=pixels)
