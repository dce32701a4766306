"""Memory while a file of several pages is read: the short form of what `make soak` does with a thousand."""

import pytest

from bench.memory import iter_marks, run

pytestmark = pytest.mark.tesseract


def test_memory_stays_within_its_bounds() -> None:
    """No child of `sohoa ocr` comes near 500 MB over 16 full-size pages, reading and composing."""
    samples = run(16, "tesseract", 2, rows=2, seed=2026)
    highest = dict(iter_marks(samples, 16))
    assert "page 16" in highest
    assert max(mark.worker for mark in highest.values()) < 400
