"""Reads a sample of a PDF's lines from the picture and compares (đối chiếu chữ của PDF với hình).

The sample shows every font, and every letter of each where that fits: a map that gives another letter for a
glyph gives it on every line. A few letters that stand alone may be a stamp, a mark of secrecy among them:
there each letter has to be borne out.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from ocr.bornwords import BornWord, box_around
from ocr.clean import PreparedPage
from ocr.engine import EngineWord, Grey, OcrEngine
from ocr.types import Box

Letter = tuple[int, str]
"""A font's number and a letter of it."""

_MOST_LINES = 14
_MOST_FONTS = 40
_SHORT_ROW = 8
"""Letters of TUYỆT MẬT, the longest mark of secrecy."""
_MARGIN, _SPACING, _PADDING = 60, 26, 5
_SAME_SHARE = 0.85
_LIE_SHARE = 0.34
_SURE, _LIKELY, _DOUBTED = 0.995, 0.95, 0.6
_ALIKE = (frozenset("iIlL1|!"), frozenset("oO0"), frozenset("sS5"), frozenset("bB8"), frozenset("zZ2"))
_FOLDED = str.maketrans("–—‐‑−“”„‟’‘‚´`", "-----\"\"\"\"'''''")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the picture bears out a text (mức khớp): `is_same` false: it is another text, or it lies."""

    is_same: bool
    seen: frozenset[Letter] = frozenset()
    doubted: frozenset[int] = field(default=frozenset())

    def confidence(self, word: BornWord) -> float:
        """How sure a word is: all its letters were read so, not all were seen, or others were read."""
        if id(word) in self.doubted:
            return _DOUBTED
        return _SURE if all(letter in self.seen for letter in _letters([word])) else _LIKELY


def compare_sample(
    rows: Sequence[Sequence[BornWord]], prepared: PreparedPage, engine: OcrEngine, temp_dir: Path
) -> Agreement:
    """Read some rows from the cleaned picture and compare them; raises what the engine raises."""
    chosen = _choose_rows(rows)
    sheet, places = _build_sheet([_place(row, prepared) for row in chosen], prepared.image)
    read = engine.read(sheet, prepared.dpi, temp_dir)
    right: Counter[Letter] = Counter()
    total: Counter[Letter] = Counter()
    otherwise: list[tuple[BornWord, Letter]] = []
    is_silent = False
    for row, (top, bottom) in zip(chosen, places, strict=True):
        found = _read_between(read, top, bottom)
        is_silent = is_silent or _keeps_silent(row, found)
        for word, letters, matches in _compare_row(row, found):
            total.update(letters)
            right.update(letter for letter, is_right in zip(letters, matches, strict=True) if is_right)
            otherwise += [
                (word, letter) for letter, is_right in zip(letters, matches, strict=True) if not is_right
            ]
    # A letter that the picture bears out elsewhere was misread here; one that never is may be another.
    doubted = frozenset(id(word) for word, letter in otherwise if not right[letter])
    share = sum(right.values()) / max(1, sum(total.values()))
    lies = any(_is_lie(letter, right[letter], count) for letter, count in total.items())
    lies = (
        lies or is_silent or any(_is_short(row) and any(id(one) in doubted for one in row) for row in chosen)
    )
    return Agreement(share >= _SAME_SHARE and not lies, frozenset(right), doubted)


def _keeps_silent(row: Sequence[BornWord], found: str) -> bool:
    """Whether a row says signs alone and the picture shows letters."""
    says = any(letter.isalnum() for _font, letter in _letters(row))
    return not says and sum(letter.isalpha() for letter in found) > 1


def _is_short(row: Sequence[BornWord]) -> bool:
    """Whether a row has no more letters than a mark of secrecy."""
    return 1 < sum(letter.isalpha() for _font, letter in _letters(row)) <= _SHORT_ROW


def _letters(row: Sequence[BornWord]) -> list[Letter]:
    """Letters with their fonts, signs folded to their plain forms."""
    return [
        (font, letter)
        for word in row
        for font, piece in word.pieces
        for letter in piece.translate(_FOLDED).casefold()
    ]


def _choose_rows(rows: Sequence[Sequence[BornWord]]) -> list[Sequence[BornWord]]:
    """A row for each font, then the fewest that show every letter and digit of each, within the limit."""
    open_letters = {letter for row in rows for letter in _letters(row) if letter[1].isalnum()}
    left = [(row, {letter for letter in _letters(row) if letter[1].isalnum()}) for row in rows]
    chosen = _choose_fonts(rows)
    for number in chosen:
        open_letters -= left[number][1]
    while open_letters and len(chosen) < min(_MOST_LINES, len(left)):
        best = max(range(len(left)), key=lambda number: _worth(left[number][1] & open_letters))
        if not left[best][1] & open_letters:
            break
        open_letters -= left[best][1]
        chosen.append(best)
    return [left[number][0] for number in sorted(chosen)]


def _choose_fonts(rows: Sequence[Sequence[BornWord]]) -> list[int]:
    """Few rows that show every font, the shortest of each: a stamp's letters have a font of their own."""
    fonts = [{font for font, _letter in _letters(row)} for row in rows]
    chosen: list[int] = []
    shown: set[int] = set()
    for number in sorted(range(len(rows)), key=lambda number: len(_letters(rows[number]))):
        if fonts[number] - shown:
            chosen.append(number)
            shown |= fonts[number]
    return chosen[:_MOST_FONTS]


