"""The state-secret gate (kiểm soát bí mật nhà nước): may this page be kept?

Law 117/2025/QH15 Art. 5 and TT 01/2023/TT-VPCP Art. 4 keep secret papers out of this system. A page is
judged by its stamps and by lines that stand alone; what cannot be ruled out counts as a hit. A verdict
carries level and page number, never text.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from ocr.stamps import CUT_DPI, StampLine, StampRegion, StampText
from ocr.types import Box, PageText, Word
from ocr.wordshapes import match_words

_READABLE = 0.55
_SURE = 0.85
_SECRECY_STAMP_MM = ((15.0, 47.0), (6.5, 14.5))
_RECALL_STAMP_MM = ((38.0, 95.0), (11.5, 24.0))
_LONE_GAP = 1.6
_SPACED_GAP = 6.0
_ALIKE = 0.6
_ALIKE_THOUGH_READ = 0.65
_UNLIKE = 0.35
_CLEARLY_ALIKE = 0.08
_BEYOND = 0.3
_DIGITS = str.maketrans("014589|!", "OIASBQII")


class Outcome(StrEnum):
    """What the gate says of a page (kết luận)."""

    CLEAR = "clear"
    SECRET = "secret"  # noqa: S105 - a verdict, no password
    CANNOT_TELL = "cannot_tell"


class Level(StrEnum):
    """Which mark was found (độ mật)."""

    MAT = "mat"
    TOI_MAT = "toi_mat"
    TUYET_MAT = "tuyet_mat"
    RECALL = "thu_hoi"
    UNKNOWN = "khong_ro"


@dataclass(frozen=True, slots=True)
class SecrecyVerdict:
    """The gate's word on one page (kết luận về độ mật); `page` is 0-based.

    `is_restricted`: a circulation mark (LƯU HÀNH NỘI BỘ, XEM XONG TRẢ LẠI) limits who may read.
    """

    outcome: Outcome
    page: int
    level: Level | None = None
    is_restricted: bool = False

    @property
    def is_hit(self) -> bool:
        """Whether the page must be stopped: found, or not to be ruled out."""
        return self.outcome is not Outcome.CLEAR


@dataclass(frozen=True, slots=True)
class _Mark:
    """Letters to look for and how many may be wrong."""

    level: Level
    letters: str
    distance: int


@dataclass(frozen=True, slots=True)
class _Marks:
    """The word lists of `records/data/secrecy.toml`, folded."""

    levels: tuple[_Mark, ...]
    lookalikes: frozenset[str]
    recall: tuple[_Mark, ...]
    recall_words: frozenset[str]
    recall_cue: str
    circulation: tuple[_Mark, ...]
    secrecy_shapes: tuple[str, ...]
    recall_shapes: tuple[str, ...]
    other_shapes: tuple[str, ...]
    urgency_words: frozenset[str]
    urgency_parts: frozenset[str]
    registry_words: frozenset[str]
    ordinary: frozenset[str]


def judge_secrecy(page: PageText, stamps: Sequence[StampText], page_number: int = 0) -> SecrecyVerdict:
    """Whether a page carries a secrecy or recall mark, by its words and its stamps."""
    runs = list(_iter_lone_runs(page))
    levels = [level for stamp in stamps if (level := _judge_stamp(stamp, stamps, runs)) is not None]
    levels += [level for run in runs if (level := _judge_run(run)) is not None]
    certain = [level for level in levels if level is not Level.UNKNOWN]
    if certain:
        return SecrecyVerdict(Outcome.SECRET, page_number, max(certain, key=list(Level).index))
    if levels:
        return SecrecyVerdict(Outcome.CANNOT_TELL, page_number, Level.UNKNOWN)
    return SecrecyVerdict(Outcome.CLEAR, page_number, None, _is_restricted(page, stamps))


def fold_letters(text: str) -> str:
    """Capital letters A to Z of a text: diacritics dropped, Đ to D, look-alike digits to letters."""
    plain = unicodedata.normalize("NFD", text.upper().replace("Đ", "D").translate(_DIGITS))
    return re.sub(r"[^A-Z]", "", plain)


def count_edits(one: str, other: str) -> int:
    """Letters to add, drop or change to get from one text to the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        corner, row[0] = row[0], number
        for column, wanted in enumerate(other, start=1):
            corner, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, corner + (letter != wanted)),
            )
    return row[-1]


