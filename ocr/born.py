"""Text taken from a PDF instead of being read (chữ của PDF sinh số), once the picture bears it out.

A text layer may be hidden, belong to another picture or lie about its letters. Every character must put down
ink where it says it stands, all ink of text must belong to a character, and a sample of lines that shows
every letter of every font is read from the picture and compared. What the page shows besides text is read as
well: stamps, signatures, form fields. Anything else, and the whole page is read like a scan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocr.borncheck import Agreement, compare_sample
from ocr.bornwords import BornWord, build_words, group_rows
from ocr.clean import PreparedPage, prepare_page
from ocr.engine import EngineWord, Grey, OcrEngine
from ocr.geometry import PageGeometry
from ocr.glyphshapes import has_two_shapes
from ocr.source import Glyph, Pixels, PrintedText, SourcePage

_INK_A_GLYPH = 0.02
_STRAY_SHARE = 0.03
_INK_REACH = 3
_TINY_POINTS = 3.0
_POINTS = 72.0
_OVERLAP = 0.6
_REST_BLOCK = 100_000
_SPECK = 12
_LARGE_MARK = 160
_RULE_SHAPE = 12
_FRAME_FILL = 0.15
_MOSTLY_PICTURE = 1.0
_DARK, _FAINT = 160, 200

HIDDEN = "hidden_text"
UNMAPPED = "unmapped_text"
OVERLAPPING = "overlapping_text"
TWO_SHAPES = "one_letter_two_shapes"
STRAY_INK = "text_ink_without_letters"
INCOMPLETE = "too_much_text"
LITTLE = "mostly_picture"
DIFFERS = "text_differs_from_picture"
REST_READ = "picture_parts_read"
LEGACY = "legacy_encoding"


@dataclass(frozen=True, slots=True)
class BornPage:
    """What became of a page's own text (chữ lấy từ PDF): words in pixels for reading, or why there are none.

    `words` is None where the page must be read; `prepared` is the page as it was cleaned for that.
    """

    prepared: PreparedPage
    words: tuple[EngineWord, ...] | None
    reasons: tuple[str, ...]


def take_printed_text(
    source: SourcePage, prepared: PreparedPage, engine: OcrEngine, temp_dir: Path
) -> BornPage | None:
    """The page's own text, checked; None for pages that have none, scans among them.

    Raises what the engine raises.
    """
    printed = source.printed
    if printed is None or not any(_is_letter(glyph) for glyph in printed.glyphs):
        return None
    faults = find_faults(printed, source.dpi)
    if faults:
        return BornPage(prepared, None, faults)
    if printed.turn != prepared.geometry.rotation:
        prepared = prepare_page(source, printed.turn)
    return _compare(printed, prepared, engine, temp_dir)


def find_faults(printed: PrintedText, dpi: int) -> tuple[str, ...]:
    """Why a text layer cannot be what the picture shows, by its places and ink alone; empty where it can."""
    height, width = printed.ink.shape[:2]
    glyphs = [glyph for glyph in printed.glyphs if not glyph.ends_word and _is_inside(glyph, width, height)]
    reasons: list[str] = []
    if not printed.is_complete:
        reasons.append(INCOMPLETE)
    if any(glyph.is_unmapped for glyph in glyphs):
        reasons.append(UNMAPPED)
    lettered = [glyph for glyph in glyphs if _is_letter(glyph)]
    if any(_is_hidden(glyph, printed, dpi) for glyph in lettered):
        reasons.append(HIDDEN)
    if _has_overlap(lettered):
        reasons.append(OVERLAPPING)
    if not reasons and _stray_share(glyphs, printed.ink) > _STRAY_SHARE:
        reasons.append(STRAY_INK)
    if not reasons and has_two_shapes(
        [one for one in lettered if _is_whole(one, width, height)], printed.ink
    ):
        reasons.append(TWO_SHAPES)
    return tuple(reasons)


def _compare(printed: PrintedText, prepared: PreparedPage, engine: OcrEngine, temp_dir: Path) -> BornPage:
    """Read a sample of the lines and what is no text, and compare."""
    words = build_words(printed)
    rest = _without_text(prepared, printed.ink, words)
    marks, letters = _mark_ink(rest), _mark_ink(prepared.image)
    faint = marks or _mark_ink(rest, _FAINT)
    if marks > _MOSTLY_PICTURE * max(1, letters - marks):
        return BornPage(prepared, None, (LITTLE,))
    rows = group_rows(words, prepared.geometry)
    agreement = compare_sample(rows, prepared, engine, temp_dir)
    if not agreement.is_same:
        return BornPage(prepared, None, (DIFFERS,))
    taken = tuple(_iter_engine_words(rows, prepared.geometry, agreement))
    reasons = [LEGACY] if any(word.is_converted for row in rows for word in row) else []
    if faint:
        reasons.append(REST_READ)
        taken += tuple(
            EngineWord(word.text, word.confidence, word.box, word.block + _REST_BLOCK, word.line)
            for word in engine.read(rest, prepared.dpi, temp_dir)
            if not any(_is_same_word(word, own) for own in taken)
        )
    return BornPage(prepared, taken, tuple(reasons))


def _iter_engine_words(
    rows: Sequence[Sequence[BornWord]], geometry: PageGeometry, agreement: Agreement
) -> list[EngineWord]:
    """The words as a reader would give them; sure as far as the sample bears them out."""
    return [
        EngineWord(word.text, agreement.confidence(word), geometry.to_reading(word.box), number, 0)
        for number, row in enumerate(rows)
        for word in row
    ]


def _is_letter(glyph: Glyph) -> bool:
    """Whether a glyph carries meaning: a letter or a digit."""
    return any(letter.isalnum() for letter in glyph.text)


def _is_inside(glyph: Glyph, width: int, height: int) -> bool:
    """Whether a glyph lies on the picture; what the crop box cuts off is nobody's text."""
    x0, y0, x1, y1 = glyph.box
    return x1 > 0 and y1 > 0 and x0 < width and y0 < height


