"""What reading a page gives: words, boxes, quality, fields (kết quả nhận dạng).

All boxes are pixels of the archived image as it stands on disk, before rotation and deskew, origin top
left, right and bottom exclusive. Confidences are 0 to 1.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle on the archived image in pixels (khung chữ), x1 and y1 exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


class QualityVerdict(StrEnum):
    """Whether a page can be read (chất lượng trang)."""

    GOOD = "good"
    POOR = "poor"
    RESCAN = "rescan"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Quality:
    """A page's quality verdict with stable reason codes (đánh giá chất lượng trang)."""

    verdict: QualityVerdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One printed word (từ): text after repair, raw reading, confidence, box, line number, zone.

    `line` counts printed lines of the page from 0 in reading order; `zone` is a zone name of decree
    30/2020 (`quoc_hieu`, `co_quan`, `so_ky_hieu`, `ngay`, `ten_loai`, `trich_yeu`, `noi_dung`, `ky`,
    `noi_nhan`, `so_trang`, ...) or `""`.
    """

    text: str
    raw: str
    confidence: float
    box: Box
    line: int
    zone: str = ""
    handwritten: bool = False


class Writing(StrEnum):
    """How the value at a place was put on paper (kiểu chữ)."""

    PRINTED = "printed"
    HANDWRITTEN = "handwritten"
    UNSURE = "unsure"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class ValuePlace:
    """The place for one value between printed words (chỗ ghi giá trị), as "Số:      /QĐ-UBND".

    `name` is `number`, `day`, `month` or `year`; `text` what was read there; `likeness` how much the ink
    looks like print of it, 0 to 1.
    """

    name: str
    box: Box
    text: str
    writing: Writing
    likeness: float


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A two-dimensional code on a page (mã QR): its text and where it stands."""

    text: str
    box: Box


class TextSource(StrEnum):
    """Where a page's words come from (nguồn của chữ): the PDF's own text, checked, or the picture, read."""

    PDF = "pdf"
    OCR = "ocr"


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read on one page (nội dung trang), words in reading order.

    `width` and `height` are those of the archived image in pixels, `dpi` what its file says or what the
    page size implies, `rotation` the quarter turn (0, 90, 180, 270) and `skew_degrees` the small angle
    that were undone before reading. `places` are those of number and date, `codes` the QR codes.
    `text_reasons` say why a PDF's own text was refused, or what was done with it.
    """

    width: int
    height: int
    dpi: int
    rotation: int
    skew_degrees: float
    quality: Quality
    words: tuple[Word, ...] = ()
    text_source: TextSource = TextSource.OCR
    text_reasons: tuple[str, ...] = ()
    places: tuple[ValuePlace, ...] = ()
    codes: tuple[PrintedCode, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The printed lines in reading order, words joined by one space."""
        grouped: dict[int, list[str]] = {}
        for word in self.words:
            grouped.setdefault(word.line, []).append(word.text)
        return tuple(" ".join(grouped[number]) for number in sorted(grouped))

    @property
    def text(self) -> str:
        """One printed line a line."""
        return "\n".join(self.lines)


@dataclass(frozen=True, slots=True)
class FieldCandidate:
    """A value proposed for a field (giá trị đề xuất), with where and how surely it was read.

    `value` is None when something is there that cannot be read; then `needs_review` is true. `page` is
    0-based. `reasons` are stable codes for why a person must look; `rules` the checks made and whether each
    passed.
    """

    name: str
    value: str | None
    raw: str
    confidence: float
    page: int
    box: Box | None
    needs_review: bool
    reasons: tuple[str, ...] = field(default=())
    rules: tuple[tuple[str, bool], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """Name and version of a reader (tên và phiên bản bộ nhận dạng)."""

    name: str
    version: str
