"""Tesseract with Vietnamese data (bộ nhận dạng Tesseract), one run a page for words and boxes."""

import os
import subprocess
import tempfile
import unicodedata
from functools import cache
from pathlib import Path

from pytesseract import pytesseract

from ocr.engine import EngineWord, Grey
from ocr.errors import EngineCrashed, EngineMissing, EngineTimedOut, LanguageDataMissing
from ocr.types import Box, EngineVersion

# More than one OpenMP thread triples the CPU time of a page and slows it down.
os.environ["OMP_THREAD_LIMIT"] = "1"

_CONFIG = "--oem 1 --psm {mode} --dpi {dpi} -c tessedit_create_tsv=1 -c tessedit_do_invert=0"
_WORD_LEVEL = "5"
_COLUMNS = 12
_VERSION_SECONDS = 20


class TesseractEngine:
    """Reads a page with the `tesseract` command (bộ nhận dạng Tesseract)."""

    def __init__(self, language: str = "vie", timeout_seconds: float = 120.0, page_mode: int = 3) -> None:
        self._language = language
        self._timeout = max(1, round(timeout_seconds))
        self._mode = page_mode

    @property
    def version(self) -> EngineVersion:
        """`tesseract` and its version; raises EngineMissing or LanguageDataMissing."""
        return _find_version(self._language)

    @property
    def doubtful_below(self) -> float:
        """Upright pages are read at 0.8 and more, pages on their heads below 0.5."""
        return 0.55

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """Words and boxes of one image; see `OcrEngine.read`."""
        config = _CONFIG.format(mode=self._mode, dpi=dpi)
        with tempfile.TemporaryDirectory(prefix="tess-", dir=temp_dir) as folder:
            source, result = Path(folder, "page.pgm"), Path(folder, "page")
            _write_grey(source, image)
            self._run(source, result, config)
            table = result.with_suffix(".tsv").read_text(encoding="utf-8")
        return _parse_words(table)

    def _run(self, source: Path, result: Path, config: str) -> None:
        """Run the command once, its failures turned into ours."""
        try:
            # Not `image_to_data`: it would put the page's text into the system's temporary folder.
            pytesseract.run_tesseract(
                str(source), str(result), "tsv", self._language, config, timeout=self._timeout
            )
        except pytesseract.TesseractNotFoundError as exc:
            raise EngineMissing(program="tesseract") from exc
        except pytesseract.TesseractError as exc:
            if "Failed loading language" in exc.message or "Error opening data file" in exc.message:
                raise LanguageDataMissing(language=self._language) from exc
            raise EngineCrashed(engine="tesseract", status=exc.status) from exc
        except RuntimeError as exc:
            raise EngineTimedOut(engine="tesseract", seconds=self._timeout) from exc


@cache
def _find_version(language: str) -> EngineVersion:
    """The installed program's version, once it is known to have the language."""
    first_line = _ask("--version").splitlines()[0]
    if language not in _ask("--list-langs").split():
        raise LanguageDataMissing(language=language)
    return EngineVersion(name="tesseract", version=first_line.removeprefix("tesseract").strip())


def _ask(option: str) -> str:
    """What the command prints for one option; raises EngineMissing."""
    try:
        done = subprocess.run(
            ["tesseract", option], capture_output=True, text=True, timeout=_VERSION_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError) as exc:
        raise EngineMissing(program="tesseract") from exc
    return done.stdout or done.stderr


def _write_grey(path: Path, image: Grey) -> None:
    """Write a PGM file: no compression, so neither side spends time on it."""
    height, width = image.shape
    with path.open("wb") as file:
        file.write(b"P5\n%d %d\n255\n" % (width, height))
        file.write(image.tobytes())


def _parse_words(table: str) -> tuple[EngineWord, ...]:
    """The word rows of Tesseract's TSV table."""
    words: list[EngineWord] = []
    for row in table.splitlines():
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) < _COLUMNS or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        block, paragraph, line = int(cells[2]), int(cells[3]), int(cells[4])
        left, top, width, height = (int(cell) for cell in cells[6:10])
        words.append(
            EngineWord(
                text=unicodedata.normalize("NFC", cells[11].strip()),
                confidence=min(max(float(cells[10]) / 100, 0.0), 1.0),
                box=Box(left, top, left + width, top + height),
                block=block,
                line=paragraph * 1000 + line,
            )
        )
    return tuple(words)
