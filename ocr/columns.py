"""What stands beside running text (chữ ngoài lề), and pages set in two columns of text (trang hai cột)."""

from collections.abc import Sequence

from ocr.segments import Segment, build_segments, group_rows, order_downwards

_LONG = 0.5  # share of the page's width that a line of running text fills
_OUTSIDE = 0.02  # share of the width that a stamp stands off the text
_FEW = 5
_COLUMN = 0.3
_GUTTER = (0.4, 0.6)
_COLUMN_ROWS = 8
_CROSSING = 0.1


def part_margins(lines: Sequence[Segment], width: int) -> tuple[list[Segment], list[Segment]]:
    """Words that stand left or right of the running text in its rows, such as a stamp, and the text."""
    boxes = [line.box for line in lines if line.box.x1 - line.box.x0 > _LONG * width]
    if len(boxes) < _FEW:
        return [], list(lines)
    # Fifths, so that lines that a stamp was glued to have no say.
    left = sorted(box.x0 for box in boxes)[len(boxes) // 5] - _OUTSIDE * width
    right = sorted(box.x1 for box in boxes)[-1 - len(boxes) // 5] + _OUTSIDE * width
    outside: list[Segment] = []
    text: list[Segment] = []
    for row in group_rows(lines):
        is_text = any(line.box.x1 - line.box.x0 > _LONG * width for line in row)
        for line in row:
            stray = [word for word in line.words if is_text and (word.box.x1 < left or word.box.x0 > right)]
            kept = tuple(word for word in line.words if word not in stray)
            outside += build_segments(stray)
            text += [Segment(kept)] if kept else []
    return outside, text


def order_text(lines: Sequence[Segment], width: int) -> list[Segment]:
    """Rows from top to bottom; where many rows have two pieces with one gap, one column after the other."""
    rows = group_rows(lines)
    paired = [number for number, row in enumerate(rows) if _is_pair(row, width)]
    if len(paired) < _COLUMN_ROWS:
        return order_downwards(lines)
    first, last = paired[0], paired[-1] + 1
    middle = [line for row in rows[first:last] for line in row]
    crossing = [
        line for line in middle if line.box.x0 < _GUTTER[0] * width and line.box.x1 > _GUTTER[1] * width
    ]
    if len(crossing) > _CROSSING * len(middle):
        return order_downwards(lines)
    parts = (
        [line for row in rows[:first] for line in row],
        [line for line in middle if line.centre < width / 2],
        [line for line in middle if line.centre >= width / 2],
        [line for row in rows[last:] for line in row],
    )
    return [line for part in parts for line in order_downwards(part)]


def _is_pair(row: Sequence[Segment], width: int) -> bool:
    """Whether a row has two pieces, each of them filling a column, the gap in the middle of the page."""
    if len(row) != 2:
        return False
    left, right = row[0].box, row[1].box
    is_parted = left.x1 < right.x0 and left.x1 < _GUTTER[1] * width and right.x0 > _GUTTER[0] * width
    return is_parted and all(box.x1 - box.x0 > _COLUMN * width for box in (left, right))
