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
from ocr.errors import EngineCrashed
from ocr.pool import PagePool
from ocr.sidecar import page_texts_to_json
from ocr.types import PageText
from records.errors import OcrError

READ_FACTS = "ingest.formats.table:read_facts"
GATE_PAGE = "ingest.gate:gate_page"
_FACTS_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class GatedPages:
    """What the gate let pass (các trang đã qua cổng): texts, their sidecar, circulation restricted or not."""

    texts: tuple[PageText, ...]
    is_restricted: bool

    @property
    def sidecar(self) -> bytes:
        """The pages' words and boxes as JSON."""
        return page_texts_to_json(self.texts)


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

        Raises `SecretMaterialFound` for the first hit. A page whose reading fails or takes too long raises
        too, with its number: nobody has ruled out a mark on it, so its file is refused, and only that file.
        Nothing runs on the file any more when this returns or raises.
        """
        waiting: deque[Future[GatedPage]] = deque()
        pages: list[GatedPage] = []
        numbers = iter(range(facts.pages))
        try:
            with _told_when_stopped():
                while len(pages) < facts.pages:
                    for number in numbers:
                        waiting.append(self._submit(path, facts, number, profile, number + 1 in waived))
                        if len(waiting) >= self._window:
                            break
                    pages.append(_wait_for(waiting.popleft(), len(pages) + 1))
                    on_page(len(pages))
        finally:
            _drain(waiting)
        return GatedPages(tuple(page.text for page in pages), any(page.is_restricted for page in pages))

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


def _wait_for(future: "Future[GatedPage]", ordinal: int) -> GatedPage:
    """A page's result; an error says which page it is about."""
    try:
        return future.result()
    except OcrError as error:
        raise type(error)(f"Trang {ordinal}.", **{**error.context, "page": ordinal}) from error


def _drain(waiting: "deque[Future[GatedPage]]") -> None:
    """Cancel what has not begun and wait for what has: it may still write into the file's folder."""
    for future in waiting:
        future.cancel()
    for future in waiting:
        if not future.cancelled():
            future.exception()
