"""Finds the rectangles that box stamps are framed with (khung dấu), tilted up to 22 degrees.

Works on one plane of ink at `FRAME_DPI`. Line segments are joined to lines, pairs of lines of the
right distance make a rectangle, and ink along its four sides must bear it out.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr.engine import Grey

FRAME_DPI = 100
_MM = FRAME_DPI / 25.4
_MAX_TILT = 22.0
_SAME_TILT = 3.5
_LONG_SIDE = (11.0 * _MM, 118.0 * _MM)
_SHORT_SIDE = (6.0 * _MM, 27.0 * _MM)
_MAX_LINES = 60
_MAX_TILTS = 14
_MIN_COVERAGE = 0.55
_INK_LEVEL = 18


_Share = Callable[[float, float, float, float], float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A tilted rectangle in pixels at `FRAME_DPI`: centre, sides, clockwise tilt in degrees.

    `coverage` 0 to 1 is how much of its outline carries ink; `is_drawn` says that at least three sides
    are straight lines, not rows of letters that happen to lie there.
    """

    x: float
    y: float
    width: float
    height: float
    tilt: float
    coverage: float
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A straight line in a turned co-ordinate system: from start to end along it, `across` its place.

    `inked` is the length that segments cover; the rest are gaps between joined ones.
    """

    start: float
    end: float
    across: float
    inked: float

    @property
    def length(self) -> float:
        return self.end - self.start


def find_frames(plane: Grey) -> list[Frame]:
    """Rectangles of stamp size on a plane of dark ink on white, best first, overlapping ones dropped."""
    segments = _find_segments(plane)
    ink = _find_ink(plane)
    found: list[Frame] = []
    for tilt in _find_tilts(segments):
        found.extend(_frames_at(segments, ink, tilt))
    return _drop_overlapping(found)


def _find_segments(plane: Grey) -> NDArray[np.float64]:
    """Segments of at least 2.5 mm as rows x0, y0, x1, y1, angle in degrees, from left to right."""
    detected = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(plane)[0]
    # The detector gives None on a page without any segment.
    rows = np.asarray(detected if np.ndim(detected) else [], dtype=np.float64).reshape(-1, 4)
    rows = rows[np.hypot(rows[:, 2] - rows[:, 0], rows[:, 3] - rows[:, 1]) >= 2.5 * _MM]
    back = rows[:, 2] < rows[:, 0]
    rows[back] = rows[back][:, [2, 3, 0, 1]]
    angle = np.degrees(np.arctan2(rows[:, 3] - rows[:, 1], rows[:, 2] - rows[:, 0]))
    return np.column_stack([rows, angle])


def _find_ink(plane: Grey) -> NDArray[np.uint8]:
    """Where there is ink, whatever the paper's shade and grain, one pixel wider than it is."""
    smooth = cv2.GaussianBlur(plane, (3, 3), 0)
    # Text covers less than half of any 5 mm square, so the median is the paper.
    ink = (cv2.subtract(cv2.medianBlur(smooth, 21), smooth) > _INK_LEVEL).astype(np.uint8)
    return np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)), dtype=np.uint8)


def _find_tilts(segments: NDArray[np.float64]) -> list[float]:
    """Angles at which segments long enough for a stamp's side lie, in steps of half a degree."""
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    lying = (np.abs(segments[:, 4]) <= _MAX_TILT) & (length >= 4 * _MM)
    steps, owner = np.unique(np.round(segments[lying, 4] * 2), return_inverse=True)
    weight = np.bincount(owner, weights=length[lying], minlength=len(steps))
    strong = steps[weight >= 9 * _MM] / 2
    best = strong[np.argsort(-weight[weight >= 9 * _MM])][:_MAX_TILTS]
    return [float(tilt) for tilt in best]


def _frames_at(segments: NDArray[np.float64], ink: NDArray[np.uint8], tilt: float) -> Iterator[Frame]:
    """Rectangles whose long sides lean by about `tilt`."""
    lying = _join_lines(segments, tilt, upright=False)
    standing = _join_lines(segments, tilt, upright=True)
    hooks = (frame for line in lying for frame in _hook(line, standing))
    pairs = (_pair(first, second, standing) for first, second in combinations(lying, 2))
    for frame in chain(hooks, pairs):
        if frame is not None:
            yield from _confirm(frame, ink, tilt, lying, standing)


def _hook(line: _Line, standing: list[_Line]) -> Iterator[Frame]:
    """Rectangles of one lying line and sides that hang from its ends: text may hide the other."""
    near = [
        side for side in standing if min(abs(side.start - line.across), abs(side.end - line.across)) < 2 * _MM
    ]
    left, right = _end_at(line.start, near), _end_at(line.end, near)
    if left is None and right is None:
        return
    start, end = line.start if left is None else left, line.end if right is None else right
    for side in near:
        if -side.across not in (left, right):
            continue
        top, bottom = min(side.start, line.across), max(side.end, line.across)
        frame = _build(start, end, top, bottom)
        if frame is not None:
            yield frame


