"""The fast reader (bộ đọc nhanh): lines found and read by two small neural networks, in this process."""

from collections.abc import Sequence
from pathlib import Path

from ocr.engine import EngineWord, Grey
from ocr.engines.lattice import LineLattice, read_greedy
from ocr.engines.line_detector import LineBox, LineDetector
from ocr.engines.line_reader import LineReader
from ocr.engines.lines import Decode, find_line_readings, make_words, read_lines
from ocr.syllables import load_syllables
from ocr.types import EngineVersion

MODEL_VERSION = "0.1.1+vn2"
"""TrueOCR's detector, and its recogniser as trained further by us (ocr/data/README.md)."""
_SAME_ROW = 0.5
_SAME_LINE_GAP = 1.0


class FastEngine:
    """Detects and reads lines on ONNX Runtime (bộ đọc nhanh); `decode` turns what was seen into words."""

    def __init__(self, models: Path, decode: Decode = read_greedy) -> None:
        self._detector = LineDetector(models)
        self._reader = LineReader(models)
        self._decode = decode

    @property
    def version(self) -> EngineVersion:
        """The line reader's models."""
        return EngineVersion(name="trueocr", version=MODEL_VERSION)

    @property
    def doubtful_below(self) -> float:
        """Upright pages are read at 0.97 and more, also bad ones, pages on their heads at 0.8 and less."""
        return 0.9

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """Words and boxes of one image; see `OcrEngine.read`. No file is written."""
        del dpi, temp_dir  # the networks see lines at one height, whatever the resolution
        lines = read_lines(group_lines(self.read_lattices(image)), self._decode)
        model = load_syllables()
        return make_words(lines, find_line_readings(lines, model), model)

    def read_lattices(self, image: Grey) -> list[LineLattice]:
        """What was seen on each detected line, from top to bottom, left to right on one height."""
        lines = [line for row in sort_rows(self._detector.find_lines(image)) for line in row]
        return self._reader.read_lines(image, lines)


def sort_rows(lines: Sequence[LineBox]) -> list[list[LineBox]]:
    """Lines by height on the page; those that share a height form a row, left to right."""
    rows: list[list[LineBox]] = []
    for line in sorted(lines, key=lambda item: item.y0 + item.y1):
        row = rows[-1] if rows else []
        if row and _shared_height(row[-1], line) > _SAME_ROW:
            row.append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda item: item.x0) for row in rows]


def _shared_height(one: LineBox, other: LineBox) -> float:
    """The share of the lower line's height that both lines have in common."""
    common = min(one.y1, other.y1) - max(one.y0, other.y0)
    return common / max(1.0, min(one.height, other.height))


def group_lines(lattices: Sequence[LineLattice]) -> list[list[LineLattice]]:
    """Pieces of one printed line together: neighbours in order, on one height, less than a letter apart.

    Columns stand further apart and stay lines of their own.
    """
    groups: list[list[LineLattice]] = []
    for lattice in lattices:
        before = groups[-1][-1].box if groups else None
        box = lattice.box
        if before is not None:
            height = min(before.y1 - before.y0, box.y1 - box.y0)
            common = min(before.y1, box.y1) - max(before.y0, box.y0)
            gap = box.x0 - before.x1
            if common > _SAME_ROW * height and -height < gap < _SAME_LINE_GAP * height:
                groups[-1].append(lattice)
                continue
        groups.append([lattice])
    return groups
