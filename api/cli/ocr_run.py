"""The work behind `sohoa ocr` (một lượt nhận dạng): pages of all files side by side, results when ready.

However many pages a file has, few are in memory: what was read is packed at once and written at the end.
"""

import hashlib
import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.progress import Progress

from ocr.alto import build_alto
from ocr.errors import UnreadableImage
from ocr.hocr import build_hocr
from ocr.pagefile import PackedPages, open_page_texts, write_page_lines
from ocr.pool import PagePool
from ocr.profiles import TESSERACT
from ocr.sidecar import field_to_dict
from ocr.tasks import (
    COMPOSE,
    COUNT_PAGES,
    DESCRIBE_LOST,
    DESCRIBE_UNREAD,
    EXTRACT,
    READ_PAGE,
    Composition,
    PageReading,
)
from ocr.types import EngineVersion, FieldCandidate, PageText
from records.errors import ErrorKind, OcrError, ServiceError

_COUNT_SECONDS, _COMPOSE_SECONDS, _EXTRACT_SECONDS = 60.0, 900.0, 300.0
_COMPOSE_SECONDS_A_PAGE = 10.0
_PAGES_A_JOB = 8
"""Pages under way for each child: enough that none waits while a slow page holds up the order."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The profile asked for, the readers that take its place here and why, where they are others."""

    profile: str
    engines: tuple[EngineVersion, ...]
    fault: ServiceError | None


@dataclass(frozen=True, slots=True)
class Exports:
    """What to write beside the three results (tệp xuất thêm)."""

    hocr: bool = False
    alto: bool = False
    reading_copy: bool = False


@dataclass(slots=True)
class _Job:
    """One input on its way: hash and kind, what was read so far, pages that could not be read or opened."""

    given: str
    path: Path
    sha256: str
    kind: str
    started: float
    count: int
    pages: PackedPages = field(default_factory=PackedPages)
    unread: dict[int, ServiceError] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    cpu_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Composing:
    """A file whose pages are all there: where they lie, and what children are making of them."""

    job: _Job
    texts: Path
    pdf: "Future[Composition]"
    fields: "Future[tuple[FieldCandidate, ...]]"


