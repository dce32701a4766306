"""The profile fast with its real models on drawn pages."""

import json
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from typer.testing import CliRunner

from api.cli.main import app
from ocr.engine import EngineWord, Grey
from ocr.engines.fast import FastEngine
from ocr.engines.lattice import read_greedy
from ocr.engines.line_detector import LineDetector
from ocr.engines.strong_reader import StrongReader
from ocr.imagefile import read_image_file
from ocr.models import DEFAULT_FOLDER
from ocr.page import read_page
from tests.integration.ocr.pages import Print, decision_lines, draw_page, find_font, jpeg_bytes


@pytest.fixture(scope="module")
def engine() -> FastEngine:
    """The reader, its models loaded once."""
    return FastEngine(DEFAULT_FOLDER)


def grey(page: Image.Image) -> Grey:
    """The page as the reader takes it."""
    return np.asarray(page.convert("L"))


def lines_of(words: tuple[EngineWord, ...]) -> list[str]:
    """The text of each line in the reader's order."""
    grouped: dict[tuple[int, int], list[str]] = {}
    for word in words:
        grouped.setdefault((word.block, word.line), []).append(word.text)
    return [" ".join(texts) for texts in grouped.values()]


def likeness(one: str, other: str) -> float:
    """The share of characters that two texts have in common, in order."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def test_decision_is_read_line_by_line(engine: FastEngine, tmp_path: Path) -> None:
    """Every printed line is one line of the result, nearly all letters right, columns apart, no file left."""
    printed = decision_lines()
    found = lines_of(engine.read(grey(draw_page(printed)), 200, tmp_path))
    for line in printed:
        assert max(likeness(line.text, text) for text in found) > 0.8, line.text
    everything = " ".join(line.text for line in sorted(printed, key=lambda line: (line.y, line.x)))
    assert likeness(everything, " ".join(found)) > 0.95
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in found
    assert not list(tmp_path.iterdir())


def test_boxes_lie_on_the_print(engine: FastEngine, tmp_path: Path) -> None:
    """Each word's box begins and ends within a third of the letter height of its ink."""
    text = "Căn cứ Nghị định của Chính phủ về thủ tục hành chính"
    words = engine.read(grey(draw_page([Print(text, 250, 600)])), 200, tmp_path)
    pen, font, place = ImageDraw.Draw(Image.new("L", (8, 8))), find_font(36), 0
    for word, printed in zip(words, text.split(), strict=True):
        start = text.index(printed, place)
        place = start + len(printed)
        assert word.box.x0 == pytest.approx(250 + pen.textlength(text[:start], font=font), abs=12)
        assert word.box.x1 == pytest.approx(250 + pen.textlength(text[:place], font=font), abs=12)
        assert 595 < word.box.y0 < 612 < 630 < word.box.y1 < 650


def test_confidence_tells_clear_print_from_a_smear(engine: FastEngine, tmp_path: Path) -> None:
    """Clear words are surer than the same words badly out of focus."""
    page = draw_page([Print("Quyết định cấp giấy phép xây dựng", 250, 600, 48)])
    clear = engine.read(grey(page), 200, tmp_path)
    dirty = engine.read(grey(page.filter(ImageFilter.GaussianBlur(5))), 200, tmp_path)
    assert len(clear) == 7
    assert all(0 <= word.confidence <= 1 for word in clear + dirty)
    assert min(word.confidence for word in clear) > 0.8
    assert dirty
    assert np.mean([word.confidence for word in dirty]) < min(word.confidence for word in clear) - 0.02


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_page_that_lies_wrong_is_turned(engine: FastEngine, tmp_path: Path, turn: int) -> None:
    """Pages fed sideways or on their heads are read upright; the turn that was undone is told."""
    page = draw_page(decision_lines()).rotate(-turn, expand=True)
    text = read_page(next(read_image_file(jpeg_bytes(page))), engine, tmp_path)
    assert text.rotation == (360 - turn) % 360
    assert "QUYẾT ĐỊNH" in text.lines


def test_empty_page_has_no_words(engine: FastEngine, tmp_path: Path) -> None:
    """White paper gives nothing, and no error."""
    assert engine.read(np.full((2339, 1654), 255, np.uint8), 200, tmp_path) == ()


def test_strong_reader_reads_a_line_and_a_part_of_it() -> None:
    """The whole line, and the same crop of a few words, come out as printed."""
    text = "Uỷ ban nhân dân tỉnh quyết định: “số 45/TTr-SXD” ngày 16/6/2025"
    page = grey(draw_page([Print(text.replace("“", '"').replace("”", '"'), 250, 600)]))
    (line,) = LineDetector(DEFAULT_FOLDER).find_lines(page)
    reader = StrongReader(DEFAULT_FOLDER)
    whole = " ".join(word.text for word in read_greedy(reader.read_line(page, line)))
    assert likeness(whole, text) > 0.93
    half = line._replace(x1=250 + ImageDraw.Draw(Image.new("L", (8, 8))).textlength(text[:20], find_font(36)))
    assert " ".join(word.text for word in read_greedy(reader.read_line(page, half))) == text[:20].strip()


@pytest.mark.tesseract
def test_command_says_who_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its models the profile reads by itself; without them Tesseract does, and the result says so."""
    scan = tmp_path / "giay.jpg"
    scan.write_bytes(jpeg_bytes(draw_page(decision_lines())))
    call = ["ocr", str(scan), "--profile", "fast", "--jobs", "1", "--out"]
    assert CliRunner().invoke(app, [*call, str(tmp_path / "co")]).exit_code == 0
    with_models = json.loads((tmp_path / "co" / "giay.json").read_text("utf-8"))
    assert [engine["name"] for engine in with_models["engines"]] == ["trueocr"]
    assert with_models["notices"] == []
    assert with_models["pdfa"]["valid"]
    monkeypatch.setenv("SOHOA_OCR__MODELS", str(tmp_path / "none"))
    result = CliRunner().invoke(app, [*call, str(tmp_path / "khong")])
    assert result.exit_code == 0
    assert "sohoa models" in result.stderr
    without = json.loads((tmp_path / "khong" / "giay.json").read_text("utf-8"))
    assert [engine["name"] for engine in without["engines"]] == ["tesseract"]
    assert without["notices"] == ["MODEL_MISSING"]
    assert "QUYẾT ĐỊNH" in (tmp_path / "khong" / "giay.txt").read_text("utf-8")
