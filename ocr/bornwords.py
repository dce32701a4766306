"""Words and rows of a PDF page's own text (từ và dòng của PDF sinh số), old encodings converted."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.geometry import PageGeometry
from ocr.source import Glyph, PrintedText
from ocr.types import Box, Word
from records.legacy_text import (
    Encoding,
    FontEncoding,
    convert_legacy,
    find_font_encoding,
    find_text_encoding,
    is_syllable,
)

Edges = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_SAME_LINE = 0.5
_WORD_GAP = 0.5
_STEP_BACK = -0.7
_ROW_SHARE = 0.5
_COLUMN_GAP = 2.0
_SOFT_HYPHENS = "\u00ad\u0002"
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_UNICODE = FontEncoding(Encoding.UNICODE)
_LATIN1_END = 0xFF
_FEW = 3


@dataclass(frozen=True, slots=True)
class BornWord:
    """One word (từ): NFC text, the same by font, box and line cell on the archived picture."""

    text: str
    pieces: tuple[tuple[int, str], ...]
    box: Box
    cell: Box
    is_converted: bool = False


@dataclass(frozen=True, slots=True)
class _Upright:
    """The picture turned until its text stands upright."""

    width: int
    height: int
    turn: int

    def turn_edges(self, edges: Edges) -> Edges:
        """A place on the turned picture."""
        x0, y0, x1, y1 = edges
        if self.turn == 90:
            return self.height - y1, x0, self.height - y0, x1
        if self.turn == 180:
            return self.width - x1, self.height - y1, self.width - x0, self.height - y0
        if self.turn == 270:
            return y0, self.width - x1, y1, self.width - x0
        return edges


def build_words(printed: PrintedText) -> list[BornWord]:
    """The words of a page in the order of its content."""
    height, width = printed.ink.shape[:2]
    runs = list(_iter_runs(printed.glyphs, _Upright(width, height, printed.turn)))
    encodings = _find_encodings(runs, printed.fonts)
    words = [_build_word(run, encodings) for run in runs]
    return [word for word in words if word.text]


def group_rows(words: Sequence[BornWord], geometry: PageGeometry) -> list[list[BornWord]]:
    """Words that stand side by side, rows from top to bottom, a new row after a column's gap."""
    placed = [(geometry.to_reading(word.cell), word) for word in words]
    rows: list[list[tuple[Box, BornWord]]] = []
    for box, word in sorted(placed, key=lambda item: item[0].y0 + item[0].y1):
        row = next((row for row in reversed(rows[-3:]) if _stand_side_by_side(row[-1][0], box)), None)
        if row is None:
            rows.append([(box, word)])
        else:
            row.append((box, word))
    return [part for row in rows for part in _split_columns(sorted(row, key=lambda item: item[0].x0))]


def place_words(printed: PrintedText, geometry: PageGeometry) -> tuple[Word, ...]:
    """What a page's own text says, row by row, borne out by nothing."""
    rows = group_rows(build_words(printed), geometry)
    return tuple(
        Word(word.text, word.text, 0.0, word.box, number) for number, row in enumerate(rows) for word in row
    )


def _iter_runs(glyphs: Sequence[Glyph], upright: _Upright) -> Iterator[list[Glyph]]:
    """Glyphs of one word each, outside ones and doubles left out."""
    run: list[Glyph] = []
    for glyph in glyphs:
        if glyph.ends_word or not _is_on_picture(glyph, upright):
            breaks, taken = True, False
        else:
            breaks = bool(run) and not _goes_on(run[-1], glyph, upright)
            taken = True
        if breaks and run:
            yield run
            run = []
        if taken and not (run and _is_double(run[-1], glyph)):
            run.append(glyph)
    if run:
        yield run


def _is_on_picture(glyph: Glyph, upright: _Upright) -> bool:
    """Whether any of the glyph lies on the picture."""
    x0, y0, x1, y1 = glyph.box
    return x1 > 0 and y1 > 0 and x0 < upright.width and y0 < upright.height


def _is_double(before: Glyph, glyph: Glyph) -> bool:
    """Whether a glyph repeats the last one in nearly its place, as programs do that print bold twice."""
    shift = max(abs(one - other) for one, other in zip(before.box, glyph.box, strict=True))
    return before.text == glyph.text and shift < 0.1 * (glyph.cell[3] - glyph.cell[1])


def _goes_on(before: Glyph, glyph: Glyph, upright: _Upright) -> bool:
    """Whether a glyph follows the one before it within a word."""
    _start, top, end, bottom = upright.turn_edges(before.cell)
    start, this_top, _end, this_bottom = upright.turn_edges(glyph.cell)
    height = max(1.0, bottom - top)
    across = abs((top + bottom) - (this_top + this_bottom)) / 2
    return across < _SAME_LINE * height and _STEP_BACK < (start - end) / height < _WORD_GAP