def _build(start: float, end: float, top: float, bottom: float) -> Frame | None:
    """A rectangle in turned co-ordinates if it has the size of a stamp."""
    width, height = end - start, bottom - top
    if not _LONG_SIDE[0] <= width <= _LONG_SIDE[1] or not _SHORT_SIDE[0] <= height <= _SHORT_SIDE[1]:
        return None
    if width < 1.2 * height:
        return None
    return Frame((start + end) / 2, (top + bottom) / 2, width, height, 0.0, 0.0)


def _join_lines(segments: NDArray[np.float64], tilt: float, *, upright: bool) -> list[_Line]:
    """Segments near an angle joined where they continue each other, longest first."""
    angle = tilt + 90 if upright else tilt
    off = (segments[:, 4] - angle + 90) % 180 - 90
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    # Short segments lean by chance; upright ones of 13.5 pt letters end below 3.4 mm.
    allowed = np.where(length < 8 * _MM, _SAME_TILT + 3.0, _SAME_TILT)
    near = segments[(np.abs(off) <= allowed) & (length >= (3.4 if upright else 2.5) * _MM)]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along = np.sort(near[:, [0, 2]] * cos + near[:, [1, 3]] * sin, axis=1)
    across = ((near[:, 1] + near[:, 3]) * cos - (near[:, 0] + near[:, 2]) * sin) / 2
    rows: dict[int, list[_Line]] = {}
    for index in np.argsort(along[:, 0]):
        start, end = float(along[index, 0]), float(along[index, 1])
        _join(rows, _Line(start, end, float(across[index]), end - start))
    lines = [line for row in rows.values() for line in row]
    least = (3.4 if upright else 6.0) * _MM
    return sorted((x for x in lines if x.length >= least), key=lambda one: -one.length)[:_MAX_LINES]


def _join(rows: dict[int, list[_Line]], new: _Line) -> None:
    """Add a line, joined with one that it continues; rows of 0.5 mm keep the search short."""
    place = round(new.across / (0.5 * _MM))
    for number in (place, place - 1, place + 1):
        for old in rows.get(number, ()):
            if _continues(old, new):
                rows[number].remove(old)
                new = _merge(old, new)
                break
        else:
            continue
        break
    rows.setdefault(round(new.across / (0.5 * _MM)), []).append(new)


def _continues(old: _Line, new: _Line) -> bool:
    # Text may hide a long stretch of a line whose two ends are plain to see.
    reach = min(max(6.0 * _MM, 0.35 * (old.length + new.length)), 20.0 * _MM)
    return abs(old.across - new.across) <= 0.5 * _MM and new.start - old.end <= reach


def _merge(old: _Line, new: _Line) -> _Line:
    weight = old.length + new.length
    across = (old.across * old.length + new.across * new.length) / weight
    inked = old.inked + max(0.0, new.end - max(old.end, new.start))
    return _Line(min(old.start, new.start), max(old.end, new.end), across, inked)


def _pair(first: _Line, second: _Line, standing: list[_Line]) -> Frame | None:
    """The rectangle two lying lines make, if size, overlap and ends allow; in turned co-ordinates."""
    height = abs(first.across - second.across)
    start, end = min(first.start, second.start), max(first.end, second.end)
    overlap = min(first.end, second.end) - max(first.start, second.start)
    if not _SHORT_SIDE[0] <= height <= _SHORT_SIDE[1] or overlap < 0.3 * (end - start):
        return None
    top, bottom = sorted((first.across, second.across))
    sides = [line for line in standing if _spans(line, top, bottom)]
    left, right = _end_at(start, sides), _end_at(end, sides)
    ends_meet = abs(first.start - second.start) < 2.5 * _MM and abs(first.end - second.end) < 2.5 * _MM
    if left is None and right is None and not ends_meet:
        return None
    start, end = start if left is None else left, end if right is None else right
    return _build(start, end, top, bottom)


def _spans(line: _Line, top: float, bottom: float) -> bool:
    """Whether a standing line covers a good part of the height between two lying ones, and not more."""
    overlap = min(line.end, bottom) - max(line.start, top)
    return overlap >= 0.35 * (bottom - top) and line.length <= 1.5 * (bottom - top)


def _end_at(place: float, sides: list[_Line]) -> float | None:
    """The standing line nearest to an end of a lying one, within 3 mm; None without one."""
    # Seen along the standing direction, `across` runs against the lying direction.
    near = [-side.across for side in sides if abs(-side.across - place) <= 3.0 * _MM]
    return min(near, key=lambda one: abs(one - place)) if near else None


