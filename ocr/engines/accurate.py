"""The accurate reader (bộ đọc chính xác): the fast one's lines, words in doubt read again by a strong one."""

from pathlib import Path

from ocr.engine import EngineWord, Grey
from ocr.engines.fast import FastEngine, group_lines
from ocr.engines.lines import find_line_readings, make_words, read_lines
from ocr.engines.reread import find_doubted, reread
from ocr.engines.strong_reader import StrongReader
from ocr.syllables import load_syllables
from ocr.types import EngineVersion

STRONG_VERSION = "1.0.2"


class AccurateEngine:
    """Two neural recognisers and the language together (bộ đọc chính xác)."""

    def __init__(self, models: Path) -> None:
        self._fast = FastEngine(models)
        self._strong = StrongReader(models)

    @property
    def version(self) -> EngineVersion:
        """Both recognisers' models."""
        fast = self._fast.version
        return EngineVersion(f"{fast.name}+asterocr", f"{fast.version}+{STRONG_VERSION}")

    @property
    def doubtful_below(self) -> float:
        """As for the fast reader, whose confidences these are."""
        return self._fast.doubtful_below

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """Words and boxes of one image; see `OcrEngine.read`. No file is written."""
        del dpi, temp_dir  # the networks see lines at one height, whatever the resolution
        model = load_syllables()
        lines = read_lines(group_lines(self._fast.read_lattices(image)))
        readings = find_line_readings(lines, model)
        doubted = find_doubted(lines, readings, model)
        return make_words(lines, reread(image, lines, readings, doubted, self._strong), model)