def to_box(edges: Edges) -> Box:
    """Whole pixels around a place."""
    x0, y0, x1, y1 = edges
    return Box(int(x0), int(y0), max(int(x0) + 1, round(x1 + 0.5)), max(int(y0) + 1, round(y1 + 0.5)))


def _find_encodings(runs: Sequence[Sequence[Glyph]], fonts: Sequence[str]) -> dict[int, FontEncoding]:
    """The encoding of each font by its name and by what is written in it."""
    texts: dict[int, list[str]] = {}
    for run in runs:
        for font, piece in _iter_pieces(run):
            texts.setdefault(font, []).append(piece)
    everything = find_text_encoding(" ".join(piece for pieces in texts.values() for piece in pieces))
    return {
        font: _judge_font(fonts[font] if font >= 0 else "", " ".join(pieces), everything)
        for font, pieces in texts.items()
    }


def _judge_font(name: str, text: str, everything: Encoding) -> FontEncoding:
    """What the letters say goes before what the name says; few letters say little."""
    beyond = sum(1 for letter in text if ord(letter) > _LATIN1_END and letter.isalpha())
    marked = sum(1 for letter in text if 0xA0 < ord(letter) <= _LATIN1_END)
    if beyond >= max(1, marked):
        return _UNICODE
    named = find_font_encoding(name)
    spoken = find_text_encoding(text)
    if named is not None and (spoken in (named.encoding, Encoding.UNICODE) or marked < _FEW):
        return named
    if marked < _FEW and spoken is Encoding.UNICODE:
        return FontEncoding(everything)
    return FontEncoding(spoken)


def _iter_pieces(run: Sequence[Glyph]) -> Iterator[tuple[int, str]]:
    """The parts of a word that share a font."""
    for font, glyphs in groupby(run, key=lambda glyph: glyph.font):
        yield font, "".join(glyph.text for glyph in glyphs)


def _build_word(run: Sequence[Glyph], encodings: dict[int, FontEncoding]) -> BornWord:
    """A word in Unicode."""
    pieces: list[tuple[int, str]] = []
    is_converted = False
    for font, raw in _iter_pieces(run):
        text = _to_unicode(raw, encodings[font])
        is_converted = is_converted or (encodings[font].encoding is not Encoding.UNICODE and text != raw)
        if text:
            pieces.append((font, text))
    boxes = [to_box(glyph.box) for glyph in run]
    cells = [to_box(glyph.cell) for glyph in run]
    text = unicodedata.normalize("NFC", "".join(piece for _font, piece in pieces))
    return BornWord(text, tuple(pieces), box_around(boxes), box_around(cells), is_converted)


def _to_unicode(raw: str, font: FontEncoding) -> str:
    """A piece of one font as NFC, ligatures taken apart."""
    if font.encoding is Encoding.TCVN3:
        raw = _mend_soft_hyphens(raw)
    else:
        raw = raw.translate(str.maketrans(dict.fromkeys(_SOFT_HYPHENS, "-")))
    made = convert_legacy(raw, font.encoding, is_capital=font.is_capital)
    return "".join(letter for letter in made.translate(_LIGATURES) if letter.isprintable())


def _mend_soft_hyphens(raw: str) -> str:
    """TCVN3 writes ư with the code of the soft hyphen, which PDF programs take for a hyphen."""
    raw = raw.translate(str.maketrans(dict.fromkeys(_SOFT_HYPHENS, "\u00ad")))
    if "-" not in raw:
        return raw
    mended = raw.replace("-", "\u00ad")
    letters = "".join(letter for letter in convert_legacy(mended, Encoding.TCVN3) if letter.isalpha())
    return mended if is_syllable(letters) else raw


def _stand_side_by_side(one: Box, other: Box) -> bool:
    """Whether two boxes share most of the smaller one's height."""
    shared = min(one.y1, other.y1) - max(one.y0, other.y0)
    return shared > _ROW_SHARE * min(one.y1 - one.y0, other.y1 - other.y0)


def _split_columns(row: Sequence[tuple[Box, BornWord]]) -> Iterator[list[BornWord]]:
    """The parts of a row between wide gaps."""
    part: list[BornWord] = []
    last: Box | None = None
    for box, word in row:
        if last is not None and box.x0 - last.x1 > _COLUMN_GAP * (box.y1 - box.y0):
            yield part
            part = []
        part.append(word)
        last = box
    if part:
        yield part


def box_around(boxes: Sequence[Box]) -> Box:
    """The smallest box around boxes."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )
