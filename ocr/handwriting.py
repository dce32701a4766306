"""Tells handwritten numbers and days from printed ones (chữ viết tay ở số và ngày).

Offices print "Số:      /QĐ-UBND" and "ngày    tháng 5 năm 2026" and fill the gaps by pen. A reader trained
on print makes other figures of them, often surely. So each gap is looked at by itself: what was read is
drawn in the faces of print and laid over the ink (`ocr.printshapes`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from ocr.engine import EngineWord, Grey
from ocr.folding import fold
from ocr.printshapes import Cut, Form, Ink, cut_ink, list_faces, measure_text
from ocr.types import Box, ValuePlace, Writing

PRINTED_FROM = 0.8
"""Print of the same figures reaches 0.85 and more, also on bad copies; pen strokes stay under 0.65."""
_HANDWRITTEN_BELOW = 0.7
_READ_FROM = 0.82  # without a reading to confirm, print has to fit better
_EMPTY_SHARE = 0.012
_CLEAR_LEAD = 0.02
_BEYOND_DOUBT = 0.95
_MODEL_FROM = 0.85
_EDGES = ((0.0, 0.3), (0.25, 0.0), (0.0, 0.6), (0.25, 0.3), (0.0, -0.25))
_HOPELESS = 0.5
_MOST_FIGURES = 5
_USUAL_POINTS = 13.5  # decree 30/2020 annex I: 13 to 14 pt
_LABEL = re.compile(r"\W*(S[O06]\s*[:.;,]*|S\w?\s*[:;])\s*")
_SYMBOL = re.compile(
    r"[/|]\s*(?=[A-Z]{1,6}[A-Za-z]*\s*[-–—:/]|[A-Z]{2})|(?<=[\d\s:.,])(?=[A-Z]{1,5}\s*[-–—]\s*[A-Z])"
)
_DATE = re.compile(r"NG[AQ]Y(?P<day>.{0,9}?)TH[AO]NG(?P<month>.{0,7}?)N[AO]M(?P<year>\W*\w{0,5}(?:\s?\d\d)?)")
_ANCHOR = re.compile(r"(NG[AQ]Y|TH[AO]NG|N[AO]M|S[O06])\W?")
_DAYS = tuple(dict.fromkeys(form for day in range(1, 32) for form in (f"{day:02}", str(day))))
_MONTHS = tuple(dict.fromkeys(form for month in range(1, 13) for form in (f"{month:02}", str(month))))
_CANDIDATES = {"day": _DAYS, "month": _MONTHS}


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two printed anchors of a line: name, reading, edges, foot line, em in pixels."""

    name: str
    text: str
    left: float
    right: float
    foot: float
    em: float
    is_slanted: bool


def judge_places(image: Grey, dpi: int, words: Sequence[EngineWord], zone: str) -> tuple[ValuePlace, ...]:
    """The places for values on one line of the reading image; boxes are pixels of it.

    `zone` is "so_ky_hieu" (place "number") or "ngay" (places "day", "month", "year"). A line whose anchors
    were not read has none.
    """
    line = _Line(words, dpi, is_slanted=zone == "ngay")
    gaps = line.find_date() if zone == "ngay" else line.find_number()
    places: list[ValuePlace] = []
    form: Form | None = None
    # The year is nearly always printed: its face and size are those that a printed day must have.
    for gap in reversed(gaps):
        place, found = _judge(image, gap, form)
        if found is not None and place.likeness >= _MODEL_FROM:
            form = form or found
        places.insert(0, place)
    return tuple(places)


