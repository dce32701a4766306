"""Makes training lines (dòng huấn luyện): blocks drawn, scanned, and cut where the real detector finds lines.

    python -m bench.train_reader.samples FOLDER --models MODELS --lines 26000 --seed 100 [--held-out]

FOLDER gets the scanned blocks as PNG and `lines.jsonl`: image, box (x0, y0, x1, y1) and text of each line.
The same seed gives the same lines with the same versions of the fonts and libraries.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.train_reader.blocks import FONT_FOLDER, BlockMaker, DrawnLine, find_faces
from bench.train_reader.overlays import Overlays
from bench.train_reader.phrases import Phrases, spell_label
from bench.train_reader.scanner import ScannedBlock, Scanner
from ocr.engines.line_detector import LineBox, LineDetector
from ocr.models import DEFAULT_FOLDER, Model, read_model

_A4_LONG_INCHES = 11.69
_MIDDLE = 0.3
"""Half the height of small letters above the base line, as a share of the type size."""
_NEAR = 0.55
"""Of the type size: nearer to the middle of a line, a box may hold parts of it."""
_MOST_EMPTY = 3
_HEIGHTS = (0.75, 1.75)
_SAME_BASE, _CUT_OFF, _OVERHANG = 0.3, 0.18, 0.9
"""Shares of the type size: lines in one box, what a box may leave out of its line, and what it may add."""


class SampleMaker:
    """Scanned blocks with the lines that the detector found rightly (bộ tạo dòng mẫu)."""

    def __init__(self, seed: int, models: Path, fonts: Path = FONT_FOLDER, held_out: bool = False) -> None:
        self._rng = random.Random(seed)
        phrases, faces = Phrases(self._rng), find_faces(fonts, held_out)
        self._blocks = BlockMaker(self._rng, phrases, faces)
        self._scanner = Scanner(self._rng, Overlays(self._rng, phrases, faces, seed), seed)
        self._detector = LineDetector(models)
        facts = json.loads(read_model(models, Model.LINE_READER_FACTS))
        self._charset = frozenset(facts["charset"])

    def make(self) -> tuple[ScannedBlock, list[tuple[LineBox, str]]]:
        """The next block; lines that were merged across columns, split or cut off are left out."""
        drawn_dpi, dpi = self._scanner.choose_dpi()
        block = self._blocks.draw(drawn_dpi)
        scanned = self._scanner.scan(block, dpi)
        boxes = self._detector.find_lines(_on_page(scanned))
        height, width = scanned.image.shape
        inside = [
            box._replace(x1=min(box.x1, width), y1=min(box.y1, height)) for box in boxes if box.y0 < height
        ]
        lines = list(self._match(inside, block.lines, scanned.matrix))
        empty = [] if scanned.stamped else _find_empty(inside, block.lines, scanned.matrix)
        return scanned, lines + [(box, "") for box in empty[:_MOST_EMPTY]]

    def _match(
        self, boxes: Sequence[LineBox], lines: Sequence[DrawnLine], matrix: NDArray[np.float64]
    ) -> Iterator[tuple[LineBox, str]]:
        """Boxes that hold exactly one line, or neighbouring pieces of one, and what stands there."""
        placed = sorted((_place(line, matrix) for line in lines), key=lambda item: item.x0)
        for box in boxes:
            here = [line for line in placed if _holds(box, line)]
            if not here or not _fits(box, here):
                continue
            text = spell_label([word for line in here for word in line.words], self._charset)
            if text:
                yield box, text


def _find_empty(
    boxes: Sequence[LineBox], lines: Sequence[DrawnLine], matrix: NDArray[np.float64]
) -> list[LineBox]:
    """Boxes far from all print: seals, strokes, dirt."""
    placed = [_place(line, matrix) for line in lines]
    return [box for box in boxes if not any(_touches(box, line) for line in placed)]


def _touches(box: LineBox, line: DrawnLine) -> bool:
    reach = _NEAR * line.size
    across = min(line.x1, box.x1) - max(line.x0, box.x0)
    return box.y0 < line.base + reach and box.y1 > line.base - reach and across > -reach


def _on_page(scanned: ScannedBlock) -> NDArray[np.uint8]:
    """The block at the head of an otherwise empty page, since the detector scales by the page's long side."""
    height = scanned.image.shape[0]
    missing = max(0, round(_A4_LONG_INCHES * scanned.dpi) - height)
    page = cv2.copyMakeBorder(scanned.image, 0, missing, 0, 0, cv2.BORDER_CONSTANT, value=(255,))
    return np.asarray(page, dtype=np.uint8)


def _place(line: DrawnLine, matrix: NDArray[np.float64]) -> DrawnLine:
    """A line where it lies on the scan, `base` at the middle of its small letters."""
    middle = line.base - _MIDDLE * line.size
    (x0, x1), (y0, y1) = matrix @ np.array([[line.x0, line.x1], [middle, middle], [1, 1]])
    return DrawnLine(float(x0), float(x1), float(y0 + y1) / 2, line.size * float(matrix[0, 0]), line.words)


def _holds(box: LineBox, line: DrawnLine) -> bool:
    common = min(line.x1, box.x1) - max(line.x0, box.x0)
    return box.y0 < line.base < box.y1 and common > 0.25 * line.size


def _fits(box: LineBox, lines: Sequence[DrawnLine]) -> bool:
    """Whether the box spans the lines from end to end, at their height, and no other line."""
    size = lines[0].size
    middles = [line.base for line in lines]
    left, right = lines[0].x0 - box.x0, box.x1 - lines[-1].x1
    return (
        _HEIGHTS[0] * size < box.height < _HEIGHTS[1] * size
        and max(middles) - min(middles) <= _SAME_BASE * size
        and all(-_CUT_OFF * size <= reach <= _OVERHANG * size for reach in (left, right))
    )


def write_samples(folder: Path, maker: SampleMaker, count: int) -> None:
    """Write blocks until they hold so many lines."""
    folder.mkdir(parents=True, exist_ok=True)
    made = number = 0
    with (folder / "lines.jsonl").open("w", encoding="utf-8") as index:
        while made < count:
            scanned, lines = maker.make()
            if not lines:
                continue
            name = f"{number:06d}.png"
            cv2.imwrite(str(folder / name), scanned.image)
            for box, text in lines:
                row = {"image": name, "box": [round(value, 2) for value in box[:4]], "text": text}
                index.write(json.dumps(row, ensure_ascii=False) + "\n")
            made += len(lines)
            number += 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--fonts", type=Path, default=FONT_FOLDER)
    parser.add_argument("--lines", type=int, default=26000)
    parser.add_argument("--seed", type=int, default=100)
    parser.add_argument("--held-out", action="store_true", help="a face that training never sees")
    given = parser.parse_args()
    maker = SampleMaker(given.seed, given.models, given.fonts, given.held_out)
    write_samples(given.folder, maker, given.lines)
