"""Page texts one a line: written as they come, read when asked for."""

import json
from pathlib import Path

import pytest

from ocr.errors import SidecarInvalid
from ocr.pagefile import PackedPages, PageTextFile, iter_page_texts, open_page_texts, write_page_lines
from ocr.sidecar import page_texts_to_json
from ocr.types import Box, PageText, Quality, QualityVerdict, Word


def build_page(number: int) -> PageText:
    """A page with one word of its own."""
    word = Word(f"từ\n{number}", "tu", 0.9, Box(1, 2, 3, 4), 0, "noi_dung")
    return PageText(100 + number, 200, 200, 0, 0.0, Quality(QualityVerdict.GOOD), (word,))


def write(path: Path, count: int) -> list[PageText]:
    """A file of so many pages."""
    pages, packed = [build_page(number) for number in range(count)], PackedPages()
    for page in pages:
        packed.add(page)
    write_page_lines(packed.iter_lines(), path)
    return pages


@pytest.mark.parametrize("count", [0, 1, 9])
def test_pages_come_back_in_order(tmp_path: Path, count: int) -> None:
    """The file is one JSON array, and every page in it is found by number and in turn."""
    path = tmp_path / "pages.json"
    pages = write(path, count)
    found = open_page_texts(path)
    assert len(found) == count
    assert list(found) == pages
    assert [found[number] for number in reversed(range(count))] == pages[::-1]
    assert list(found[2:5]) == pages[2:5]
    assert len(json.loads(path.read_bytes())) == count
    assert list(iter_page_texts(path.read_bytes())) == pages


def test_a_file_in_one_line_is_read_too(tmp_path: Path) -> None:
    """What was kept before pages had lines of their own."""
    pages = [build_page(1), build_page(2)]
    path = tmp_path / "pages.json"
    path.write_bytes(page_texts_to_json(pages))
    assert list(iter_page_texts(path.read_bytes())) == pages
    assert list(open_page_texts(path)) == pages


def test_pages_beyond_the_last_are_an_error(tmp_path: Path) -> None:
    """As of every sequence."""
    write(tmp_path / "pages.json", 2)
    with pytest.raises(IndexError):
        PageTextFile(tmp_path / "pages.json")[2]


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    """Something else on a line is an error of ours."""
    path = tmp_path / "pages.json"
    path.write_bytes(b"[\nnull,\n{}\n]")
    with pytest.raises(SidecarInvalid):
        PageTextFile(path)
    path.write_bytes(b'[\n{"width": 1}\n]')
    with pytest.raises(SidecarInvalid):
        PageTextFile(path)[0]
