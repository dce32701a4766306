"""The second look (đối chiếu hình ảnh): the signed revision and the final one, drawn and compared.

Difference analysis reads objects; this looks at what a person sees, through two other parsers, PDFium and
poppler, so that an attack that fools one still shows. Only filled fields and the areas of new signatures may
differ, and a new signature may not hide what stood there (shadow and certification attacks, Mainka et al.
2021). Two programs that draw the same revision differently are a finding of their own.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray

from signing.poppler import Picture, PopplerDrawings, PopplerFailed
from signing.report import Changes, ChangeVerdict, Coverage
from signing.widgets import Widget, find_filled, find_signed_later

_SCALE = 0.75  # 54 dpi: a changed digit of 10 pt still shows as some twenty pixels
_BUDGET_S = 20.0
_DIFFERENT = 48  # grey levels; below lies what two drawings of the same page may differ by
_PIXELS = 6
_INK, _PAPER = 100, 180
_MARGIN = 2
_pdfium_lock = threading.Lock()  # PDFium keeps global state and is not thread-safe
_POPPLER_PAGES = 30
_REACH = 3  # pixels two programs may set the same stroke apart
_STRAY_SHARE, _STRAY_PIXELS = 0.5, 150  # substituted fonts differ by less; a hidden paragraph by more


Mask = NDArray[np.bool_]


class Drawings:
    """Grey pictures of a document's revisions (hình các phiên bản), drawn once each."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._known: dict[int, list[Picture]] = {}
        self._deadline = time.monotonic() + _BUDGET_S
        self._poppler: PopplerDrawings | None = None

    def begin(self, ends: Sequence[int]) -> None:
        """Let poppler draw the revisions that end at `ends`, and the file as it stands, in the background."""
        wanted = sorted({end for end in ends if 0 < end < len(self._data)})
        if wanted and self._poppler is None:
            self._poppler = PopplerDrawings(
                self._data, [*wanted, len(self._data)], scale=_SCALE, last_page=_POPPLER_PAGES
            )

    def close(self) -> None:
        """Begin no further drawing."""
        if self._poppler is not None:
            self._poppler.close()

    def find_by_poppler(self, end: int) -> tuple[list[Picture], list[Picture]]:
        """poppler's pages of the revision that ends at `end` and of the final one; raises PopplerFailed."""
        if self._poppler is None:
            raise PopplerFailed("not_begun")
        return self._poppler.get(end), self._poppler.get(len(self._data))

    def draw(self, end: int) -> list[Picture]:
        """Pages of the revision that ends at byte `end`; raises TimeoutError beyond the budget."""
        if end not in self._known:
            with _pdfium_lock:
                self._known[end] = self._draw(self._data[:end])
        return self._known[end]

    def draw_final(self) -> list[Picture]:
        """Pages of the file as it stands."""
        return self.draw(len(self._data))

    def _draw(self, data: bytes) -> list[Picture]:
        document = pdfium.PdfDocument(data)
        try:
            document.init_forms()
            return [self._picture(document, number) for number in range(len(document))]
        finally:
            document.close()

    def _picture(self, document: pdfium.PdfDocument, number: int) -> Picture:
        if time.monotonic() > self._deadline:
            raise TimeoutError
        page = document[number]
        bitmap: Any = page.render(scale=_SCALE, grayscale=True, may_draw_forms=True)  # pyright: ignore[reportArgumentType]
        return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)


def judge_drawing(
    drawings: Drawings,
    changes: Changes,
    coverage: Coverage,
    before: Sequence[Widget],
    after: Sequence[Widget],
) -> Changes:
    """The changes with what drawing both revisions adds; unchanged when nothing follows the signature.

    `before` and `after` are the form widgets of the signed and the final revision. What cannot be drawn
    makes the changes undefined: the second look is a condition of green.
    """
    if coverage.kind != "revision" or changes.verdict in (ChangeVerdict.FORBIDDEN, ChangeVerdict.UNDEFINED):
        return changes
    end = sum(coverage.byte_range[-2:])
    try:
        old, new = drawings.draw(end), drawings.draw_final()
    except TimeoutError:
        return replace(changes, verdict=ChangeVerdict.UNDEFINED, reason="drawing_incomplete")
    except (pdfium.PdfiumError, ValueError, MemoryError) as exc:
        return replace(
            changes, verdict=ChangeVerdict.UNDEFINED, reason=f"drawing_failed:{type(exc).__name__}"
        )
    filled, signed = find_filled(before, after), find_signed_later(before, after)
    judged = _compare(changes, old, new, filled, signed)
    if judged.verdict == ChangeVerdict.FORBIDDEN:
        return judged
    return _look_with_poppler(drawings, end, judged, (old, new), (filled, signed))