def _confirm(
    frame: Frame, ink: NDArray[np.uint8], tilt: float, lying: list[_Line], standing: list[_Line]
) -> Iterator[Frame]:
    """The rectangle in page co-ordinates if its outline carries ink and stops at its corners."""
    cos, sin = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    centre_x, centre_y = frame.x * cos - frame.y * sin, frame.x * sin + frame.y * cos
    half_w, half_h = frame.width / 2, frame.height / 2

    def share(u0: float, v0: float, u1: float, v1: float) -> float:
        count = max(4, int(math.hypot(u1 - u0, v1 - v0)))
        u, v = np.linspace(u0, u1, count), np.linspace(v0, v1, count)
        x = np.clip(np.round(centre_x + u * cos - v * sin).astype(int), 0, ink.shape[1] - 1)
        y = np.clip(np.round(centre_y + u * sin + v * cos).astype(int), 0, ink.shape[0] - 1)
        return float(ink[y, x].mean())

    sides = (
        share(-half_w, -half_h, half_w, -half_h),
        share(-half_w, half_h, half_w, half_h),
        share(-half_w, -half_h, -half_w, half_h),
        share(half_w, -half_h, half_w, half_h),
    )
    coverage = (sides[0] + sides[1]) * 0.3 + (sides[2] + sides[3]) * 0.2
    if coverage < _MIN_COVERAGE or sorted(sides)[1] < 0.4:
        return
    if _runs_on(share, half_w, half_h):
        return
    drawn = bool(_is_drawn(frame, lying, standing) and coverage > 0.75)
    yield Frame(centre_x, centre_y, frame.width, frame.height, tilt, coverage, drawn)


def _runs_on(share: _Share, half_w: float, half_h: float) -> bool:
    """Whether sides run on beyond the corners as a table cell's do; print may touch one or two."""
    # Farther than a letter of the text is high, nearer than the next row of a table.
    near, far = 1.2 * _MM, 4.5 * _MM
    beyond: list[float] = []
    for side, end in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
        x, y = side * half_w, end * half_h
        offsets = (-2, 0, 2)
        beyond.append(max(share(x + side * near, y + off, x + side * far, y + off) for off in offsets))
        beyond.append(max(share(x + off, y + end * near, x + off, y + end * far) for off in offsets))
    return sum(value > 0.8 for value in beyond) >= 3


def _is_drawn(frame: Frame, lying: list[_Line], standing: list[_Line]) -> bool:
    """Whether straight lines make up most of at least three sides, or parts of all (turned co-ordinates)."""
    left, right = frame.x - frame.width / 2, frame.x + frame.width / 2
    top, bottom = frame.y - frame.height / 2, frame.y + frame.height / 2
    lengths = (
        _drawn_share(lying, top, left, right),
        _drawn_share(lying, bottom, left, right),
        _drawn_share(standing, -left, top, bottom),
        _drawn_share(standing, -right, top, bottom),
    )
    # Print over a stamp breaks its short sides up; its long ones then must be whole.
    whole = min(lengths[:2]) >= 0.8 and min(lengths[2:]) >= 0.3
    return whole or sum(length >= 0.5 for length in lengths) >= 3


def _drawn_share(lines: list[_Line], across: float, start: float, end: float) -> float:
    """The part of a side that the best line on it draws, its gaps left out."""
    near = (line for line in lines if abs(line.across - across) <= 0.7 * _MM)
    drawn = (
        (min(line.end, end) - max(line.start, start)) * line.inked / max(line.length, 1.0) for line in near
    )
    return max(drawn, default=0.0) / (end - start)


def _drop_overlapping(frames: list[Frame]) -> list[Frame]:
    """The best of each group of rectangles around the same place, and one of another height there.

    A row of print through a frame makes a flatter rectangle of half of it: both are worth reading.
    """
    kept: list[Frame] = []
    for frame in sorted(frames, key=_rank, reverse=True):
        there = [old for old in kept if _is_same_place(frame, old)]
        if len(there) < 2 and not any(0.65 < frame.height / old.height < 1.55 for old in there):
            kept.append(frame)
    return kept


def _rank(frame: Frame) -> float:
    # Letters make small rectangles inside a true one: of two good ones the larger is the frame.
    return frame.coverage + 0.3 * frame.is_drawn + 0.3 * math.sqrt(frame.width * frame.height) / (34 * _MM)


def _is_same_place(one: Frame, other: Frame) -> bool:
    reach_x, reach_y = max(one.width, other.width) / 2, max(one.height, other.height) / 2
    return abs(one.x - other.x) < reach_x and abs(one.y - other.y) < reach_y