@cache
def _load_marks() -> _Marks:
    """The word lists, read once."""
    data = tomllib.loads(files("records").joinpath("data", "secrecy.toml").read_text(encoding="utf-8"))
    recall, circulation = data["recall"], data["circulation"]
    return _Marks(
        levels=tuple(
            _Mark(Level(one["code"]), fold_letters(one["text"]), one["distance"]) for one in data["level"]
        ),
        lookalikes=frozenset(fold_letters(text) for text in data["lookalikes"]["mat"]),
        recall=tuple(_Mark(Level.RECALL, fold_letters(t), recall["distance"]) for t in recall["texts"]),
        recall_words=frozenset(fold_letters(text) for text in recall["stamp_only"]),
        recall_cue=fold_letters(recall["cue"]),
        circulation=tuple(
            _Mark(Level.UNKNOWN, fold_letters(t), circulation["distance"]) for t in circulation["texts"]
        ),
        secrecy_shapes=tuple(_to_shape(one["text"]) for one in data["level"]),
        recall_shapes=tuple(_to_shape(text) for text in recall["texts"]),
        other_shapes=tuple(_to_shape(t) for t in (*data["urgency"]["texts"], *circulation["texts"])),
        urgency_words=frozenset(fold_letters(text) for text in data["urgency"]["words"]),
        urgency_parts=frozenset(fold_letters(text) for text in data["urgency"]["parts"]),
        registry_words=frozenset(data["registry"]["words"]),
        ordinary=frozenset(fold_letters(text) for text in data["ordinary"]["before"]),
    )


def _to_shape(text: str) -> str:
    """A text as the letters A to Z it is drawn with, word by word."""
    return " ".join(fold_letters(word) for word in text.split())


def _judge_stamp(
    stamp: StampText, others: Sequence[StampText], runs: Sequence[Sequence[Word]]
) -> Level | None:
    """The level a stamp region says, UNKNOWN when a secrecy stamp cannot be ruled out, None when clear."""
    region = stamp.region
    sure = region.framed or region.red
    for line in stamp.lines:
        level = _judge_stamp_line(line.text, sure=sure)
        if level is not None:
            return level
    if not region.framed or not region.has_ink or any(_is_part_of(region, other.region) for other in others):
        return None
    return Level.UNKNOWN if _is_unexplained(stamp, runs) else None


def _is_part_of(region: StampRegion, other: StampRegion) -> bool:
    """Whether a frame is the flatter half of another of secrecy size, which then speaks for both."""
    if not other.framed or not _fits(other.size_mm, _SECRECY_STAMP_MM):
        return False
    x, y = (region.box.x0 + region.box.x1) / 2, (region.box.y0 + region.box.y1) / 2
    inside = other.box.x0 <= x <= other.box.x1 and other.box.y0 <= y <= other.box.y1
    return inside and region.size_mm[1] < other.size_mm[1]


def _is_unexplained(stamp: StampText, runs: Sequence[Sequence[Word]]) -> bool:
    """Whether a frame has the size of a secrecy or recall stamp and nothing says it is another."""
    marks, size = _load_marks(), stamp.region.size_mm
    one_line, recall = _fits(size, _SECRECY_STAMP_MM), _fits(size, _RECALL_STAMP_MM)
    others = [line for line in stamp.lines if marks.recall_cue not in fold_letters(line.text)]
    if not (one_line or recall) or any(_says_other(line) for line in others):
        return False
    read = max((_how_surely_read(line) for line in others), default=0.0)
    # What was read may be the print that runs through the frame, or a tangle of both.
    crossed = any(_crosses(run, stamp.region.box) for run in runs)
    if not crossed and read >= (_SURE if one_line else _READABLE):
        return False
    secret, other = _compare_shapes(stamp.region, one_line=one_line, recall=recall)
    if not one_line:
        cued = len(others) < len(stamp.lines) and read < _READABLE
        return cued or secret >= max(_ALIKE, other + _CLEARLY_ALIKE)
    if read >= _READABLE:
        return secret >= max(_ALIKE_THOUGH_READ, other - _CLEARLY_ALIKE)
    if not stamp.lines and max(secret, other) < _UNLIKE:
        return False
    return other < max(_ALIKE, secret + _CLEARLY_ALIKE)


def _compare_shapes(region: StampRegion, *, one_line: bool, recall: bool) -> tuple[float, float]:
    """How much a frame's ink looks like the nearest mark that stops, and like the nearest other one."""
    marks = _load_marks()
    stopping = marks.secrecy_shapes * one_line + marks.recall_shapes * recall
    alike = match_words(region.image, CUT_DPI, (*stopping, *marks.other_shapes))
    return (
        max((alike.get(word, -1.0) for word in stopping), default=-1.0),
        max((alike.get(word, -1.0) for word in marks.other_shapes), default=-1.0),
    )


def _crosses(run: Sequence[Word], frame: Box) -> bool:
    """Whether words of one printed line stand partly in a frame and partly beside it."""
    x0, x1 = min(word.box.x0 for word in run), max(word.box.x1 for word in run)
    y0, y1 = min(word.box.y0 for word in run), max(word.box.y1 for word in run)
    reach = _BEYOND * min(frame.x1 - frame.x0, frame.y1 - frame.y0)
    touches = x0 < frame.x1 and x1 > frame.x0 and y0 < frame.y1 and y1 > frame.y0
    return touches and (
        min(x0 - frame.x0, frame.x1 - x1) < -reach or min(y0 - frame.y0, frame.y1 - y1) < -reach
    )


def _says_other(line: StampLine) -> bool:
    """Whether a line read in a frame names another mark: urgency, circulation or receipt."""
    marks, letters = _load_marks(), fold_letters(line.text)
    if line.text in marks.registry_words and line.confidence >= _SURE:
        return True
    if any(fold_letters(word) in marks.urgency_words and word == word.upper() for word in line.text.split()):
        return True
    if not _is_capital(letters, line.text):
        return False
    return any(part in letters for part in marks.urgency_parts) or any(
        count_edits(letters, mark.letters) <= mark.distance for mark in marks.circulation
    )


