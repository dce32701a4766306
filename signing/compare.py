"""The second look (đối chiếu hình ảnh): the signed revision and the final one, drawn and compared.

Difference analysis reads objects; this looks at what a person sees, through two other parsers, PDFium and
poppler, so that an attack that fools one still shows. Only filled fields and the areas of new signatures may
differ, and a new signature may not hide what stood there (shadow and certification attacks, Mainka et al.
2021). Two programs that draw the same revision differently are a finding of their own.

Of a long file the pages that later objects touch are drawn first, as many as `LookPlan` allows; the verdict
waits until the others were drawn as well (`signing.compare_part`).
"""

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_raw

from signing.areas import UNFINISHED, AreaKind, ChangedArea, Comparison, LookPlan, PageLook
from signing.compare_pictures import SCALE, Picture, compare_programs, compare_revisions, find_pages
from signing.poppler import Pictures, PopplerDrawings, PopplerFailed
from signing.report import Changes, ChangeVerdict, Coverage
from signing.widgets import Widget, describe_items, find_filled, find_signed_later

_pdfium_lock = threading.RLock()  # PDFium keeps global state and is not thread-safe
POPPLER_MISSING = "poppler_missing"
_DRAWING_ERRORS = (pdfium.PdfiumError, ValueError, MemoryError)


class Drawings:
    """Grey pictures of a document's revisions (hình các phiên bản), each page drawn once."""

    def __init__(self, data: bytes, plan: LookPlan | None = None) -> None:
        self._data = data
        self._plan = plan or LookPlan()
        self._deadline = time.monotonic() + self._plan.seconds
        self._open: dict[int, pdfium.PdfDocument] = {}
        self._known: dict[tuple[int, int], Picture] = {}
        self._pages: list[int] = []
        self._poppler: PopplerDrawings | None = None

    def begin(self, ends: Sequence[int], touched: Callable[[], Sequence[int]] = tuple) -> None:
        """Choose the pages and let poppler draw them in the background, in each revision that ends at `ends`.

        `touched` gives the pages that later objects touch; asked only when not all can be drawn at once.
        """
        wanted = sorted({end for end in ends if 0 < end < len(self._data)})
        if not wanted or self._plan.pages < 1:
            return
        try:
            total = self.count_pages()
        except _DRAWING_ERRORS:
            return  # the comparison says so
        seen = {(look.end, look.page) for look in self._plan.seen}
        pages = [page for page in range(1, total + 1) if any((end, page) not in seen for end in wanted)]
        if len(pages) > self._plan.pages:
            first = [page for page in dict.fromkeys(touched()) if page in set(pages)]
            pages = list(dict.fromkeys([*first, *pages]))[: self._plan.pages]
        self.draw_pages(wanted, pages)

    def draw_pages(self, ends: Sequence[int], pages: Sequence[int]) -> None:
        """Take these pages; poppler begins with them."""
        self._pages = sorted(pages)
        if self._pages:
            # One page further than there is: poppler may see more pages than PDFium.
            last = self._pages[-1] == self.count_pages()
            asked = [*self._pages, self._pages[-1] + 1] if last else self._pages
            self._poppler = PopplerDrawings(self._data, [*ends, len(self._data)], scale=SCALE, pages=asked)

    def close(self) -> None:
        """Begin no further drawing and let go of the documents."""
        if self._poppler is not None:
            self._poppler.close()
        with _pdfium_lock:
            for document in self._open.values():
                document.close()
        self._open.clear()

    def count_pages(self, end: int | None = None) -> int:
        """Pages of the revision that ends at byte `end`, by default the final one; raises PdfiumError."""
        with _pdfium_lock:
            return len(self._document(len(self._data) if end is None else end))

    def look(
        self, end: int, filled: Sequence[Widget], signed: Sequence[Widget]
    ) -> tuple[list[PageLook], Comparison]:
        """The revision that ends at byte `end` against the final one, page by page, and how far it came.

        Raises PdfiumError, ValueError or MemoryError where a revision cannot be opened.
        """
        looks = {look.page: look for look in self._plan.seen if look.end == end}
        total, before = self.count_pages(), self.count_pages(end)
        if total != before:
            page = min(total, before) + 1
            looks.setdefault(page, PageLook(end, page, (_page_gained_or_lost(page),)))
        for page in self._pages:
            if time.monotonic() > self._deadline:
                break
            if page not in looks and page <= before:
                try:
                    looks[page] = self.look_at(end, page, filled, signed)
                except TimeoutError:  # poppler has not come that far
                    break
        done = sum(1 <= page <= total for page in looks)
        return [looks[page] for page in sorted(looks)], Comparison(done, total)

    def look_at(self, end: int, page: int, filled: Sequence[Widget], signed: Sequence[Widget]) -> PageLook:
        """One page by both programs; what cannot be drawn is a problem told, not an exception.

        Raises TimeoutError when poppler has not drawn it within the plan's seconds.
        """
        try:
            old, new = self._draw(end, page), self._draw(len(self._data), page)
        except _DRAWING_ERRORS as exc:
            return PageLook(end, page, problem=f"drawing_failed:{type(exc).__name__}")
        areas = compare_revisions(old, new, page, "pdfium", filled, signed)
        try:
            first, last = self._by_poppler(end), self._by_poppler(len(self._data))
        except PopplerFailed as exc:
            return _look_without_poppler(end, page, areas, f"poppler_{exc}")
        # Beyond PDFium's last page poppler may see another, in one of the revisions alone.
        areas += [_page_gained_or_lost(each, "poppler") for each in (page, page + 1)
                  if (each in first) != (each in last)]  # fmt: skip
        if page not in first or page not in last:
            return PageLook(end, page, tuple(areas), problem="poppler_no_page")
        areas += compare_revisions(first[page], last[page], page, "poppler", filled, signed)
        areas += compare_programs(old, first[page], page, AreaKind.PROGRAMS_DIFFER_SIGNED)
        areas += compare_programs(new, last[page], page, AreaKind.PROGRAMS_DIFFER_FINAL)
        return PageLook(end, page, tuple(areas))

    def _by_poppler(self, end: int) -> Pictures:
        """poppler's pictures of a revision; raises PopplerFailed, TimeoutError beyond the plan's seconds."""
        if self._poppler is None:
            raise PopplerFailed("not_begun")
        left = self._deadline - time.monotonic()
        return self._poppler.get(end, max(0.0, left) if math.isfinite(left) else None)

    def _draw(self, end: int, page: int) -> Picture:
        """PDFium's picture of a page, from 1."""
        key = (end, page)
        if key not in self._known:
            with _pdfium_lock:
                shown = self._document(end)[page - 1]
                bitmap: Any = shown.render(scale=SCALE, grayscale=True, may_draw_forms=True)  # pyright: ignore[reportArgumentType]
                self._known[key] = np.array(bitmap.to_numpy(), np.uint8).reshape(bitmap.height, bitmap.width)
                shown.close()
        return self._known[key]

    def _document(self, end: int) -> pdfium.PdfDocument:
        """PDFium's document of the first `end` bytes, without a copy of them."""
        if end not in self._open:
            raw = pdfium_raw.FPDF_LoadMemDocument64(self._data, end, None)
            if not raw or pdfium_raw.FPDF_GetPageCount(raw) < 1:
                raise pdfium.PdfiumError("no document")
            document = pdfium.PdfDocument(raw)
            document.init_forms()
            self._open[end] = document
        return self._open[end]


