"""What people confirmed put over what was read (chữ đã hiệu đính), word by word at the same places.

Only words of confirmed fields change; each keeps what the machine read as `raw`. The words kept with the
record stay as they were read: this text goes into a reading copy alone.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from ocr.folding import fold
from ocr.types import Box, PageText, Word

_FIGURES = re.compile(r"\d{1,2}(?P<sign>\s?[/.-]\s?)\d{1,2}\s?[/.-]\s?\d{4}")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_LABEL = re.compile(r"^\W*S[O06]\s*[:.;]+\s*(?=\S)")
_EDGES = ".,;:/ "


@dataclass(frozen=True, slots=True)
class Correction:
    """A value a person confirmed (giá trị đã xác nhận): where it was read and what the machine read there.

    `page` is 0-based, `box` in pixels of the archived image; a date's `value` is ISO 8601.
    """

    page: int
    box: Box
    value: str
    raw: str
    is_date: bool = False


def iter_corrected(pages: Iterable[PageText], corrections: Sequence[Correction]) -> Iterator[PageText]:
    """The pages one by one, corrected."""
    for number, page in enumerate(pages):
        for correction in corrections:
            if correction.page == number:
                page = correct_page(page, correction)
        yield page


def correct_page(page: PageText, correction: Correction) -> PageText:
    """The page with one value as confirmed; unchanged where its place holds no word of it."""
    places = _find_words(page, correction)
    if not places:
        return page
    words = [page.words[place] for place in places]
    wanted = _print_date(words, correction.value) if correction.is_date else correction.value.split()
    if not wanted or _is_same(wanted, [word.text for word in words]):
        return page
    changed: dict[int, list[Word]] = {}
    for place, made in zip(places, _align(words, wanted, page.rotation), strict=True):
        changed[place] = made
    return replace(
        page, words=tuple(new for i, word in enumerate(page.words) for new in changed.get(i, [word]))
    )


def _find_words(page: PageText, correction: Correction) -> list[int]:
    """Places of the words that the value was read from."""
    box = correction.box
    inside = [
        place
        for place, word in enumerate(page.words)
        if box.x0 <= (word.box.x0 + word.box.x1) / 2 <= box.x1
        and box.y0 <= (word.box.y0 + word.box.y1) / 2 <= box.y1
    ]
    read = set(correction.raw.split())
    return [place for place in inside if page.words[place].raw in read] or inside


def _is_same(wanted: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether only commas differ, or in a number only blanks."""
    if _compact(wanted).isdigit():
        return _compact(wanted) == _compact(printed)
    return [_compact([text]) for text in wanted] == [_compact([text]) for text in printed]


def _compact(texts: Sequence[str]) -> str:
    """The letters and figures alone: printed blanks and commas are no part of a value."""
    return "".join(letter for text in texts for letter in text if letter.isalnum())


def _print_date(words: Sequence[Word], value: str) -> list[str]:
    """The date as it is printed there, with the confirmed figures; [] where its form is not known."""
    parts = _ISO_DATE.fullmatch(value)
    if parts is None:
        return []
    year, month, day = parts.groups()
    texts = [word.text for word in words]
    folded = [fold(text).strip(_EDGES) for text in texts]
    if "THANG" in folded and "NAM" in folded and folded.index("THANG") < folded.index("NAM"):
        return _print_long_date(texts, folded, (day, month, year))
    line = " ".join(texts)
    found = _FIGURES.search(line)
    if found is None:
        return []
    figures = found["sign"].strip().join((day, month, year))
    return (line[: found.start()] + figures + line[found.end() :]).split()


def _print_long_date(texts: Sequence[str], folded: Sequence[str], parts: tuple[str, str, str]) -> list[str]:
    """ "ngày … tháng … năm …" with other figures."""
    day, month, year = parts
    of_month, of_year = folded.index("THANG"), folded.index("NAM")
    before = list(texts[: folded.index("NGAY") + 1]) if "NGAY" in folded else []
    after = list(texts[of_year + 2 :])
    return [*before, day, texts[of_month], month, texts[of_year], year, *after]


def _align(words: Sequence[Word], wanted: Sequence[str], rotation: int) -> Iterator[list[Word]]:
    """For each word what stands in its place: itself, another reading, several words, or nothing."""
    texts = [fold(word.text).strip(_EDGES) for word in words]
    target = [fold(text).strip(_EDGES) for text in wanted]
    made: list[list[Word]] = [[word] for word in words]
    # What was missed goes beside a neighbour, which must stand by then.
    steps = SequenceMatcher(None, texts, target, autojunk=False).get_opcodes()
    for tag, a, b, c, d in sorted(steps, key=lambda step: step[0] == "insert"):
        if tag == "equal" or (tag == "replace" and b - a == d - c):
            for place, text in zip(range(a, b), wanted[c:d], strict=True):
                made[place] = [_rewrite(words[place], text)]
        elif tag == "replace":
            made[a] = _spread(words[a:b], wanted[c:d], rotation)
            made[a + 1 : b] = [[] for _ in range(a + 1, b)]
        elif tag == "insert":
            place = max(0, a - 1)
            added = list(wanted[c:d])
            old = made[place].pop(0 if a == 0 else -1)
            both = [*added, old.text] if a == 0 else [old.text, *added]
            spread = _spread([old], both, rotation)
            made[place] = spread + made[place] if a == 0 else made[place] + spread
        # What a person left out of the value is still printed there, as "Số:" before a number is.
    yield from made


def _rewrite(word: Word, text: str) -> Word:
    """A word with a confirmed text; a label grown together with it stays."""
    label = _LABEL.match(fold(word.text))
    if label and not _LABEL.match(fold(text)):
        text = word.text[: label.end()] + text
    if _compact([text]) == _compact([word.text]):
        return word
    return replace(word, text=text, confidence=1.0)


def _spread(words: Sequence[Word], texts: Sequence[str], rotation: int) -> list[Word]:
    """Texts side by side over the room of some words of a line, each as wide as its letters."""
    first = words[0]
    boxes = [word.box for word in words if word.line == first.line]
    room = Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )
    raw = " ".join(word.raw for word in words)
    letters = sum(len(text) + 1 for text in texts) - 1
    spread: list[Word] = []
    place = 0
    for text in texts:
        box = _cut_box(room, place / letters, (place + len(text)) / letters, rotation)
        spread.append(replace(first, text=text, raw=raw, confidence=1.0, box=box))
        place += len(text) + 1
    return spread


def _cut_box(room: Box, start: float, end: float, rotation: int) -> Box:
    """A share of a box along its text, which on a turned scan runs up (90), left (180) or down (270)."""
    if rotation in (90, 180):
        start, end = 1 - end, 1 - start
    width, height = room.x1 - room.x0, room.y1 - room.y0
    if rotation % 180:
        low = room.y0 + round(height * start)
        return Box(room.x0, low, room.x1, max(low + 1, room.y0 + round(height * end)))
    low = room.x0 + round(width * start)
    return Box(low, room.y0, max(low + 1, room.x0 + round(width * end)), room.y1)