class _Line:
    """Words of a printed line with the place of each character (dòng in)."""

    def __init__(self, words: Sequence[EngineWord], dpi: int, *, is_slanted: bool) -> None:
        self._words = sorted(words, key=lambda word: word.box.x0)
        self._is_slanted = is_slanted
        self._text = " ".join(word.text for word in self._words)
        self._em = self._find_em(dpi)

    def find_number(self) -> list[_Gap]:
        """The gap between "Số:" and the symbol."""
        folded = fold(self._text)
        label = _LABEL.match(folded)
        start = label.end() if label else 0
        symbol = _SYMBOL.search(folded, max(start - 1, 0))
        if symbol is None:
            return []
        left = self._after(start) if label else self._words[0].box.x0
        right = self._before(symbol.start())
        return self._gap("number", start, symbol.start(), left, right)

    def find_date(self) -> list[_Gap]:
        """The gaps after "ngày", "tháng" and "năm"."""
        match = _DATE.search(fold(self._text))
        if match is None:
            return []
        found: list[_Gap] = []
        for name in ("day", "month", "year"):
            start, end = match.span(name)
            left = self._after(start)
            right = (
                self._before(end)
                if name != "year"
                else min(left + 3.2 * self._em, self._end() + 0.3 * self._em)
            )
            found += self._gap(name, start, end, left, right)
        return found

    def _gap(self, name: str, start: int, end: int, left: float, right: float) -> list[_Gap]:
        """A gap as found; none where the anchors touch."""
        if right - left < 0.25 * self._em:
            return []
        read = self._text[start:end].strip(" .,:;'_-…")
        return [_Gap(name, read, left, right, self._foot((left + right) / 2), self._em, self._is_slanted)]

    def _find_em(self, dpi: int) -> float:
        """The font size in pixels, from the widths of words read without doubt."""
        usual = _USUAL_POINTS / 72 * dpi
        sizes: list[float] = []
        for word in self._words:
            width = measure_text(word.text, is_slanted=self._is_slanted)
            if len(word.text) >= 3 and re.fullmatch(r"[\w/&-]+[:,]?", word.text) and width > 0:
                # Boxes are a few pixels too wide with some readers: long words say it best.
                sizes += [(word.box.x1 - word.box.x0) / width] * len(word.text)
        likely = [size for size in sizes if 0.75 * usual < size < 1.35 * usual]
        return median(likely) if likely else usual

    def _after(self, index: int) -> float:
        """Where the character before this one ends: boxes of readers swallow strokes of the pen beside."""
        word, place = self._find(max(index - 1, 0))
        head, tail = word.text[: place + 1].rstrip(), word.text[place + 1 :]
        if _ANCHOR.fullmatch(fold(head)):
            return min(word.box.x0 + self._width(head), float(word.box.x1))
        return max(word.box.x1 - self._width(tail), float(word.box.x0))

    def _before(self, index: int) -> float:
        """Where a character begins; blanks before it belong to the gap."""
        while index < len(self._text) and self._text[index] == " ":
            index += 1
        word, place = self._find(index)
        head, tail = word.text[:place], word.text[place:]
        if head:
            return max(word.box.x1 - self._width(tail), float(word.box.x0))
        # A word that starts with its anchor may still have strokes of the pen in its box.
        clean = _ANCHOR.fullmatch(fold(tail)) or tail.startswith("/")
        return max(word.box.x1 - self._width(tail), float(word.box.x0)) if clean else float(word.box.x0)

    def _width(self, text: str) -> float:
        """A printed text's width in pixels."""
        return measure_text(text, is_slanted=self._is_slanted) * self._em if text else 0.0

    def _find(self, index: int) -> tuple[EngineWord, int]:
        """The word that holds a character of the line, and the character's place in it."""
        begin = 0
        for word in self._words:
            if index < begin + len(word.text) + 1:
                return word, min(index - begin, len(word.text) - 1)
            begin += len(word.text) + 1
        return self._words[-1], len(self._words[-1].text) - 1

    def _foot(self, x: float) -> float:
        """The foot line of the print at a place, from the nearest word without descenders."""
        plain = [word for word in self._words if not re.search(r"[gjpqy,;ạậặẹệịọộợụựỵ_'.\-]", word.text)]
        plain = [word for word in plain if word.box.y1 - word.box.y0 < 1.15 * self._em]
        near = min(plain or self._words, key=lambda word: abs((word.box.x0 + word.box.x1) / 2 - x))
        return float(near.box.y1)

    def _end(self) -> float:
        return float(self._words[-1].box.x1)


def _judge(image: Grey, gap: _Gap, hint: Form | None) -> tuple[ValuePlace, Form | None]:
    """Whether print or handwriting stands in a gap, and the form of its print."""
    top, foot = gap.foot - 1.0 * gap.em, gap.foot + 0.35 * gap.em
    ink = cut_ink(image, gap.left, top, gap.right, foot)
    box = _box(gap.left, top, gap.right, foot, image)
    if not _has_ink(ink):
        return ValuePlace(gap.name, box, "", Writing.EMPTY, 0.0), None
    if not list_faces(is_slanted=False):
        return ValuePlace(gap.name, box, gap.text, Writing.UNSURE, 0.0), None
    reading = _compare(Cut(ink, gap.em), gap, hint)
    if reading.writing is not Writing.PRINTED and re.fullmatch(r"\d{1,7}", gap.text):
        reading = max([reading, *_look_beside(image, gap, hint)], key=lambda each: each.score)
    place = ValuePlace(gap.name, box, reading.text, reading.writing, round(max(reading.score, 0.0), 3))
    return place, reading.form