def _look_without_poppler(end: int, page: int, areas: Sequence[ChangedArea], code: str) -> PageLook:
    """What PDFium alone showed.

    A file that poppler cannot draw is not compared: whoever writes it chose so. That the program is not
    installed is a fault of the machine and stands in the warnings.
    """
    if code == POPPLER_MISSING:
        return PageLook(end, page, tuple(areas), notices=(code,))
    return PageLook(end, page, tuple(areas), problem=code)


def _page_gained_or_lost(page: int, program: str = "pdfium") -> ChangedArea:
    """A page that only one revision has; its size stands for any."""
    return ChangedArea(page, (0.0, 0.0, 0.0, 0.0), (0.0, 0.0), program, AreaKind.PAGE)


def judge_drawing(
    drawings: Drawings,
    changes: Changes,
    coverage: Coverage,
    before: Sequence[Widget],
    after: Sequence[Widget],
) -> Changes:
    """The changes with what drawing both revisions adds; unchanged when nothing follows the signature.

    `before` and `after` are the form widgets of the signed and the final revision. What cannot be drawn, or
    was not drawn yet, makes the changes undefined: the second look is a condition of green. Changes that are
    forbidden or undefined by their objects keep their verdict and gain the areas to be shown.
    """
    if coverage.kind != "revision":
        return changes
    changes = replace(changes, items=describe_items(changes.items, before, after))
    end = sum(coverage.byte_range[-2:])
    filled, signed = find_filled(before, after), find_signed_later(before, after)
    is_decided = changes.verdict in (ChangeVerdict.FORBIDDEN, ChangeVerdict.UNDEFINED)
    try:
        looks, progress = drawings.look(end, filled, signed)
    except _DRAWING_ERRORS as exc:
        failed = f"drawing_failed:{type(exc).__name__}"
        return changes if is_decided else replace(changes, verdict=ChangeVerdict.UNDEFINED, reason=failed)
    areas = tuple(area for look in looks for area in look.areas)
    changes = replace(
        changes,
        areas=areas,
        pages_changed=find_pages(areas, AreaKind.CHANGED, AreaKind.PAGE),
        overlaps=find_pages(areas, AreaKind.HIDDEN),
        second_look=_notices(looks, areas),
        comparison=progress,
    )
    return changes if is_decided else _judge(changes, looks, progress)


def _judge(changes: Changes, looks: Sequence[PageLook], progress: Comparison) -> Changes:
    """The verdict of all that was seen: what differs decides at once, green waits for every page."""
    kinds = {area.kind for area in changes.areas}
    for kind, reason in (
        (AreaKind.PAGE, "pages_differ"),
        (AreaKind.CHANGED, "drawing_differs"),
        (AreaKind.HIDDEN, "signature_hides_content"),
    ):
        if kind in kinds:
            return replace(changes, verdict=ChangeVerdict.FORBIDDEN, reason=reason)
    problem = next((look.problem for look in looks if look.problem), None)
    if problem is None and progress.done < progress.total:
        problem = UNFINISHED
    return replace(changes, verdict=ChangeVerdict.UNDEFINED, reason=problem) if problem else changes


def _notices(looks: Sequence[PageLook], areas: Sequence[ChangedArea]) -> tuple[str, ...]:
    """Findings that decide nothing alone: a program that failed, two that draw one revision differently."""
    codes = [code for look in looks for code in look.notices]
    for name, kind in (
        ("signed", AreaKind.PROGRAMS_DIFFER_SIGNED),
        ("final", AreaKind.PROGRAMS_DIFFER_FINAL),
    ):
        codes += [f"programs_differ:{name}:{page}" for page in find_pages(areas, kind)]
    return tuple(dict.fromkeys(codes))
