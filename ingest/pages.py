"""Reads and judges a file's pages in killable children (đọc và xét trang), before anything is kept."""

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import IntakeStopped
from ingest.formats.facts import FormatFacts, Limits
from ingest.gate import GatedPage
from ingest.rescans import FaultCollector
from ocr.errors import EngineCrashed
from ocr.pagefile import PackedPages, write_page_lines
from ocr.pool import PagePool
from ocr.profiles import TESSERACT
from records.errors import ErrorKind, OcrError
from records.model import PageFault

READ_FACTS = "ingest.formats.table:read_facts"
GATE_PAGE = "ingest.gate:gate_page"
_FACTS_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class GatedPages:
    """What the gate let pass (các trang đã qua cổng): packed texts, circulation restricted or not, faults."""

    texts: PackedPages
    is_restricted: bool
    faults: tuple[PageFault, ...] = ()

    def write_sidecar(self, path: Path) -> None:
        """Write the pages' words and boxes as JSON, one page a line."""
        write_page_lines(self.texts.iter_lines(), path)


class PageReader:
    """Sends pages into the pool (bộ đọc trang); `window` pages of one file are under way at a time."""

    def __init__(self, pool: PagePool, *, page_seconds: float = 120.0, window: int = 4) -> None:
        self._pool = pool
        self._page_seconds = page_seconds
        self._window = window

    def read_facts(self, path: Path, name: str, limits: Limits) -> FormatFacts:
        """Facts of the file, read in a child.

        Raises `UnsupportedFormat`, `UnreadableFile`, `EncryptedFile`, `FileTooLarge`, `EngineCrashed`,
        `EngineTimedOut`, `OutOfMemory`.
        """
        with _told_when_stopped():
            facts: FormatFacts = self._pool.run(READ_FACTS, path, name, limits, timeout=_FACTS_SECONDS)
        return facts

    def read_pages(
        self,
        path: Path,
        facts: FormatFacts,
        profile: str,
        waived: frozenset[int],
        on_page: Callable[[int], None],
    ) -> GatedPages:
        """Every page judged and read; `waived` page ordinals (from 1) were lifted by two people.

        Raises `SecretMaterialFound` for the first hit. A page whose reading fails or takes too long is tried
        once more by the plainest reader; then its file is refused, and only that file, with the numbers of
        all such pages: nobody has ruled out a mark on them (docs/decisions/0005-pages-not-read.md).
        Nothing runs on the file any more when this returns or raises.
        """
        waiting: deque[Future[GatedPage]] = deque()
        gathered = _Gathered()
        numbers = iter(range(facts.pages))

        def submit(number: int, chosen: str) -> "Future[GatedPage]":
            return self._submit(path, facts, number, chosen, number + 1 in waived)

        try:
            with _told_when_stopped():
                while gathered.count < facts.pages:
                    for number in numbers:
                        waiting.append(submit(number, profile))
                        if len(waiting) >= self._window:
                            break
                    gathered.take(waiting.popleft(), lambda number: submit(number, TESSERACT))
                    on_page(gathered.count)
        finally:
            _drain(waiting)
        return gathered.end()

    def _submit(
        self, path: Path, facts: FormatFacts, number: int, profile: str, is_waived: bool
    ) -> "Future[GatedPage]":
        return self._pool.submit(
            GATE_PAGE, path, facts.format, number, profile, is_waived, path.parent, timeout=self._page_seconds
        )


@contextmanager
def _told_when_stopped() -> Generator[None]:
    """A pool that closes says nothing of the file: it is neither taken nor refused."""
    try:
        yield
    except CancelledError as exc:
        raise IntakeStopped from exc
    except EngineCrashed as exc:
        if exc.context.get("pool") == "closed":
            raise IntakeStopped from exc
        raise


class _Gathered:
    """What has come back of a file's pages so far."""

    def __init__(self) -> None:
        self.count = 0
        self._texts = PackedPages()
        self._faults = FaultCollector()
        self._is_restricted = False
        self._failed: dict[int, OcrError] = {}

    def take(self, future: "Future[GatedPage]", retry: "Callable[[int], Future[GatedPage]]") -> None:
        """One page's result, or the result of trying it again; raises what says nothing of the page alone."""
        number = self.count
        self.count += 1
        page = self._try(future, number)
        if page is None and self._failed[number].kind is ErrorKind.DAMAGED:
            page = self._try(retry(number), number)
        if page is not None:
            self._texts.add(page.text)
            self._faults.add(page.text)
            self._is_restricted = self._is_restricted or page.is_restricted
            self._failed.pop(number, None)

    def _try(self, future: "Future[GatedPage]", number: int) -> GatedPage | None:
        """A page's result, None where it cannot be read."""
        try:
            return future.result()
        except OcrError as error:
            if error.kind is ErrorKind.UNAVAILABLE or error.context.get("pool") == "closed":
                raise
            self._failed[number] = error
            return None

    def end(self) -> GatedPages:
        """The pages; raises the first page's error, with the numbers of all that could not be read."""
        if self._failed:
            first, error = min(self._failed.items())
            ordinals = ", ".join(str(number + 1) for number in sorted(self._failed))
            raise type(error)(f"Trang {ordinals}.", **{**error.context, "page": first + 1}) from error
        return GatedPages(self._texts, self._is_restricted, self._faults.end())


def _drain(waiting: "deque[Future[GatedPage]]") -> None:
    """Cancel what has not begun and wait for what has: it may still write into the file's folder."""
    for future in waiting:
        future.cancel()
    for future in waiting:
        if not future.cancelled():
            future.exception()
