"""One line a test on SQLite, and a few invented papers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sample_files import write_scan_pdf
from sample_marks import Stamp
from sample_papers import build_paper, draw_pages

from tests.line import Line, open_line
from tests.pki.fixtures import token_pki

__all__ = ["token_pki"]
DPI = 120


@pytest.fixture
def line(tmp_path: Path, memory_dir: Path) -> Iterator[Line]:
    """Intake and jobs on real parts, without a digitiser's key."""
    (tmp_path / "data").mkdir()
    with open_line(tmp_path / "data", memory_dir) as line:
        yield line


def draw(seed: int = 1, *stamps: Stamp) -> list[Image.Image]:
    """The pages of an invented paper, coarse enough to be read quickly."""
    return draw_pages(build_paper(seed, paragraphs=1), DPI, seed, stamps)


def write_scan(path: Path, seed: int = 1, *stamps: Stamp) -> Path:
    """A scanned PDF of an invented paper."""
    return write_scan_pdf(path, draw(seed, *stamps), DPI)
