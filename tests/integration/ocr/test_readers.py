"""Reading drawn pages with the real neural readers."""

import shutil
from pathlib import Path

import pytest

from ocr import models
from ocr.imagefile import read_image_file
from ocr.models import DEFAULT_FOLDER, Model
from ocr.page import read_page
from ocr.profiles import build_engine, find_engines, find_fault
from ocr.types import PageText
from tests.integration.ocr.pages import BODY, HEIGHT, WIDTH, decision_lines, draw_page, jpeg_bytes, photocopy

pytestmark = pytest.mark.models


def read(profile: str, temp_dir: Path, *, copied: bool = False) -> PageText:
    """A drawn decision, or its photocopy, read with one profile."""
    page = draw_page(decision_lines())
    source = next(read_image_file(jpeg_bytes(photocopy(page) if copied else page)))
    return read_page(source, build_engine(profile), temp_dir)


@pytest.mark.parametrize("profile", ["fast", "accurate"])
def test_a_clean_decision_is_read_line_by_line(profile: str, tmp_path: Path) -> None:
    """Body, number, recipients and full stops come as printed, and nothing is left in the folder."""
    page = read(profile, tmp_path)
    wrong = set(BODY) - set(page.lines)
    assert len(wrong) <= 1
    assert {"Số: 1234/QĐ-UBND", "QUYẾT ĐỊNH", "- Như Điều 2;", "- Lưu: VT, NC."} <= set(page.lines)
    assert not list(tmp_path.iterdir())


def test_the_strong_reader_mends_what_the_fast_one_doubted(tmp_path: Path) -> None:
    """On a photocopy the accurate profile has at least as many lines of text right as the fast one."""
    right = {
        profile: sum(line in read(profile, tmp_path, copied=True).lines for line in BODY)
        for profile in ("fast", "accurate")
    }
    assert right["accurate"] >= max(right["fast"], len(BODY) - 2)


@pytest.mark.tesseract
def test_repaired_words_keep_their_raw_reading(tmp_path: Path) -> None:
    """Where language changed a word of a coarse page, its raw reading stands beside it.

    Tesseract reads here: the neural readers get this page right without any repair.
    """
    page = draw_page(decision_lines()).resize((WIDTH // 4, HEIGHT // 4)).resize((WIDTH, HEIGHT))
    words = read_page(next(read_image_file(jpeg_bytes(page))), build_engine("tesseract"), tmp_path).words
    changed = [word for word in words if word.text != word.raw and word.raw.isalpha()]
    assert changed
    assert all(word.zone not in {"so_ky_hieu", "so_trang", "ky"} for word in changed)
    assert all(0 <= word.confidence <= 1 for word in words)


def test_without_the_strong_reader_the_fast_one_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the line models alone the accurate profile reads with them and says what is missing."""
    for model in Model:
        if model is not Model.STRONG_READER:
            target = tmp_path / model
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(DEFAULT_FOLDER / model, target)
    monkeypatch.setattr(models, "_folder", tmp_path)
    assert find_fault("accurate") is not None
    assert find_engines("accurate") == find_engines("fast")
    assert build_engine("accurate").version == build_engine("fast").version
