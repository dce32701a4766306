"""`sohoa ocr`: reads files without a running service, so that anyone can judge the reading (nhận dạng)."""

import hashlib
import json
import os
import tempfile
import time
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from api.cli.options import AsJson
from api.cli.output import print_json
from api.settings import load_settings
from ocr.alto import build_alto
from ocr.errors import UnreadableImage
from ocr.fields import extract_fields
from ocr.hocr import build_hocr
from ocr.models import use_folder
from ocr.pool import PagePool
from ocr.profiles import DEFAULT_PROFILE, find_engines, find_fault
from ocr.readingcopy import COMPOSE_READING_COPY, SUFFIX, ReadingCopy
from ocr.sidecar import field_to_dict, page_to_dict
from ocr.types import EngineVersion, PageText
from ocr.work import COMPOSE, COUNT_PAGES, READ_PAGE, Composition, PageReading
from records.errors import ServiceError

EXIT_REFUSED, EXIT_USAGE, EXIT_MISSING = 1, 2, 3
_FILES_AHEAD = 8
_MEMORY_LIMIT = 2 * 1024**3
_COUNT_SECONDS, _PAGE_SECONDS, _COMPOSE_SECONDS = 60.0, 300.0, 900.0
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108  unread pages belong in memory, not on a disk


@dataclass(frozen=True, slots=True)
class _Reader:
    """The profile asked for, the readers that take its place here and why, where they are others."""

    profile: str
    engines: tuple[EngineVersion, ...]
    fault: ServiceError | None


@dataclass(frozen=True, slots=True)
class _Job:
    """One input on its way: its bytes' hash, kind and pages in work."""

    given: str
    path: Path
    sha256: str
    kind: str
    started: float
    pages: "list[Future[PageReading]]"


@dataclass(frozen=True, slots=True)
class _Exports:
    """What to write beside the three results."""

    hocr: bool = False
    alto: bool = False
    reading_copy: bool = False


