"""Compares two pictures of one page (so hai hình của một trang) and says where they differ."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from signing.areas import AreaKind, ChangedArea
from signing.widgets import Widget

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
_Pixel = TypeVar("_Pixel", np.uint8, np.bool_)

SCALE = 0.75
"""Pixels a point, 54 dpi: a changed digit of 10 pt still shows as some twenty pixels."""
_DIFFERENT = 48  # grey levels; below lies what two drawings of the same page may differ by
_PIXELS = 6
_INK, _PAPER = 100, 180
_MARK, _LEFT, _COVER = 70, 0.25, 110  # a mark's grey levels, the share of them left, a cover's darkest
_LINE, _FADED_PIXELS = 3, 12
_SOLID, _STAR, _FULL = 2, 40, 0.8  # pixels of half a solid area and of a star; how full a box is
_MARGIN = 2
_REACH = 3  # pixels two programs may set the same stroke apart
_STRAY_SHARE, _STRAY_PIXELS = 0.5, 150  # substituted fonts differ by less; a hidden paragraph by more
_CELL = 8  # pixels: differences nearer than this are one area
_MOST_AREAS = 20


def compare_revisions(
    old: Picture, new: Picture, page: int, program: str, filled: Sequence[Widget], signed: Sequence[Widget]
) -> list[ChangedArea]:
    """Areas where one program's pictures of the signed and the final revision differ and may not.

    `filled`: widgets of fields filled since; `signed`: of signatures added since, which may show themselves
    but not hide what stood there.
    """
    if old.shape != new.shape:
        return [_whole_page(new, page, program)]
    if np.array_equal(old, new):
        return []
    different = np.abs(old.astype(np.int16) - new.astype(np.int16)) > _DIFFERENT
    for widget in (*filled, *signed):
        for rows, columns in _places(widget, page, old.shape):
            different[rows, columns] = False
    found: list[ChangedArea] = []
    if int(different.sum()) >= _PIXELS:
        found += _areas(different, page, program, AreaKind.CHANGED)
    for widget in signed:
        for place in () if widget.existed else _places(widget, page, old.shape):
            hidden = np.zeros(old.shape, np.bool_)
            hidden[place] = _find_hidden(old[place], new[place])
            found += _areas(hidden, page, program, AreaKind.HIDDEN)
    return found


def _find_hidden(old: Picture, new: Picture) -> Mask:
    """Marks that a cover took away; a lone thin line, as of a form, is none.

    Small print is grey at this scale, and a cover need not be white: what counts is that the mark no longer
    stands out from what is around it. As dark as a seal's own ink, only what is larger than its star covers.
    """
    gone = (old < _INK) & (new > _PAPER)
    before, now = _stand_out(old), _stand_out(new)
    faded = (before > _MARK) & (now < _LEFT * before) & ((new > _COVER) | _find_dark_covers(old, new))
    hidden = np.zeros_like(gone)
    for top, left, bottom, right in (_tighten(faded, box) for box in _components(_cells(faded))):
        if min(bottom - top, right - left) >= _LINE:
            hidden[top:bottom, left:right] = faded[top:bottom, left:right]
    hidden = hidden if int(hidden.sum()) >= _FADED_PIXELS else np.zeros_like(gone)
    return hidden | gone if int(gone.sum()) >= _PIXELS else hidden


def _find_dark_covers(old: Picture, new: Picture) -> Mask:
    """New solid dark boxes, or areas larger than anything in a seal: its rings are thin, its star is no box.

    A bar that was there before is no part of their shape: a star drawn upon one does not make it a cover.
    """
    solid = _find_solid(new)
    added = solid & ~_find_solid(old)
    covers = np.zeros_like(solid)
    for top, left, bottom, right in (_tighten(added, box) for box in _components(_cells(added))):
        area = solid[top:bottom, left:right]
        if max(area.shape) > _STAR or float(area.mean()) >= _FULL:
            covers[top:bottom, left:right] = area
    return covers


def _find_solid(picture: Picture) -> Mask:
    """Dark areas without their thin parts, such as strokes of letters and rings."""
    core = ~_spread(picture > _COVER, np.logical_or, _SOLID)
    return _spread(core, np.logical_or, _SOLID)


def _stand_out(picture: Picture) -> NDArray[np.int16]:
    """By how many grey levels each pixel is darker than the lightest within reach."""
    return _spread(picture, np.maximum).astype(np.int16) - picture


def compare_programs(first: Picture, second: Picture, page: int, kind: AreaKind) -> list[ChangedArea]:
    """Areas with much ink that only PDFium (`first`) or only poppler (`second`) shows on one revision.

    Fonts and edges may differ a little.
    """
    height, width = min(first.shape[0], second.shape[0]), min(first.shape[1], second.shape[1])
    one, two = first[:height, :width] < _INK, second[:height, :width] < _INK
    found: list[ChangedArea] = []
    for ink, other, program in ((one, two, "pdfium"), (two, one, "poppler")):
        stray = ink & ~_grow(other)
        count = int(stray.sum())
        if count >= _STRAY_PIXELS and count >= _STRAY_SHARE * int(ink.sum()):
            found += _areas(stray, page, program, kind)
    return found


def _grow(ink: Mask) -> Mask:
    """The ink and all within reach of it."""
    return _spread(ink, np.logical_or)


def _spread(picture: NDArray[_Pixel], choose: np.ufunc, reach: int = _REACH) -> NDArray[_Pixel]:
    """Each pixel joined with those within reach of it."""
    near = picture.copy()
    for _ in range(reach):
        grown = near.copy()
        for mine, other in (
            (np.s_[1:], np.s_[:-1]),
            (np.s_[:-1], np.s_[1:]),
            (np.s_[:, 1:], np.s_[:, :-1]),
            (np.s_[:, :-1], np.s_[:, 1:]),
        ):
            choose(grown[mine], near[other], out=grown[mine])
        near = grown
    return near


def _places(widget: Widget, page: int, shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """The widget's area in pixels of the picture, empty on another page."""
    if widget.page is not None and widget.page != page:
        return []
    height, width = shape[0], shape[1]
    left, bottom, right, top = (edge * SCALE for edge in widget.shown)
    rows = slice(max(0, int(height - top) - _MARGIN), min(height, int(height - bottom) + 1 + _MARGIN))
    columns = slice(max(0, int(left) - _MARGIN), min(width, int(right) + 1 + _MARGIN))
    return [(rows, columns)]


