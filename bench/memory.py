"""Memory of every process while a long PDF is read (đo bộ nhớ): it must not grow with the pages.

    python bench/memory.py [--pages 1000] [--limit N] [--profile tesseract] [--jobs 2] [--distinct 3]
                           [--rows 30] [--seed N] [--json FILE.jsonl]

Draws a few 300 dpi colour pages from the seed, puts them into one PDF as often as asked, and runs what
`sohoa ocr` runs on it. `--limit` stops after so many pages. Aim: under 500 MB a worker with `tesseract` and
`fast`, and no more at the last page than at page 100.
"""

import argparse
import io
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from api.cli.ocr_run import Exports, Reader, Run
from api.settings import load_settings
from ocr.models import use_folder
from ocr.pool import PagePool
from ocr.profiles import find_engines, find_fault
from ocr.tasks import READ_PAGE

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
MARKS = (100, 500, 1000)
MB = 1_000_000
_TEXT = (
    "căn cứ luật tổ chức chính quyền địa phương nghị định của về việc quản lý và sử dụng đất theo đề nghị "
    "giám đốc sở xây dựng quyết định phê duyệt kế hoạch thực hiện nhiệm vụ năm trên địa bàn tỉnh các đơn vị "
    "liên quan chịu trách nhiệm thi hành báo cáo kết quả giải quyết thủ tục hành chính"
)
_WORDS = _TEXT.split()
_FONT = "/usr/share/fonts/truetype/freefont/FreeSerif.ttf"
_LIMIT = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory in MB when so many pages were done: this process, its largest child, its largest
    child's child (a reader's program), all together."""

    pages: int
    seconds: float
    parent: float
    worker: float
    program: float
    whole: float


class CountingPool(PagePool):
    """A pool that counts the pages it has read."""

    pages_read = 0

    def submit(self, function: str, /, *values: Any, timeout: float) -> "Future[Any]":
        """As the pool's; a page that is ready is counted."""
        future = super().submit(function, *values, timeout=timeout)
        if function == READ_PAGE:
            future.add_done_callback(self._count)
        return future

    def _count(self, _future: "Future[Any]") -> None:
        self.pages_read += 1


def measure(pdf: Path, profile: str, jobs: int, folder: Path) -> list[Sample]:
    """Read a PDF and sample memory twice a second, through composing to the end."""
    samples: list[Sample] = []
    ended = threading.Event()
    start = time.monotonic()
    with (
        CountingPool(jobs, _LIMIT, folder) as pool,
        Progress(console=Console(file=io.StringIO())) as progress,
    ):

        def watch() -> None:
            while not ended.wait(0.5):
                samples.append(take_sample(pool.pages_read, time.monotonic() - start))

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        reader = Reader(profile, find_engines(profile), find_fault(profile))
        refused = Run(pool, jobs, folder, folder, reader, Exports(), 300.0).run_all([str(pdf)], progress)
        ended.set()
        watcher.join()
    if refused:
        raise SystemExit(f"refused: {refused}")
    return samples


def take_sample(pages: int, seconds: float) -> Sample:
    """Memory of this process and all below it."""
    own = os.getpid()
    children = _children(own)
    workers = [_resident(child) for child in children]
    programs = [_resident(below) for child in children for below in _children(child)]
    parent = _resident(own)
    whole = parent + sum(workers) + sum(programs)
    return Sample(pages, seconds, parent, max(workers, default=0), max(programs, default=0), whole)


def _children(process: int) -> list[int]:
    """Processes that a process started with any of its threads."""
    found: list[int] = []
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(number) for number in path.read_text().split()]
        except OSError:
            continue  # the thread has ended
    return found


def _resident(process: int) -> float:
    """Resident memory of a process in MB, 0 when it has ended."""
    try:
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / MB
    except OSError:
        pass
    return 0.0