def ocr_command(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Ảnh (TIFF, JPEG, PNG) hoặc PDF.")],
    out: Annotated[Path, typer.Option("--out", help="Thư mục nhận NAME.txt, NAME.pdf, NAME.json.")],
    profile: Annotated[str, typer.Option("--profile", help="Cấu hình nhận dạng.")] = DEFAULT_PROFILE,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Số tiến trình; mặc định mỗi lõi một.")] = (
        os.cpu_count() or 1
    ),
    hocr: Annotated[bool, typer.Option("--hocr", help="Ghi thêm NAME.hocr.")] = False,
    alto: Annotated[bool, typer.Option("--alto", help="Ghi thêm NAME.alto.xml (ALTO 4).")] = False,
    reading_copy: Annotated[
        bool, typer.Option("--reading-copy", help="Ghi thêm NAME.ban-doc.pdf: bản nhỏ để xem.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Nhận dạng tệp: ghi văn bản, PDF/A-2b tìm kiếm được và dữ liệu JSON của từng tệp vào thư mục --out."""
    console = Console(stderr=True)
    names = [Path(name).stem for name in files]
    written = names + [f"{name}.{SUFFIX}" for name in names if reading_copy]
    if len(set(written)) < len(written):
        console.print("Hai tệp vào có cùng tên (không kể đuôi) sẽ ghi đè nhau. Hãy đổi tên một tệp.")
        raise typer.Exit(EXIT_USAGE)
    use_folder(load_settings().ocr.models.absolute())
    try:
        reader = _Reader(profile, find_engines(profile), find_fault(profile))
    except ServiceError as exc:
        console.print(exc.text_vi)
        raise typer.Exit(EXIT_MISSING) from exc
    if reader.fault is not None:
        console.print(f"{reader.fault.text_vi} Đang đọc bằng Tesseract thay cho “{profile}”.", markup=False)
    out.mkdir(parents=True, exist_ok=True)
    with _pool(jobs) as (pool, temp_dir), Progress(console=console) as progress:
        exports = _Exports(hocr=hocr, alto=alto, reading_copy=reading_copy)
        refused = _Run(pool, temp_dir, out, reader, progress, exports).run_all(files)
    for name, text in refused:
        console.print(f"{name}: {text}", markup=False)
    if as_json:
        reasons = dict(refused)
        print_json(
            [
                {"file": name, "out": str(out / f"{Path(name).stem}.json"), "error": reasons.get(name)}
                for name in files
            ]
        )
    if refused:
        raise typer.Exit(EXIT_REFUSED)


@contextmanager
def _pool(workers: int) -> Generator[tuple[PagePool, Path]]:
    """Worker children and their temporary folder, both gone afterwards."""
    parent = _MEMORY_FOLDER if os.access(_MEMORY_FOLDER, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="sohoa-ocr-", dir=parent) as folder,
        PagePool(workers, _MEMORY_LIMIT, Path(folder)) as pool,
    ):
        yield pool, Path(folder)


class _Run:
    """One call of the command: all files, their pages side by side."""

    def __init__(
        self,
        pool: PagePool,
        temp_dir: Path,
        out: Path,
        reader: _Reader,
        progress: Progress,
        exports: _Exports,
    ) -> None:
        self._pool = pool
        self._temp_dir = temp_dir
        self._out = out
        self._reader = reader
        self._progress = progress
        self._exports = exports

    def run_all(self, files: Sequence[str]) -> list[tuple[str, str]]:
        """Read every file; names and reasons of the refused ones come back.

        Some files' pages wait in the pool while one is composed, so that no core idles.
        """
        refused: list[tuple[str, str]] = []
        bar = self._progress.add_task("Nhận dạng", total=len(files))
        waiting: deque[_Job] = deque()
        for name in files:
            job = self._begin(name, refused)
            if job is None:
                self._progress.advance(bar)
                continue
            waiting.append(job)
            if len(waiting) > _FILES_AHEAD:
                self._finish(waiting.popleft(), refused)
                self._progress.advance(bar)
        for job in waiting:
            self._finish(job, refused)
            self._progress.advance(bar)
        return refused

    def _begin(self, given: str, refused: list[tuple[str, str]]) -> _Job | None:
        """Hash a file, count its pages and hand them to the pool."""
        path, started, sha256 = Path(given), time.monotonic(), ""
        try:
            sha256, kind = _identify(path)
            count = int(self._pool.run(COUNT_PAGES, path, kind, timeout=_COUNT_SECONDS))
        except ServiceError as exc:
            self._refuse(given, sha256, exc, refused)
            return None
        pages = [
            self._pool.submit(
                READ_PAGE, path, kind, number, self._reader.profile, self._temp_dir, timeout=_PAGE_SECONDS
            )
            for number in range(count)
        ]
        return _Job(given, path, sha256, kind, started, pages)

    def _finish(self, job: _Job, refused: list[tuple[str, str]]) -> None:
        """Wait for a file's pages and write its three results."""
        try:
            readings = [page.result() for page in job.pages]
            texts = [reading.page for reading in readings]
            composed: Composition = self._pool.run(
                COMPOSE, job.path, job.kind, texts, self._target(job.path, "pdf"), job.path.stem,
                timeout=_COMPOSE_SECONDS,
            )  # fmt: skip
            exported, cpu = self._export(job, texts)
        except ServiceError as exc:
            for page in job.pages:
                page.cancel()
            self._refuse(job.given, job.sha256, exc, refused)
            return
        text = "\f".join(page.text for page in texts) + "\n"
        self._target(job.path, "txt").write_text(text, encoding="utf-8")
        start = time.process_time()
        fields = {field.name: field_to_dict(field) for field in extract_fields(texts)}
        own = time.process_time() - start
        cpu += sum(reading.cpu_seconds for reading in readings) + composed.cpu_seconds + own
        report = composed.report
        self._write(
            job.path,
            {
                **self._head(job.given, job.sha256),
                "seconds": round(time.monotonic() - job.started, 3),
                "cpu_seconds": round(cpu, 3),
                "pages": [page_to_dict(page) for page in texts],
                "fields": fields,
                "pdfa": {"level": report.level, "valid": report.valid, "findings": list(report.findings)},
                **exported,
            },
        )

    def _export(self, job: _Job, texts: Sequence[PageText]) -> tuple[dict[str, Any], float]:
        """Write what else was asked for; keys for NAME.json and CPU seconds."""
        start = time.process_time()
        if self._exports.hocr:
            data = build_hocr(texts, self._reader.engines, job.path.name)
            self._target(job.path, "hocr").write_bytes(data)
        if self._exports.alto:
            data = build_alto(texts, self._reader.engines, job.path.name, job.sha256)
            self._target(job.path, "alto.xml").write_bytes(data)
        own = time.process_time() - start
        if not self._exports.reading_copy:
            return {}, own
        copy: ReadingCopy = self._pool.run(
            COMPOSE_READING_COPY, job.path, job.kind, texts, self._target(job.path, f"{SUFFIX}.pdf"),
            job.path.stem, job.sha256, timeout=_COMPOSE_SECONDS,
        )  # fmt: skip
        share = round(copy.size / max(1, job.path.stat().st_size), 4)
        return {"reading_copy": {"bytes": copy.size, "share": share}}, own + copy.cpu_seconds

    def _refuse(self, given: str, sha256: str, error: ServiceError, refused: list[tuple[str, str]]) -> None:
        """Write why a file was refused instead of its result."""
        refused.append((given, error.text_vi))
        body = {"error": {"code": error.code, "message": error.text_vi}}
        self._write(Path(given), {**self._head(given, sha256), **body})

    def _head(self, given: str, sha256: str) -> dict[str, Any]:
        """The keys every result begins with."""
        reader = self._reader
        return {
            "file": given,
            "sha256": sha256,
            "profile": reader.profile,
            "engines": [{"name": engine.name, "version": engine.version} for engine in reader.engines],
            "notices": [reader.fault.code] if reader.fault else [],
        }

    def _write(self, path: Path, body: dict[str, Any]) -> None:
        """Write NAME.json."""
        self._target(path, "json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")

    def _target(self, path: Path, ending: str) -> Path:
        """NAME with another ending in the output folder; dots in the name stay."""
        return self._out / f"{path.stem}.{ending}"


def _identify(path: Path) -> tuple[str, str]:
    """SHA-256 and kind of a file by its first bytes; raises UnreadableImage."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest(), "pdf" if b"%PDF-" in head else "image"
    except OSError as exc:
        raise UnreadableImage("Không mở được tệp.") from exc