def _how_surely_read(line: StampLine) -> float:
    """The confidence of a line that has letters, and not numbers alone, else 0."""
    return line.confidence if sum(character.isalpha() for character in line.text) >= 3 else 0.0


def _fits(size: tuple[float, float], limits: tuple[tuple[float, float], tuple[float, float]]) -> bool:
    return all(low <= value <= high for value, (low, high) in zip(size, limits, strict=True))


def _judge_stamp_line(line: str, *, sure: bool) -> Level | None:
    """The level one line of a stamp region says; `sure`: it is a stamp, not text taken for one."""
    words = line.split()
    letters = fold_letters(line)
    if _is_ordinary(words) or not _is_capital(letters, line):
        return None
    found = _match_level(letters, lenient=sure)
    if found is None and sure:
        inside = (fold_letters(word) for word in words if word.upper() == word)
        found = Level.MAT if any(word == "MAT" for word in inside) else None
    if found is None and sure and letters in _load_marks().recall_words:
        found = Level.RECALL
    return found


def _match_level(letters: str, *, lenient: bool) -> Level | None:
    """The mark that letters spell, with the misread letters its list allows."""
    marks = _load_marks()
    for mark in (*marks.levels, *marks.recall):
        allowed = mark.distance if lenient else min(mark.distance, len(mark.letters) // 7)
        near = abs(len(letters) - len(mark.letters)) <= allowed
        if near and count_edits(letters, mark.letters) <= allowed:
            return mark.level
    if lenient and letters in marks.lookalikes:
        return Level.MAT
    return None


def _is_capital(letters: str, line: str) -> bool:
    """Whether a line is set in capitals; one or two small letters may be misread ones."""
    small = sum(character.islower() for character in line)
    return bool(letters) and small * 4 <= len(letters)


def _is_ordinary(words: Sequence[str]) -> bool:
    """Whether MẬT follows a word that makes it ordinary, as in BÍ MẬT."""
    folded = [fold_letters(word) for word in words]
    return any(first in _load_marks().ordinary and second == "MAT" for first, second in pairwise(folded))


def _iter_lone_runs(page: PageText) -> Iterator[list[Word]]:
    """Words of a printed line that stand alone: a wide gap or the line's end on both sides.

    A line that ends a phrase of the line before (BÍ / MẬT) is left out.
    """
    lines: dict[int, list[Word]] = {}
    for word in page.words:
        lines.setdefault(word.line, []).append(word)
    before = ""
    for number in sorted(lines):
        runs = _split_runs(lines[number], turned=page.rotation % 180 == 90)
        if fold_letters(before) in _load_marks().ordinary:
            runs = runs[1:]
        yield from runs
        before = lines[number][-1].text


def _split_runs(words: Sequence[Word], *, turned: bool) -> list[list[Word]]:
    runs: list[list[Word]] = []
    for word in words:
        limit = _SPACED_GAP if runs and _are_letters(runs[-1][-1], word) else _LONE_GAP
        if runs and _gap(runs[-1][-1], word, turned=turned) < limit:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _are_letters(one: Word, other: Word) -> bool:
    """Whether two words are single letters: a mark may be set with wide spaces."""
    return all(len(word.text) == 1 and word.text.isalpha() for word in (one, other))


def _gap(one: Word, other: Word, *, turned: bool) -> float:
    """Space between two words in heights of a letter, along the printed line."""
    a, b = one.box, other.box
    if turned:
        space = max(b.y0 - a.y1, a.y0 - b.y1)
        return space / max(1, a.x1 - a.x0)
    return max(b.x0 - a.x1, a.x0 - b.x1) / max(1, a.y1 - a.y0)


def _judge_run(run: Sequence[Word]) -> Level | None:
    """The level that words standing alone in the page's text say: whole marks in capitals only.

    As the language has them and as they were read: repair may take a mark for another word.
    """
    if len(run) > 5 and any(len(word.text) > 1 for word in run):
        return None
    texts = {" ".join(word.text for word in run), " ".join(word.raw for word in run)}
    levels = (_judge_lone_text(text) for text in sorted(texts))
    return next((level for level in levels if level is not None), None)


def _judge_lone_text(text: str) -> Level | None:
    """The level that a text standing alone says."""
    letters = fold_letters(text)
    if not _is_capital(letters, text) or _is_ordinary(text.split()):
        return None
    return _match_level(letters, lenient=False)


def _is_restricted(page: PageText, stamps: Sequence[StampText]) -> bool:
    """Whether a circulation mark stands in a stamp or alone in the text."""
    texts = [line.text for stamp in stamps for line in stamp.lines]
    texts += [" ".join(word.text for word in run) for run in _iter_lone_runs(page) if len(run) <= 6]
    folded = [fold_letters(text) for text in texts if text.upper() == text]
    return any(
        count_edits(letters, mark.letters) <= mark.distance
        for letters in folded
        for mark in _load_marks().circulation
    )