def _look_beside(image: Grey, gap: _Gap, hint: Form | None) -> Iterator["_Reading"]:
    """The gap with its edges elsewhere: where they are comes from boxes that may be some pixels off."""
    top, foot = gap.foot - 1.0 * gap.em, gap.foot + 0.35 * gap.em
    for left, right in _EDGES:
        cut = cut_ink(image, gap.left + left * gap.em, top, gap.right + right * gap.em, foot)
        reading = _compare(Cut(cut, gap.em), gap, hint)
        yield reading
        if reading.writing is Writing.PRINTED:
            return


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the ink of a gap looks like."""

    text: str
    writing: Writing
    score: float
    form: Form | None


def _compare(cut: Cut, gap: _Gap, hint: Form | None) -> _Reading:
    """Lay what was read, or where that is no figures what print there would be, over the ink."""
    is_read = bool(re.fullmatch(r"\d{1,7}[a-z]?(/\d{4})?", gap.text))
    if is_read:
        likeness = cut.match(gap.text, is_slanted=gap.is_slanted, hint=hint)
        score, form, text = likeness.score, likeness.form, gap.text
        is_sure = score >= PRINTED_FROM and not (form and _is_other_likelier(cut, text, form, score))
    else:
        score, text, form, is_clear = _read_print(cut, gap, hint)
        is_sure = is_clear and score >= _READ_FROM
    if score < _HANDWRITTEN_BELOW:
        return _Reading(gap.text, Writing.HANDWRITTEN, score, None)
    if not is_sure:
        return _Reading(gap.text, Writing.UNSURE, score, form)
    return _Reading(text, Writing.PRINTED, score, form)


def _is_other_likelier(cut: Cut, text: str, form: Form, score: float) -> bool:
    """Whether the same text with one figure changed fits the ink as well as what was read."""
    if score >= _BEYOND_DOUBT:
        return False
    ranked = cut.rank(_change_one(text), form)
    return bool(ranked) and ranked[0][0] > score - _CLEAR_LEAD


def _change_one(text: str) -> set[str]:
    """All texts with exactly one other figure."""
    return {
        text[:place] + figure + text[place + 1 :]
        for place, old in enumerate(text)
        if old.isdigit()
        for figure in "0123456789"
        if figure != old
    }


def _read_print(cut: Cut, gap: _Gap, hint: Form | None) -> tuple[float, str, Form | None, bool]:
    """The figures whose print lies best on the ink, where the reader saw none, and whether by a lead."""
    best: tuple[float, str, Form | None, bool] = (-1.0, gap.text, None, False)
    face = list_faces(gap.is_slanted)[0]
    for form in [hint] if hint else [Form(face, gap.em * size, 1.0) for size in (1.0, 0.96, 1.04)]:
        texts = _CANDIDATES.get(gap.name)
        ranked = cut.rank(texts, form) if texts else _climb(cut, form)
        if len(ranked) > 1 and ranked[0][0] > best[0]:
            best = (*ranked[0], form, ranked[0][0] - ranked[1][0] > _CLEAR_LEAD)
        if best[0] < _HOPELESS:
            break
    return best


def _climb(cut: Cut, form: Form) -> Sequence[tuple[float, str]]:
    """Figures found by changing one at a time as long as that fits better, with the next best text."""
    count = cut.figures
    if not 1 <= count <= _MOST_FIGURES:
        return ()
    best = (-1.0, "0" * count)
    ranked: Sequence[tuple[float, str]] = ()
    for _ in range(2 * count):
        ranked = cut.rank({best[1], *_change_one(best[1])}, form)
        if ranked[0][1] == best[1] or ranked[0][0] < _HOPELESS / 2:
            break
        best = ranked[0]
    return ranked


def _has_ink(ink: Ink) -> bool:
    """Whether strokes stand in a cut; its rim may hold ends of the anchors."""
    rim = max(1, round(0.06 * ink.shape[0]))
    inner = ink[rim:-rim, rim:-rim]
    return inner.size > 0 and float(np.mean(inner > 0.4)) > _EMPTY_SHARE


def _box(left: float, top: float, right: float, foot: float, image: Grey) -> Box:
    """A rectangle inside the image, at least one pixel large."""
    height, width = image.shape
    x0, y0 = max(0, min(round(left), width - 1)), max(0, min(round(top), height - 1))
    return Box(x0, y0, min(max(round(right), x0 + 1), width), min(max(round(foot), y0 + 1), height))
