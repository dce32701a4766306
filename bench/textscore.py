"""Order-free error rates of read text against true lines (sai số ký tự, từ không phụ thuộc thứ tự).

Each true line is looked for in the text as its best infix, the longest and the closest matches first; what
matched is used up. Lines not found are deletions, text left over is insertions. The order of columns and
zones thus costs nothing; `ordered_errors` counts it beside. In the spirit of flexible character accuracy.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import edlib
from rapidfuzz.distance import Levenshtein

# A line is first taken where it fits nearly exactly, so that a poor match never robs a good one.
ALLOWED_SHARES = (0.05, 0.12, 0.25, 0.4, 0.55)
_USED = "\x01"
# Typography that readers and proof-readers set differently without either being wrong.
_ALIKE = {
    **dict.fromkeys("\u2013\u2014\u2010\u2212", "-"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("\u2018\u2019", "'"),
    "\u2026": "...",
    "\u00a0": " ",
    "\u200b": "",
    "\ufeff": "",
    "\u00b2": "2",
    "\u00b3": "3",
}
_FOLDING = str.maketrans(_ALIKE)


@dataclass(frozen=True, slots=True)
class TextScore:
    """Counts of one page or of many added up (số lỗi): characters and words of the truth, and errors."""

    chars: int = 0
    words: int = 0
    char_errors: int = 0
    word_errors: int = 0
    ordered_errors: int = 0
    pages: int = 0

    def __add__(self, other: "TextScore") -> "TextScore":
        return TextScore(
            self.chars + other.chars,
            self.words + other.words,
            self.char_errors + other.char_errors,
            self.word_errors + other.word_errors,
            self.ordered_errors + other.ordered_errors,
            self.pages + other.pages,
        )

    @property
    def cer(self) -> float:
        """Order-free character error rate, 0 to 1 and over."""
        return self.char_errors / max(1, self.chars)

    @property
    def wer(self) -> float:
        """Order-free word error rate."""
        return self.word_errors / max(1, self.words)

    @property
    def ordered_cer(self) -> float:
        """Character error rate of the text taken in the order it was given."""
        return self.ordered_errors / max(1, self.chars)


@dataclass(frozen=True, slots=True)
class Match:
    """A true line found in the text: its errors, and the characters of all words it touches (dòng khớp)."""

    char_errors: int
    word_errors: int
    start: int
    end: int


def normalise(text: str) -> str:
    """NFC with typography folded and white space collapsed."""
    folded = unicodedata.normalize("NFC", text).translate(_FOLDING)
    return re.sub(r"\s+", " ", folded).strip()


def score_page(
    lines: Sequence[str],
    read: str,
    optional: Sequence[str] = (),
    orders: Sequence[Sequence[str]] = (),
) -> TextScore:
    """Score one page; `optional` lines may be read or not and count neither way.

    `orders` are the same lines in other orders that read well too; the ordered errors are the fewest.
    """
    wanted = [(text, False) for line in lines if (text := normalise(line))]
    wanted += [(text, True) for line in optional if (text := normalise(line))]
    text = normalise(read)
    matches, left = match_lines([line for line, _ in wanted], text)
    char_errors = word_errors = chars = words = 0
    for (line, may_be_missing), match in zip(wanted, matches, strict=True):
        if may_be_missing:
            continue
        chars += len(line)
        words += len(line.split())
        char_errors += match.char_errors if match else len(line)
        word_errors += match.word_errors if match else len(line.split())
    extra = left.split()
    return TextScore(
        chars,
        words,
        char_errors + sum(map(len, extra)),
        # Specks read as single characters are counted as characters, not as words.
        word_errors + sum(len(word) > 1 for word in extra),
        min(_distance(normalise(" ".join(order)), text) for order in (lines, *orders)),
        pages=1,
    )


def match_lines(lines: Sequence[str], text: str) -> tuple[list[Match | None], str]:
    """Each line's match or None, and what is left of the text; all of it normalised."""
    buffer = list(text)
    found: list[Match | None] = [None] * len(lines)
    waiting = sorted(range(len(lines)), key=lambda number: -len(lines[number]))
    for share in ALLOWED_SHARES:
        later: list[int] = []
        for number in waiting:
            found[number] = _take_line(lines[number], buffer, share)
            if found[number] is None:
                later.append(number)
        waiting = later
    return found, "".join(buffer).replace(_USED, " ")


def _take_line(line: str, buffer: list[str], share: float) -> Match | None:
    """Use up the best infix of the buffer with at most that share of errors; None when there is none."""
    found = edlib.align(line, "".join(buffer), mode="HW", task="locations", k=int(share * len(line)))
    if found["editDistance"] < 0:
        return None
    first, last = found["locations"][0]
    first = first or 0
    start, end = first, last
    while start > 0 and buffer[start - 1] not in (" ", _USED):
        start -= 1
    while end + 1 < len(buffer) and buffer[end + 1] not in (" ", _USED):
        end += 1
    words = "".join(buffer[start : end + 1]).replace(_USED, " ").split()
    buffer[first : last + 1] = [_USED] * (last + 1 - first)
    return Match(found["editDistance"], Levenshtein.distance(line.split(), words), start, end + 1)


def _distance(truth: str, text: str) -> int:
    """Edits between two texts in order."""
    if not truth or not text:
        return max(len(truth), len(text))
    return int(edlib.align(truth, text, mode="NW", task="distance")["editDistance"])