def _compare(
    changes: Changes,
    old: Sequence[Picture],
    new: Sequence[Picture],
    filled: Sequence[Widget],
    signed: Sequence[Widget],
) -> Changes:
    """The changes, forbidden when one program's pictures of both revisions differ where they may not."""
    if [picture.shape for picture in old] != [picture.shape for picture in new]:
        return replace(changes, verdict=ChangeVerdict.FORBIDDEN, reason="pages_differ")
    pairs = list(enumerate(zip(old, new, strict=True), start=1))
    changed = [number for number, (one, two) in pairs if _differs(one, two, number, [*filled, *signed])]
    hidden = [number for number, (one, two) in pairs if _hides(one, two, number, signed)]
    if not changed and not hidden:
        return changes
    reason = "drawing_differs" if changed else "signature_hides_content"
    return replace(
        changes, verdict=ChangeVerdict.FORBIDDEN, reason=reason,
        pages_changed=tuple(changed), overlaps=tuple(hidden),
    )  # fmt: skip


def _look_with_poppler(
    drawings: Drawings,
    end: int,
    changes: Changes,
    by_pdfium: tuple[Sequence[Picture], Sequence[Picture]],
    widgets: tuple[Sequence[Widget], Sequence[Widget]],
) -> Changes:
    """What the second program adds: its own comparison, and pages the two programs draw differently."""
    try:
        old, new = drawings.find_by_poppler(end)
    except PopplerFailed as exc:
        return replace(changes, second_look=(f"poppler_{exc}",))
    judged = _compare(changes, old, new, *widgets)
    findings = [
        f"programs_differ:{name}:{page}"
        for name, first, second in (("signed", by_pdfium[0], old), ("final", by_pdfium[1], new))
        for page, (one, two) in enumerate(zip(first, second, strict=False), start=1)
        if _programs_differ(one, two)
    ]
    if len(by_pdfium[1]) > len(new):
        findings.append(f"poppler_first_{len(new)}_pages")
    return replace(judged, second_look=tuple(findings))


def _programs_differ(one: Picture, two: Picture) -> bool:
    """Whether one program shows much ink where the other shows none; fonts and edges may differ a little."""
    height, width = min(one.shape[0], two.shape[0]), min(one.shape[1], two.shape[1])
    first, second = one[:height, :width] < _INK, two[:height, :width] < _INK
    return _strays(first, second) or _strays(second, first)


def _strays(ink: Mask, other: Mask) -> bool:
    """Whether much of `ink` lies out of reach of the other's ink."""
    near = other.copy()
    for _ in range(_REACH):
        grown = near.copy()
        grown[1:] |= near[:-1]
        grown[:-1] |= near[1:]
        grown[:, 1:] |= near[:, :-1]
        grown[:, :-1] |= near[:, 1:]
        near = grown
    stray = int((ink & ~near).sum())
    return stray >= _STRAY_PIXELS and stray >= _STRAY_SHARE * int(ink.sum())


def _differs(old: Picture, new: Picture, page: int, allowed: Sequence[Widget]) -> bool:
    """Whether the pictures differ anywhere but in the allowed areas."""
    if np.array_equal(old, new):
        return False
    difference = np.abs(old.astype(np.int16) - new.astype(np.int16)) > _DIFFERENT
    for widget in allowed:
        for rows, columns in _areas(widget, page, old.shape):
            difference[rows, columns] = False
    return int(difference.sum()) >= _PIXELS


def _hides(old: Picture, new: Picture, page: int, signed: Sequence[Widget]) -> bool:
    """Whether a new signature turned ink into paper; a transparent seal leaves the ink."""
    gone = (old < _INK) & (new > _PAPER)
    return any(
        int(gone[rows, columns].sum()) >= _PIXELS
        for widget in signed
        if not widget.existed
        for rows, columns in _areas(widget, page, old.shape)
    )


def _areas(widget: Widget, page: int, shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """The widget's area in pixels of the picture, empty on another page."""
    if widget.page is not None and widget.page != page:
        return []
    height, width = shape[0], shape[1]
    left, bottom, right, top = (edge * _SCALE for edge in widget.shown)
    rows = slice(max(0, int(height - top) - _MARGIN), min(height, int(height - bottom) + 1 + _MARGIN))
    columns = slice(max(0, int(left) - _MARGIN), min(width, int(right) + 1 + _MARGIN))
    return [(rows, columns)]
