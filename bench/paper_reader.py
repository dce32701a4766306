"""Reads generated papers through the real reader, every image once (đọc trang mẫu, có nhớ kết quả)."""

import hashlib
import os
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.papers import PaperCase, draw_case
from ocr.clean import prepare_page
from ocr.engine import EngineWord, Grey, OcrEngine
from ocr.fields import extract_fields
from ocr.marks import add_marks
from ocr.page import build_page_text
from ocr.profiles import build_engine, find_fault
from ocr.raster import iter_page_images
from ocr.reading import read_source
from ocr.source import SourcePage
from ocr.types import EngineVersion, FieldCandidate, PageText

# Before OpenMP loads: more threads than one cost three times the CPU.
os.environ["OMP_THREAD_LIMIT"] = "1"


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A generated paper with what was read of it (trang mẫu đã đọc)."""

    case: PaperCase
    page: PageText
    fields: tuple[FieldCandidate, ...]


class RememberingEngine:
    """A reader that remembers in a folder what it read: the same image is never read twice."""

    def __init__(self, engine: OcrEngine, folder: Path) -> None:
        self._engine = engine
        version = engine.version
        self._folder = folder / f"{version.name}-{version.version}".replace("/", "_").replace(" ", "_")
        self._folder.mkdir(parents=True, exist_ok=True)

    @property
    def version(self) -> EngineVersion:
        """The real engine's version."""
        return self._engine.version

    @property
    def doubtful_below(self) -> float:
        """As the reader behind it."""
        return self._engine.doubtful_below

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """What was read of this image before, or is read now."""
        key = hashlib.sha256(f"{image.shape} {dpi} ".encode() + image.tobytes()).hexdigest()
        path = self._folder / f"{key}.pickle"
        if path.is_file():
            return pickle.loads(path.read_bytes())
        words = self._engine.read(image, dpi, temp_dir)
        path.write_bytes(pickle.dumps(words))
        return words


def iter_papers(
    seeds: Sequence[int], profile: str, cache: Path, *, uncalibrated: bool = False
) -> Iterator[ReadPaper]:
    """Draw and read papers; `uncalibrated` leaves out the last step that calibrates words.

    Raises RuntimeError where the profile's models are missing: another reader must not stand in here.
    """
    engine = build_reader(profile, cache)
    for seed in seeds:
        case = draw_case(seed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{case.name}.{case.ending}"
            path.write_bytes(case.data)
            (source,) = iter_page_images(path, "image")
            page = (
                read_uncalibrated(source, engine, Path(folder))
                if uncalibrated
                else (read_source(source, engine, Path(folder))[1])
            )
        yield ReadPaper(case, page, extract_fields([page]))


def build_reader(profile: str, cache: Path) -> RememberingEngine:
    """The profile's reader with a memory; raises RuntimeError where its models are missing."""
    fault = find_fault(profile)
    if fault is not None:
        raise RuntimeError(fault.text_vi)
    return RememberingEngine(build_engine(profile), cache)


def read_uncalibrated(source: SourcePage, engine: OcrEngine, temp_dir: Path) -> PageText:
    """Read one page without the last step, which turns confidences into chances."""
    prepared = prepare_page(source)
    page = build_page_text(prepared, engine.read(prepared.image, prepared.dpi, temp_dir))
    return add_marks(prepared, page)
