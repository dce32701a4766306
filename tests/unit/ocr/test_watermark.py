"""A page with whom it was shown to written across it."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ocr import watermark
from ocr.watermark import build_watermarked


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A blank page as a JPEG."""
    path = tmp_path / "trang.jpg"
    Image.new("L", (827, 1169), 255).save(path, "JPEG", dpi=(100, 100))
    return path


def find_ink(jpeg: bytes) -> np.ndarray:
    """Where the page is no longer white."""
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("L")) < 245


def test_every_part_of_the_page_is_marked(page: Path) -> None:
    """No third of the page, across or down, is without the mark, and most of the paper shows through."""
    ink = find_ink(build_watermarked(page, "jpeg", 0, 600, "Trần Thị Bưởi H15.03 · H15-1 · 09:00 02/03/2026"))
    assert ink.shape[1] == 600
    for rows in np.array_split(ink, 3, axis=0):
        for part in np.array_split(rows, 3, axis=1):
            assert 0.005 < part.mean() < 0.3


def test_other_text_is_another_mark(page: Path) -> None:
    """The mark says what it was given."""
    one, two = (find_ink(build_watermarked(page, "jpeg", 0, 600, text)) for text in ("AAAA", "Nguyễn Đ"))
    assert (one != two).any()


def test_without_a_font_the_mark_is_there_without_accents(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine without the fonts still marks the page."""
    monkeypatch.setattr(watermark, "_FONTS", ())
    assert find_ink(build_watermarked(page, "jpeg", 0, 600, "Trần Đức")).any()
