"""Subject of a document (trích yếu nội dung): centred under its kind, or "V/v" under a letter's number."""

import re
from collections.abc import Sequence

from ocr.fieldtext import FieldText, make_candidate, one_line, union_box, zone_text
from ocr.folding import fold
from ocr.types import Box, FieldCandidate, PageText, Word

_ABOUT = re.compile(r"^\W*(VE VIEC|V\s*/\s*[VW])\b")
_ANY_ABOUT = re.compile(r"\bVE VIEC\b")
_OPENERS = re.compile(r"^\W*(CAN CU|KINH GUI|THUC HIEN|THEO |XET |DIEU \d|CHUONG |PHAN |[IVX]+\.|\d+\.)")
_SHOUTED_NEXT = re.compile(r"^\W*(UY BAN|HOI DONG|BO |SO |CHU TICH|GIAM DOC|THU TUONG)")
_STRAY = " -_*~ˆ`'\"|•.,:;"
_REACH = 0.02  # lines of one title share their axis to this share of the width
_MOST_LINES = 8
_DOUBTED = 0.6
_UNEVEN = 1.3
_FULL = 0.9
_FIRST_GAP, _GAP = 2.4, 1.3  # in heights of the line above


def extract_subject(pages: Sequence[PageText], page: int, title: FieldText) -> FieldCandidate | None:
    """Subject as printed; an official letter's keeps "V/v". `title` are the words of the kind, maybe none."""
    letter = zone_text(pages, page, "trich_yeu")
    if letter.words and _ABOUT.match(letter.folded) and not title.words:
        return _candidate(letter)
    words = pages[page].words
    if title.words:
        below = _lines_after(words, title.words[-1])
        axis = union_box(title.words)
        found = _centred(below, axis, pages[page].width) if axis else ()
    else:
        found = _from_about(words, pages[page].width, page)
    if not found:
        return _candidate(letter) if letter.words else None
    text = FieldText(page, tuple(found))
    # Words that the page's layout did not take for the subject are a guess of this module alone.
    is_sure = all(word.zone == "trich_yeu" for word in found)
    return _candidate(text, () if is_sure else ("subject_doubtful",))


def _candidate(text: FieldText, reasons: Sequence[str] = ()) -> FieldCandidate:
    """The subject of these words, specks at its ends left out."""
    value = re.sub(r"^V\s*/\s*[wWV]\b", "V/v", one_line(text.text).lstrip(_STRAY))
    return make_candidate("trich_yeu", re.sub(r"\s+[^\w\s)]+$", "", value.strip(" -_*")), text, reasons)


def _lines_after(words: Sequence[Word], last: Word) -> list[FieldText]:
    """The printed lines that follow a word's line, in reading order."""
    numbers = list(dict.fromkeys(word.line for word in words if word.line > last.line))[:_MOST_LINES]
    return [FieldText(0, tuple(word for word in words if word.line == number)) for number in numbers]


def _from_about(words: Sequence[Word], width: int, page: int) -> Sequence[Word]:
    """A subject under a title that was not read: the line with "Về việc" and the ones centred under it."""
    body = [word for word in words if word.zone in ("noi_dung", "trich_yeu")]
    numbers = list(dict.fromkeys(word.line for word in body))[:6]
    for number in numbers:
        line = FieldText(page, tuple(word for word in body if word.line == number))
        box = union_box(line.words)
        if _ABOUT.match(line.folded) and box is not None:
            below = _lines_after(words, line.words[-1])
            return [*line.words, *_centred(below, box, width)]
    return ()


def _centred(lines: Sequence[FieldText], axis: Box, width: int) -> Sequence[Word]:
    """Words of the lines that stand on an axis close under each other."""
    found: list[Word] = []
    above, pitches = axis, list[float]()
    margins = _margins(lines)
    for line in lines:
        beside = union_box(line.words)
        if found and beside is not None and (beside.x1 < above.x0 or beside.x0 > above.x1):
            continue  # a stamp in the margin
        part = _part_on_axis(line.words, axis, width, is_first=not found)
        box = union_box(part)
        if box is None or _ends_title(part, box, above, is_first=not found):
            break
        pitch = (box.y0 + box.y1 - above.y0 - above.y1) / 2
        # Lines of one title are set evenly; the text begins after a wider space.
        if pitches and pitch > _UNEVEN * min(pitches):
            break
        if found and _spans(box, margins) and not _spans(above, margins):
            break
        if found:
            pitches.append(pitch)
        found += part
        above = box
    return found


def _margins(lines: Sequence[FieldText]) -> tuple[int, int]:
    """Left and right edge of what is printed on some lines."""
    edges = [box for line in lines if (box := union_box(line.words)) is not None]
    return min((box.x0 for box in edges), default=0), max((box.x1 for box in edges), default=0)


def _spans(box: Box, margins: tuple[int, int]) -> bool:
    """Whether a line fills the whole width as running text does."""
    return box.x1 - box.x0 > _FULL * (margins[1] - margins[0])


def _part_on_axis(words: Sequence[Word], axis: Box, width: int, *, is_first: bool) -> Sequence[Word]:
    """The words of a line centred on an axis: all, or without doubted ends, or from "Về việc" on."""
    about = _ANY_ABOUT.search(FieldText(0, tuple(words)).folded) if is_first else None
    starts = [0, *(i for i in range(1, len(words)) if _is_doubted(words[:i]))]
    if about:
        first = FieldText(0, tuple(words)).words_at(*about.span())[0]
        starts.append(list(words).index(first))
    ends = [len(words), *(i for i in range(len(words) - 1, 0, -1) if _is_doubted(words[i:]))]
    for start in starts:
        for end in ends:
            box = union_box(words[start:end])
            if box is not None and abs(box.x0 + box.x1 - axis.x0 - axis.x1) < 2 * _REACH * width:
                return words[start:end]
    return ()


def _is_doubted(words: Sequence[Word]) -> bool:
    """Whether words may be no print: stains, ends of a stamp."""
    return all(word.confidence < _DOUBTED or not any(map(str.isalpha, word.text)) for word in words)


def _ends_title(words: Sequence[Word], box: Box, above: Box, *, is_first: bool) -> bool:
    """Whether a line is no part of the title above it."""
    heights = sorted(word.box.y1 - word.box.y0 for word in words)
    height = heights[len(heights) // 2]
    text = " ".join(word.text for word in words)
    shouted = text == text.upper() and not is_first
    folded = fold(text)
    return bool(
        box.y0 - above.y1 > (_FIRST_GAP if is_first else _GAP) * height
        or box.y1 <= above.y0
        or _OPENERS.match(folded)
        or (shouted and _SHOUTED_NEXT.match(folded))
    )