def iter_marks(samples: Sequence[Sample], pages: int) -> Iterator[tuple[str, Sample]]:
    """The highest of each figure in the stretch that ends at each mark, and while composing."""
    before = 0
    for mark in sorted({mark for mark in MARKS if mark < pages} | {pages}):
        stretch = [sample for sample in samples if before < sample.pages <= mark and sample.pages < pages]
        if stretch:
            yield f"page {mark}", _highest(stretch, mark)
        before = mark
    after = [sample for sample in samples if sample.pages == pages]
    if after:
        yield "composing", _highest(after, pages)


def _highest(samples: Sequence[Sample], pages: int) -> Sample:
    return Sample(
        pages,
        max(sample.seconds for sample in samples),
        *(
            max(getattr(sample, name) for sample in samples)
            for name in ("parent", "worker", "program", "whole")
        ),
    )


def build_pdf(path: Path, pages: int, distinct: int, rows: int, seed: int) -> None:
    """A PDF of scanned pages: a few images, each on many pages."""
    pictures = [_draw_page(random.Random(seed + number), rows) for number in range(distinct)]
    with pikepdf.new() as pdf:
        images: list[pikepdf.Object] = []
        for data, width, height in pictures:
            image = pdf.make_stream(data)
            image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            image.Width, image.Height, image.BitsPerComponent = width, height, 8
            image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
            images.append(image)
        for number in range(pages):
            page = pdf.add_blank_page(page_size=(595.3, 841.9))
            page.Resources = pikepdf.Dictionary(
                XObject=pikepdf.Dictionary({"/Im": images[number % len(images)]})
            )
            page.Contents = pdf.make_stream(b"q 595.3 0 0 841.9 0 0 cm /Im Do Q")
        pdf.save(path)


def _draw_page(chance: random.Random, rows: int) -> tuple[bytes, int, int]:
    """An A4 page at 300 dpi with so many lines of words, as a scanner's JPEG."""
    width, height = 2480, 3508
    page = Image.new("RGB", (width, height), (250, 249, 246))
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(_FONT, 54)
    for row in range(rows):
        line = " ".join(chance.choices(_WORDS, k=12))
        pen.text((320, 300 + 92 * row), line, font=font, fill=(40, 38, 36))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80, dpi=(300, 300))
    return out.getvalue(), width, height


def run(
    pages: int, profile: str, jobs: int, *, distinct: int = 3, rows: int = 30, seed: int = 2026
) -> list[Sample]:
    """Draw, read and measure."""
    with tempfile.TemporaryDirectory(prefix="sohoa-memory-", dir=MEMORY) as name:
        folder = Path(name)
        pdf = folder / "dai.pdf"
        build_pdf(pdf, pages, distinct, rows, seed)
        return measure(pdf, profile, jobs, folder)


def tabulate(samples: Sequence[Sample], pages: int) -> str:
    """One line a mark."""
    rows = ["| until | seconds | this process | largest worker | largest program | together (MB) |"]
    rows.append("|---|---|---|---|---|---|")
    for name, high in iter_marks(samples, pages):
        figures = (high.seconds, high.parent, high.worker, high.program, high.whole)
        rows.append(f"| {name} | " + " | ".join(f"{figure:.0f}" for figure in figures) + " |")
    return "\n".join(rows)


def main() -> None:
    """Parse arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--limit", type=int, help="read only so many pages")
    parser.add_argument("--distinct", type=int, default=3)
    parser.add_argument("--rows", type=int, default=30, help="lines of words on a page")
    parser.add_argument("--profile", default="tesseract")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    use_folder(load_settings().ocr.models.absolute())
    pages = min(given.pages, given.limit or given.pages)
    samples = run(pages, given.profile, given.jobs, distinct=given.distinct, rows=given.rows, seed=given.seed)
    print(tabulate(samples, pages))
    if given.json:
        given.json.write_text("".join(json.dumps(asdict(sample)) + "\n" for sample in samples))


if __name__ == "__main__":
    main()