class Run:
    """One call of the command: all files, their pages side by side (một lượt chạy)."""

    def __init__(
        self,
        pool: PagePool,
        jobs: int,
        temp_dir: Path,
        out: Path,
        reader: Reader,
        exports: Exports,
        page_seconds: float,
    ) -> None:
        self._pool = pool
        self._window = _PAGES_A_JOB * jobs
        self._temp_dir = temp_dir
        self._out = out
        self._reader = reader
        self._exports = exports
        self._page_seconds = page_seconds
        self._pages: deque[tuple[_Job, int, Future[PageReading]]] = deque()
        self._composing: deque[_Composing] = deque()
        self._refused: list[tuple[str, str]] = []

    def run_all(self, files: Sequence[str], progress: Progress) -> list[tuple[str, str]]:
        """Read every file; names and reasons of what was refused, files and single pages, come back."""
        bar = progress.add_task("Nhận dạng", total=len(files))
        for job in self._iter_jobs(files):
            for number in range(job.count):
                self._make_room()
                self._pages.append((job, number, self._submit(job, number, self._reader.profile)))
            progress.update(bar, completed=len(files) - self._open_files())
        while self._pages:
            self._take_page()
        while self._composing:
            self._finish(self._composing.popleft())
        progress.update(bar, completed=len(files))
        return self._refused

    def _iter_jobs(self, files: Sequence[str]) -> Iterator[_Job]:
        """The files that can be opened, their pages counted ahead of their turn."""
        counting: deque[tuple[str, str, str, Future[int]]] = deque()
        left = iter(files)
        while True:
            for given in left:
                self._count(given, counting)
                if len(counting) > self._window:
                    break
            if not counting:
                return
            given, sha256, kind, count = counting.popleft()
            try:
                job = _Job(given, Path(given), sha256, kind, time.monotonic(), count.result())
            except ServiceError as error:
                self._refuse(given, sha256, error)
                continue
            if job.count:
                yield job
            else:
                self._refuse(given, sha256, UnreadableImage("Tệp không có trang nào."))

    def _count(self, given: str, counting: "deque[tuple[str, str, str, Future[int]]]") -> None:
        """Hash a file and have its pages counted."""
        try:
            sha256, kind = _identify(Path(given))
        except ServiceError as error:
            self._refuse(given, "", error)
            return
        future = self._pool.submit(COUNT_PAGES, Path(given), kind, timeout=_COUNT_SECONDS)
        counting.append((given, sha256, kind, future))

    def _submit(self, job: _Job, number: int, profile: str) -> "Future[PageReading]":
        return self._pool.submit(
            READ_PAGE, job.path, job.kind, number, profile, self._temp_dir, timeout=self._page_seconds
        )

    def _open_files(self) -> int:
        """Files not finished yet among those begun."""
        return len({id(job) for job, _number, _future in self._pages}) + len(self._composing)

    def _make_room(self) -> None:
        """Take pages off the front until one more may be under way; write what is ready."""
        while len(self._pages) >= self._window:
            self._take_page()
        while self._composing and (
            len(self._composing) > self._window or (self._composing[0].pdf.done() and self._is_extracted())
        ):
            self._finish(self._composing.popleft())

    def _is_extracted(self) -> bool:
        return self._composing[0].fields.done()

    def _take_page(self) -> None:
        """The next page in order: packed, or noted as unread."""
        job, number, future = self._pages.popleft()
        try:
            job.pages.add(self._read(job, number, future))
        except ServiceError as error:
            self._give_up(job, error)
            return
        if len(job.pages) < job.count:
            return
        if len(job.unread) == job.count:
            self._refuse(job.given, job.sha256, job.unread[0])
        else:
            self._compose(job)

    def _read(self, job: _Job, number: int, future: "Future[PageReading]") -> PageText:
        """A page's text, from the plainest reader where the chosen one failed, or a page without words.

        Raises what says nothing of the page alone.
        """
        attempts = [lambda: future, lambda: self._submit(job, number, TESSERACT)]
        for attempt in attempts:
            try:
                reading = attempt().result()
            except OcrError as error:
                if error.kind is ErrorKind.UNAVAILABLE:
                    raise
                job.unread[number] = error
                if error.kind is not ErrorKind.DAMAGED:
                    break
            else:
                job.unread.pop(number, None)
                job.cpu_seconds += reading.cpu_seconds
                return reading.page
        return self._describe_unread(job, number)

    def _describe_unread(self, job: _Job, number: int) -> PageText:
        """A page without words in its place; an empty sheet where even opening it takes the child down."""
        reason = job.unread[number].code.lower()
        seconds = self._page_seconds
        page: PageText
        try:
            page = self._pool.run(DESCRIBE_UNREAD, job.path, job.kind, number, reason, timeout=seconds)
        except OcrError as error:
            if error.kind is not ErrorKind.DAMAGED:
                raise
            job.lost.add(number)
            page = self._pool.run(DESCRIBE_LOST, number, reason, timeout=seconds)
        return page

    def _give_up(self, job: _Job, error: ServiceError) -> None:
        """Refuse a file and forget its other pages."""
        mine = [entry for entry in self._pages if entry[0] is job]
        self._pages = deque(entry for entry in self._pages if entry[0] is not job)
        for _job, _number, future in mine:
            future.cancel()
        self._refuse(job.given, job.sha256, error)

    def _compose(self, job: _Job) -> None:
        """Hand a file whose pages are all there to the children again."""
        texts = self._temp_dir / f"{job.sha256[:16]}-{id(job)}.json"
        write_page_lines(job.pages.iter_lines(), texts)
        pdf: Future[Composition] = self._pool.submit(
            COMPOSE, job.path, job.kind, texts, self._target(job.path, "pdf"), job.path.stem,
            frozenset(job.unread), frozenset(job.lost),
            timeout=_COMPOSE_SECONDS + _COMPOSE_SECONDS_A_PAGE * job.count,
        )  # fmt: skip
        fields = self._pool.submit(EXTRACT, texts, timeout=_EXTRACT_SECONDS)
        self._composing.append(_Composing(job, texts, pdf, fields))

    def _finish(self, made: _Composing) -> None:
        """Write a file's results."""
        job = made.job
        try:
            composed, fields = made.pdf.result(), made.fields.result()
            start = time.process_time()
            exported = self._export(job, made.texts)
            self._write_text(job, made.texts)
        except ServiceError as error:
            self._refuse(job.given, job.sha256, error)
            return
        report = composed.report
        cpu = job.cpu_seconds + composed.cpu_seconds + exported.pop("cpu_seconds", 0.0)
        self._write(
            job,
            {
                **self._head(job.given, job.sha256),
                "seconds": round(time.monotonic() - job.started, 3),
                "cpu_seconds": round(cpu + time.process_time() - start, 3),
            },
            {
                "fields": {candidate.name: field_to_dict(candidate) for candidate in fields},
                "pdfa": {
                    "level": report.level,
                    "valid": report.valid,
                    "findings": list(report.findings),
                    "images": list(report.images),
                },
                **exported,
            },
        )
        for number, error in sorted(job.unread.items()):
            self._refused.append((job.given, f"Trang {number + 1}: {error.text_vi}"))
        made.texts.unlink()

    def _export(self, job: _Job, texts: Path) -> dict[str, Any]:
        """Write what else was asked for; keys for NAME.json."""
        pages, engines = open_page_texts(texts), self._reader.engines
        if self._exports.hocr:
            self._target(job.path, "hocr").write_bytes(build_hocr(pages, engines, job.path.name))
        if self._exports.alto:
            data = build_alto(pages, engines, job.path.name, job.sha256)
            self._target(job.path, "alto.xml").write_bytes(data)
        if not self._exports.reading_copy:
            return {}
        from ocr.readingcopy import COMPOSE_READING_COPY, SUFFIX, ReadingCopy

        copy: ReadingCopy = self._pool.run(
            COMPOSE_READING_COPY, job.path, job.kind, pages, self._target(job.path, f"{SUFFIX}.pdf"),
            job.path.stem, job.sha256, None, frozenset(job.unread),
            frozenset(job.lost), timeout=_COMPOSE_SECONDS + _COMPOSE_SECONDS_A_PAGE * job.count,
        )  # fmt: skip
        share = round(copy.size / max(1, job.path.stat().st_size), 4)
        return {"reading_copy": {"bytes": copy.size, "share": share}, "cpu_seconds": copy.cpu_seconds}

    def _refuse(self, given: str, sha256: str, error: ServiceError) -> None:
        """Write why a file was refused instead of its result."""
        self._refused.append((given, error.text_vi))
        body = {**self._head(given, sha256), "error": _describe(error)}
        self._target(Path(given), "json").write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")

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

    def _write_text(self, job: _Job, texts: Path) -> None:
        """Write NAME.txt page by page."""
        with self._target(job.path, "txt").open("w", encoding="utf-8") as file:
            for number, page in enumerate(open_page_texts(texts)):
                file.write(("\f" if number else "") + page.text)
            file.write("\n")

    def _write(self, job: _Job, head: dict[str, Any], tail: dict[str, Any]) -> None:
        """Write NAME.json page by page; a page that could not be read says so itself."""
        with self._target(job.path, "json").open("wb") as file:
            file.write(_dump(head)[:-1] + b', "pages": [')
            for number, line in enumerate(job.pages.iter_lines()):
                if number in job.unread:
                    line = line[:-1] + b', "error": ' + _dump(_describe(job.unread[number])) + b"}"
                file.write((b",\n" if number else b"\n") + line)
            file.write(b"\n], " + _dump(tail)[1:])

    def _target(self, path: Path, ending: str) -> Path:
        """NAME with another ending in the output folder; dots in the name stay."""
        return self._out / f"{path.stem}.{ending}"


def _dump(body: dict[str, Any]) -> bytes:
    """JSON as it is written everywhere."""
    return json.dumps(body, ensure_ascii=False).encode()


def _describe(error: ServiceError) -> dict[str, str]:
    """An error under the published keys."""
    return {"code": error.code, "message": error.text_vi}


def _identify(path: Path) -> tuple[str, str]:
    """SHA-256 and kind of a file by its first bytes; raises UnreadableImage."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)
            file.seek(0)
            return hashlib.file_digest(file, "sha256").hexdigest(), "pdf" if b"%PDF-" in head else "image"
    except OSError as exc:
        raise UnreadableImage("Không mở được tệp.") from exc
