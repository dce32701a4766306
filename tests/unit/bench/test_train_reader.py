"""What the lines are made of on which the line reader is trained further."""

import hashlib
import random
import unicodedata

import numpy as np
import pytest

from bench.train_reader.blocks import Block, BlockMaker, find_faces
from bench.train_reader.overlays import Overlays
from bench.train_reader.phrases import Phrases, spell_label
from bench.train_reader.samples import _find_empty, _fits, _holds, _place
from bench.train_reader.scanner import Scanner
from bench.train_reader.strips import cut_jittered
from ocr.engines.line_detector import LineBox
from ocr.models import LINE_READER

CHARSET = frozenset("Xemđiều-“”’ 1")


@pytest.mark.parametrize(
    ("words", "label"),
    [
        (["Xem", "điều", "1"], "Xem điều 1"),
        (["Xem", "–", "1"], "Xem - 1"),
        (['"Xem', 'điều"'], "“Xem điều”"),
        ([unicodedata.normalize("NFD", "điều")], "điều"),
        (["Xem", "§", "1"], None),
    ],
)
def test_labels_hold_what_the_reader_can_spell(words: list[str], label: str | None) -> None:
    """Dashes and quotes become those the reader has; a line with another character is no sample."""
    assert spell_label(words, CHARSET) == label


def test_the_same_seed_gives_the_same_words() -> None:
    """A run can be done again; another seed says something else."""
    first, again, other = (Phrases(random.Random(seed)).running_text(60) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 60
    assert all(unicodedata.is_normalized("NFC", word) for word in first)


def test_scans_know_where_their_lines_went() -> None:
    """Where a drawn line lies after scanning there is ink, and hardly any between the lines."""
    rng = random.Random(3)
    phrases, faces = Phrases(rng), find_faces()
    block = BlockMaker(rng, phrases, faces).draw(200)
    scanned = Scanner(rng, Overlays(rng, phrases, faces, 3), 3).scan(block, 150)
    assert scanned.image.shape[0] == pytest.approx(block.image.shape[0] * 0.75, abs=2)
    ink = 255.0 - scanned.image
    for line in (_place(line, scanned.matrix) for line in block.lines):
        rows = slice(round(line.base - 0.2 * line.size), round(line.base + 0.2 * line.size))
        assert ink[rows, round(line.x0) : round(line.x1)].mean() > 2 * np.median(ink) + 10


def test_boxes_hold_their_line_whole_and_alone() -> None:
    """A box that cuts a line off is no sample of it; one far from all print is a sample of nothing."""
    block = _draw_words()
    line = block.lines[0]
    here = np.eye(2, 3)
    placed = _place(line, here)
    top, bottom = placed.base - 0.6 * line.size, placed.base + 0.5 * line.size
    whole = LineBox(line.x0 - 2, top, line.x1 + 2, bottom, 1.0)
    assert _holds(whole, placed)
    assert _fits(whole, [placed])
    assert not _fits(whole._replace(x1=line.x1 - line.size), [placed])
    aside = whole._replace(y0=top + 5000, y1=bottom + 5000)
    assert _find_empty([whole, aside], [line], here) == [aside]


def test_strips_are_as_high_as_the_reader_wants_them() -> None:
    """Whatever the jitter, a strip has 96 rows of ink between 0 and 1."""
    block = _draw_words()
    line = block.lines[0]
    box = LineBox(line.x0, line.base - 0.8 * line.size, line.x1, line.base + 0.3 * line.size, 1.0)
    rng = random.Random(5)
    for strip in (cut_jittered(block.image, box, rng) for _ in range(12)):
        assert strip.shape[0] == 96
        assert 0 <= strip.min() < 0.1 < 0.5 < strip.max() <= 1


def _draw_words() -> Block:
    rng = random.Random(4)
    return BlockMaker(rng, Phrases(rng), find_faces()).draw(100)


def test_the_notice_names_the_reader_that_is_there() -> None:
    """Whoever trains anew says so beside the file (Apache License 2.0, section 4b)."""
    found = hashlib.sha256(LINE_READER.read_bytes()).hexdigest()
    assert found in LINE_READER.with_suffix(".NOTICE").read_text("utf-8")
