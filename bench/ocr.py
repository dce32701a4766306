"""Pages per CPU minute of the whole path to searchable PDF/A, beside OCRmyPDF --deskew on the same pages.

    python bench/ocr.py PAGES... [--limit N]

PAGES are scanned page images (JPEG, PNG, TIFF). Both sides read the same files one after the other in this
run, one worker each with one OpenMP thread, and write PDF/A-2b; CPU time is that of all their processes.
For Sohoa the CPU seconds of reading by Tesseract are parted from all else (decoding, cleaning, layout,
fields, composing, checking).
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import img2pdf

# Run as a script, this file's own folder comes first and would hide the package of the same name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from ocr.engine import EngineWord, Grey  # noqa: E402
from ocr.engines.tesseract import TesseractEngine  # noqa: E402
from ocr.fields import extract_fields  # noqa: E402
from ocr.page import read_page  # noqa: E402
from ocr.pdfa import compose_pdf  # noqa: E402
from ocr.raster import iter_page_images  # noqa: E402
from ocr.types import EngineVersion  # noqa: E402

os.environ["OMP_THREAD_LIMIT"] = "1"


@dataclass(frozen=True)
class Result:
    """CPU and wall seconds of one side and the size of what it wrote."""

    name: str
    cpu: float
    wall: float
    size: int


class TimedEngine:
    """Tesseract, with the CPU time of its runs added up."""

    def __init__(self) -> None:
        self._engine = TesseractEngine()
        self.cpu = 0.0

    @property
    def version(self) -> EngineVersion:
        """The real engine's version."""
        return self._engine.version

    def read(self, image: Grey, dpi: int, temp_dir: Path) -> tuple[EngineWord, ...]:
        """Read and add the time."""
        start = cpu_seconds()
        words = self._engine.read(image, dpi, temp_dir)
        self.cpu += cpu_seconds() - start
        return words


def cpu_seconds() -> float:
    """CPU time of this process and of the children it waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def measure(name: str, work: Callable[[Path], None], folder: Path) -> Result:
    """Run one side into a folder of its own."""
    out = folder / name
    out.mkdir()
    cpu, wall = cpu_seconds(), time.monotonic()
    work(out)
    size = sum(path.stat().st_size for path in out.glob("*.pdf"))
    return Result(name, cpu_seconds() - cpu, time.monotonic() - wall, size)


def run_sohoa(files: list[Path], engine: TimedEngine, out: Path, temp_dir: Path) -> None:
    """The whole path: read, extract fields, compose and check PDF/A."""
    for file in files:
        texts = [read_page(page, engine, temp_dir) for page in iter_page_images(file, "image")]
        extract_fields(texts)
        compose_pdf(zip(iter_page_images(file, "image"), texts, strict=True), out / f"{file.stem}.pdf")


def run_ocrmypdf(files: list[Path], out: Path, temp_dir: Path) -> None:
    """OCRmyPDF on all pages in one run, put into one PDF without loss first (0.01 s a page)."""
    wrapped = temp_dir / "pages.pdf"
    names = [str(file) for file in files]
    wrapped.write_bytes(img2pdf.convert(names, rotation=img2pdf.Rotation.ifvalid) or b"")
    options = "-l vie --deskew --jobs 1 --output-type pdfa --pdfa-backend internal --quiet"
    command = [sys.executable, "-m", "ocrmypdf", *options.split(), wrapped, out / "pages.pdf"]
    subprocess.run(command, check=True)


def compare(files: list[Path]) -> tuple[Result, Result, str]:
    """Both sides on the same files, ours first, and the table."""
    engine = TimedEngine()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = Path(name)
        ours = measure("sohoa", lambda out: run_sohoa(files, engine, out, folder), folder)
        theirs = measure("ocrmypdf --deskew", lambda out: run_ocrmypdf(files, out, folder), folder)
    lines = [
        f"{len(files)} pages, one worker, one OpenMP thread, to PDF/A-2b",
        f"{'':20}{'CPU s/page':>12}{'pages/CPU min':>15}{'wall s/page':>13}{'KiB/page':>10}",
    ]
    for side in (ours, theirs):
        per = side.cpu / len(files)
        wall, size = side.wall / len(files), side.size / len(files) / 1024
        lines.append(f"{side.name:20}{per:12.2f}{60 / per:15.1f}{wall:13.2f}{size:10.0f}")
    rest = (ours.cpu - engine.cpu) / len(files)
    lines.append(
        f"Sohoa: Tesseract {engine.cpu / len(files):.2f} CPU s/page, everything else {rest:.2f} CPU s/page"
    )
    lines.append(f"ratio: {theirs.cpu / ours.cpu:.1f} x the pages per CPU minute of OCRmyPDF --deskew")
    return ours, theirs, "\n".join(lines)


def main() -> None:
    """Measure both sides and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="use only the first N")
    given = parser.parse_args()
    files: list[Path] = given.pages[: given.limit] if given.limit else given.pages
    print(compare(files)[2])


if __name__ == "__main__":
    main()