def _worth(letters: set[Letter]) -> int:
    """Digits weigh more: a number that lies does more harm than a word."""
    return sum(3 if letter.isdigit() else 1 for _font, letter in letters)


def _place(row: Sequence[BornWord], prepared: PreparedPage) -> Box:
    """A row's place on the image for reading."""
    return box_around([prepared.geometry.to_reading(word.cell) for word in row])


def _build_sheet(places: Sequence[Box], image: Grey) -> tuple[Grey, list[tuple[int, int]]]:
    """The rows one under the other on a sheet of their own, and where each lies on it."""
    cuts = [
        image[max(0, box.y0 - _PADDING) : box.y1 + _PADDING, max(0, box.x0 - _PADDING) : box.x1 + _PADDING]
        for box in places
    ]
    width = max(cut.shape[1] for cut in cuts) + 2 * _MARGIN
    height = sum(cut.shape[0] + _SPACING for cut in cuts) + 2 * _MARGIN
    sheet = np.full((height, width), 255, np.uint8)
    spans: list[tuple[int, int]] = []
    top = _MARGIN
    for cut in cuts:
        sheet[top : top + cut.shape[0], _MARGIN : _MARGIN + cut.shape[1]] = cut
        spans.append((top - _SPACING // 2, top + cut.shape[0] + _SPACING // 2))
        top += cut.shape[0] + _SPACING
    return sheet, spans


def _read_between(words: Sequence[EngineWord], top: int, bottom: int) -> str:
    """What was read on one row of the sheet, without blanks."""
    inside = [word for word in words if top <= (word.box.y0 + word.box.y1) / 2 < bottom]
    text = "".join(word.text for word in sorted(inside, key=lambda word: word.box.x0))
    return text.translate(_FOLDED).casefold()


def _compare_row(row: Sequence[BornWord], found: str) -> list[tuple[BornWord, list[Letter], list[bool]]]:
    """Each word with its letters and whether the picture was read the same way."""
    said = _letters(row)
    matches = [not letter.isalnum() for _font, letter in said]
    plain = "".join(letter for _font, letter in said)
    for tag, start, end, other_start, other_end in SequenceMatcher(None, plain, found, False).get_opcodes():
        same_length = end - start == other_end - other_start
        for place in range(start, end):
            read = found[other_start + place - start] if same_length else ""
            if tag == "equal" or _are_alike(plain[place], read):
                matches[place] = True
    result: list[tuple[BornWord, list[Letter], list[bool]]] = []
    place = 0
    for word in row:
        letters = _letters([word])
        result.append((word, letters, matches[place : place + len(letters)]))
        place += len(letters)
    return result


def _are_alike(one: str, other: str) -> bool:
    """Whether readers take one of the two for the other."""
    return bool(other) and any(one in group and other in group for group in _ALIKE)


def _is_lie(letter: Letter, right: int, count: int) -> bool:
    """Whether a letter is said again and again where the picture shows another."""
    return letter[1].isalnum() and count > 1 and right < _LIE_SHARE * count