def _is_whole(glyph: Glyph, width: int, height: int) -> bool:
    """Whether no edge of the picture cuts a glyph."""
    x0, y0, x1, y1 = glyph.box
    return x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height


def _is_hidden(glyph: Glyph, printed: PrintedText, dpi: int) -> bool:
    """Whether nobody can read a glyph: painted with nothing, covered, of the paper's colour, or tiny."""
    return glyph.is_hidden or _is_tiny(glyph, printed.turn, dpi) or not _has_ink(glyph, printed.ink)


def _is_tiny(glyph: Glyph, turn: int, dpi: int) -> bool:
    """Whether a glyph's line is lower than anybody can read."""
    x0, y0, x1, y1 = glyph.cell
    return (x1 - x0 if turn % 180 else y1 - y0) < _TINY_POINTS * dpi / _POINTS


def _has_ink(glyph: Glyph, ink: Pixels) -> bool:
    """Whether leaving text out changes the picture inside the glyph's box."""
    part = _cut(glyph, ink, 0)
    return part.size > 0 and float((part > 0).mean()) > _INK_A_GLYPH


def _cut(glyph: Glyph, ink: Pixels, reach: int) -> Pixels:
    """The glyph's part of a mask, `reach` pixels wider on every side."""
    x0, y0, x1, y1 = glyph.box
    left, top = max(0, int(x0) - reach), max(0, int(y0) - reach)
    return ink[top : max(top + 1, int(y1) + 1 + reach), left : max(left + 1, int(x1) + 1 + reach)]


def _stray_share(glyphs: Sequence[Glyph], ink: Pixels) -> float:
    """Share of the text's ink that lies under no character."""
    left = ink.copy()
    for glyph in glyphs:
        _cut(glyph, left, _INK_REACH)[:] = 0
    return float(np.count_nonzero(left)) / max(1, int(np.count_nonzero(ink)))


def _has_overlap(glyphs: Sequence[Glyph]) -> bool:
    """Whether different characters stand in one place; the same one twice is how some programs print bold."""
    cells: dict[tuple[int, int], list[Glyph]] = {}
    for glyph in glyphs:
        x0, y0, x1, y1 = glyph.box
        place = (int((x0 + x1) / 2) // 16, int((y0 + y1) / 2) // 16)
        near = [
            other
            for across in (-1, 0, 1)
            for down in (-1, 0, 1)
            for other in cells.get((place[0] + across, place[1] + down), [])
        ]
        if any(other.text != glyph.text and _shared(glyph, other) > _OVERLAP for other in near):
            return True
        cells.setdefault(place, []).append(glyph)
    return False


def _shared(one: Glyph, other: Glyph) -> float:
    """Common area as a share of the larger box."""
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one.box, other.box)]
    return width * height / max(1.0, *areas)


def _without_text(prepared: PreparedPage, ink: Pixels, words: Sequence[BornWord]) -> Grey:
    """The image for reading with the text's ink made white, on dark ground as dark as that."""
    geometry = prepared.geometry
    mask = cv2.dilate(ink, np.ones((_INK_REACH, _INK_REACH), np.uint8))
    mask = np.ascontiguousarray(np.rot90(mask, -(geometry.rotation // 90) % 4))
    mask = cv2.resize(mask, geometry.reading_size, interpolation=cv2.INTER_LINEAR)
    if geometry.skew_degrees:
        mask = cv2.warpAffine(mask, geometry.deskew_matrix(), geometry.reading_size)
    mask = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    rest = np.where(mask > 0, np.uint8(255), prepared.image)
    for word in words:
        box = geometry.to_reading(word.box)
        rows, columns = slice(max(0, box.y0 - 2), box.y1 + 2), slice(max(0, box.x0 - 2), box.x1 + 2)
        ground = prepared.image[rows, columns]
        if ground.size and np.median(ground) < _DARK:
            rest[rows, columns][mask[rows, columns] > 0] = np.median(ground)
    return rest


def _is_same_word(read: EngineWord, own: EngineWord) -> bool:
    """Whether a word that was read is one of the page's own: light letters on dark ground stay on it."""
    x, y = (read.box.x0 + read.box.x1) / 2, (read.box.y0 + read.box.y1) / 2
    inside = own.box.x0 <= x <= own.box.x1 and own.box.y0 <= y <= own.box.y1
    return inside and read.text == own.text


def _mark_ink(image: Grey, below: int = _DARK) -> int:
    """Pixels of ink in marks of the size of letters; rules, frames and specks do not count."""
    dark = (image < below).astype(np.uint8)
    _count, _labels, stats, _centres = cv2.connectedComponentsWithStats(dark)
    found = 0
    for _x, _y, width, height, area in stats[1:].tolist():
        if area >= _SPECK and not _is_rule(width, height, area):
            found += area
    return found


def _is_rule(width: int, height: int, area: int) -> bool:
    """Whether a mark is a straight rule, a frame or a table's grid."""
    if max(width, height) > _RULE_SHAPE * min(width, height):
        return True
    large = min(width, height) > _LARGE_MARK
    return large and area < _FRAME_FILL * width * height