def _whole_page(picture: Picture, page: int, program: str) -> ChangedArea:
    height, width = picture.shape[0] / SCALE, picture.shape[1] / SCALE
    size = round(width, 1), round(height, 1)
    return ChangedArea(page, (0.0, 0.0, *size), size, program, AreaKind.PAGE)


def _areas(mask: Mask, page: int, program: str, kind: AreaKind) -> Iterator[ChangedArea]:
    """Boxes around the pixels of a mask, near ones in one; too many become one box around all."""
    height, width = mask.shape
    boxes = [_tighten(mask, box) for box in _components(_cells(mask))]
    if len(boxes) > _MOST_AREAS:
        boxes = [_tighten(mask, (0, 0, height, width))]
    for top, left, bottom, right in boxes:
        rect = tuple(round(edge / SCALE, 1) for edge in (left, height - bottom, right, height - top))
        size = round(width / SCALE, 1), round(height / SCALE, 1)
        yield ChangedArea(page, (rect[0], rect[1], rect[2], rect[3]), size, program, kind)


_Box = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels, the last two exclusive."""


def _cells(mask: Mask) -> set[tuple[int, int]]:
    """Cells of the coarse grid with a pixel in them."""
    rows, columns = np.nonzero(mask)
    return set(zip((rows // _CELL).tolist(), (columns // _CELL).tolist(), strict=True))


def _components(cells: set[tuple[int, int]]) -> Iterator[_Box]:
    """Groups of touching cells as boxes, from the top of the page down."""
    waiting = set(cells)
    for start in sorted(cells):
        if start not in waiting:
            continue
        group = _flood(start, waiting)
        rows, columns = [row for row, _ in group], [column for _, column in group]
        yield (
            min(rows) * _CELL, min(columns) * _CELL,
            (max(rows) + 1) * _CELL, (max(columns) + 1) * _CELL,
        )  # fmt: skip


def _flood(start: tuple[int, int], waiting: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The cells that hang together with `start`, taken out of `waiting`."""
    waiting.discard(start)
    found = [start]
    for row, column in found:
        near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & waiting
        waiting -= near
        found.extend(near)
    return found


def _tighten(mask: Mask, box: _Box) -> _Box:
    """The box drawn in to its pixels."""
    top, left, bottom, right = box
    rows, columns = np.nonzero(mask[top:bottom, left:right])
    return (
        top + int(rows.min()), left + int(columns.min()),
        top + int(rows.max()) + 1, left + int(columns.max()) + 1,
    )  # fmt: skip


def find_pages(areas: Iterable[ChangedArea], *kinds: AreaKind) -> tuple[int, ...]:
    """Pages with an area of one of the kinds, in order."""
    return tuple(sorted({area.page for area in areas if area.kind in kinds}))
