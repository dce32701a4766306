"""Document numbers as exact keys (số, ký hiệu văn bản): parsed in Python, never analysed.

A number alone is no identity (it restarts every year in every body), so a query becomes a ladder of
key sets; the first rung with a hit wins and year, date and issuing body rank what it found.
Form of a number: Nghị định 30/2020/NĐ-CP, Annex I and III.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from search.number_kinds import (
    ABBREVIATIONS,
    BODIES,
    find_kind_key,
    find_number_after_kind,
    iter_spans,
    part_glued_kind,
)
from search.sorting import build_sort_key
from search.text import fold, normalise

# Letters and digits a reader or a scan confuses, mapped to one of them on both sides.
_CONFUSED = {
    "o": "0", "q": "0", "d": "0", "l": "1", "i": "1", "j": "1", "s": "5", "z": "2", "b": "8",
    "g": "6", "c": "6", "v": "u", "7": "t", "a": "4",
}  # fmt: skip
_CONFUSED_TABLE = str.maketrans(_CONFUSED)
# Cyrillic letters that a keyboard or a reader put for what looks the same.
_CYRILLIC = str.maketrans("авсеіјкмнорѕтухз", "abceijkmhopstyx3")
_LIKE_SLASH = "lijtf"
_LIKE_DIGITS = str.maketrans({"o": "0", "l": "1", "i": "1", "s": "5", "z": "2", "b": "8", "q": "0"})

# A digit read as a letter may have been one of two.
_TWO_DIGITS = {"b": "86", "g": "96", "q": "09", "s": "5", "o": "0", "l": "1", "i": "1", "z": "2"}

_TOKEN = re.compile(r"[a-z0-9]+")
_DAY = re.compile(
    r"(?:\bngay\s*)?(?<![\w/.-])(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4})(?![\w/-])"
    r"|\bngay\s+(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+(\d{4})"
)
_YEAR = re.compile(r"\bnam\s+((?:19|20)\d\d)\b|(?<=\s)(?<!\bso\s)((?:19|20)\d\d)\s*$")
_JOINED = re.compile(
    r"(?<![a-z0-9])(?:(?:[0-9oliszbqg]*\d[0-9a-z]*|[oliszbqg]{1,4})\s?[/.\\|_-]{1,2}\s?[a-z0-9]"
    r"|\d[0-9a-z]*[,;:!)*+~=][a-z0-9]{2,}(?=[/\\-]))"
)
_NO_DIGIT = re.compile(r"\s*(?:so:?\s*)?[oliszbqg]{1,4}\s?/\s?[a-z]")
_KIND_FIRST = re.compile(r"(?<![a-z0-9])([a-z]{2,6})(\d{1,6})(?![a-z0-9])")
_GLUED_YEAR = re.compile(r"^([0-9]+)[lijtf17]((?:19|20)\d\d)$")
_TORN = re.compile(r"(?P<word>[a-z]*)[ :.]*(?<![\w/.-])(?P<digits>\d{1,3}(?:[ .,]\d){0,3})[ .,]$")
_NUMBERED = frozenset(("ngay", "thang", "nam", "dieu", "khoan", "quy", "dot", "lan", "tap"))
_SLASH = re.compile(r"(?<=[a-z0-9])\s?[/\\.|_,;:!)*+~=-]")
_GLUED = re.compile(r"(?<![a-z0-9])[oliszb]?\d[0-9oliszb]*[a-z]{2,}[a-z0-9]*")
_SPLIT = re.compile(r"^([0-9oliszb]*\d)([a-z].*)$")
_MAX_TAIL = 6
_LEAST_NEAR = 4
_MAX_READINGS = 16
_MAX_QUERY = 300


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """A query read as a document number: number, words before and after it, year and day if named.

    `is_parted`: something stands between number and symbol; `others` are further readings of the number,
    `torn` is the number with what a space tore off it (1 6).
    """

    number: str
    glued: str
    before: tuple[str, ...]
    tail: tuple[str, ...]
    year: int | None
    day: date | None
    is_strong: bool
    is_parted: bool = True
    others: tuple[str, ...] = ()
    torn: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: documents with any of `keys`; `used` words of the tail are the symbol."""

    keys: tuple[str, ...]
    used: int


def _plain(text: str) -> str:
    return fold(normalise(text)).translate(_CYRILLIC)


def _bare(number: str) -> str:
    """The number without leading zeros; look-alikes become digits when nothing else is in it."""
    digits = number.translate(_LIKE_DIGITS)
    if digits.isdigit():
        number = digits
    return number.lstrip("0") or "0"


def _skeleton(glued: str) -> str:
    """The form in which easily confused characters are the same (khung chống nhầm)."""
    return glued.replace("rn", "m").translate(_CONFUSED_TABLE).lstrip("0")


def _collapse(symbol: str) -> str:
    """The symbol's skeleton without doubled characters: QDD, as typed in Telex, is QĐ."""
    return re.sub(r"(.)\1+", r"\1", symbol.replace("rn", "m").translate(_CONFUSED_TABLE))


def _near_keys(number: str, symbol: str) -> set[str]:
    """Keys that symbols one slip apart share (one character more, less, other, or two swapped)."""
    form = _collapse(symbol)
    if len(form) < _LEAST_NEAR:
        return {f"e:{number}|{form}"} if len(form) == _LEAST_NEAR - 1 else set()
    return {f"e:{number}|{form}", *(f"e:{number}|{form[:at]}{form[at + 1 :]}" for at in range(len(form)))}


def _is_year(token: str) -> bool:
    return len(token) == 4 and token.isdigit() and token[:2] in ("19", "20")


@lru_cache(maxsize=4096)
def build_number_keys(number: str, kind: str) -> tuple[str, ...]:
    """Every exact key of a document with this số, ký hiệu and kind; empty when it has no digit.

    k: whole symbol; p: part of the symbol; g: glued; s: confusion skeleton; n: number; t: number and kind;
    e: skeleton of the symbol with one character left out.
    """
    tokens = _TOKEN.findall(_plain(number))
    if not tokens or not any(c.isdigit() for c in tokens[0]):
        return ()
    bare, parts = _bare(tokens[0]), tokens[1:]
    symbol = "".join(parts)
    keys = {f"k:{bare}|{symbol}", f"n:{bare}", f"g:{bare}{symbol}", f"s:{_skeleton(bare + symbol)}"}
    keys.update(f"p:{bare}|{''.join(parts[:count])}" for count in range(1, len(parts)))
    undated = [part for part in parts if not _is_year(part)]
    keys.update(f"p:{bare}|{''.join(undated[:count])}" for count in range(1, len(undated) + 1))
    keys.update(f"t:{bare}|{part}" for part in undated[:1])
    keys |= _near_keys(bare, "".join(undated))
    if kind:
        keys.add(f"t:{bare}|{find_kind_key(_plain(kind))}")
    return tuple(sorted(keys))


def build_number_order(number: str) -> str:
    """A key that sorts numbers as people do (9 before 10), then by symbol in Vietnamese order."""
    canonical = normalise(number)
    first = _TOKEN.search(fold(canonical))
    if first is None:
        return "~"
    return f"{_bare(first[0]):0>9} {build_sort_key(canonical[first.end() :])}"


def _take_day(text: str) -> tuple[str, date | None]:
    """The text without a date in it, and the date; an impossible date stays text."""
    match = _DAY.search(text)
    if match is None:
        return text, None
    day, month, year = (int(g) for g in (match[1], match[3], match[4]) if g) if match[1] else (
        int(match[5]), int(match[6]), int(match[7]),
    )  # fmt: skip
    try:
        found = date(year, month, day)
    except ValueError:
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}", found


def _take_year(text: str) -> tuple[str, int | None]:
    match = _YEAR.search(text)
    if match is None or not _TOKEN.search(text[: match.start()]):
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}", int(match[1] or match[2])


def _find_start(text: str) -> tuple[int, bool] | None:
    """Where the number begins, and whether its form leaves no doubt (35/QĐ, 35QDUBND)."""
    for pattern in (_JOINED, _GLUED):
        match = pattern.search(text)
        if match:
            return match.start(), True
    kind_first = _KIND_FIRST.search(text)
    if kind_first and (kind_first[1] in ABBREVIATIONS or kind_first[0] == text.strip()):
        return kind_first.start(2), False
    named = find_number_after_kind(text)
    if named is not None:
        return named, False
    tokens = list(_TOKEN.finditer(text))
    if tokens and tokens[0][0][0].isdigit():
        return tokens[0].start(), False
    if len(tokens) > 1 and tokens[-1][0].isdigit():
        return tokens[-1].start(), False
    return None


def parse_number_query(text: str) -> NumberQuery | None:
    """The query as a document number, or None when nothing in it looks like one."""
    if len(text) > _MAX_QUERY or not (any(c.isdigit() for c in text) or _NO_DIGIT.match(_plain(text))):
        return None
    plain, day = _take_day(part_glued_kind(_plain(_unescape(text))))
    plain, year = _take_year(plain)
    found = _find_start(plain)
    if found is None:
        return None
    start, is_strong = found
    before = _TOKEN.findall(plain[:start])
    if before and before[-1] == "so":
        before.pop()
    first, *tail = _TOKEN.findall(plain[start:])
    is_parted = _SLASH.match(plain, start + len(first)) is not None
    is_number = all(char.isdigit() or char in _TWO_DIGITS for char in first)
    glued = None if is_parted and is_number else _SPLIT.match(first)
    number = first
    if glued and not _bare(first).isdigit():
        number, tail = glued[1], [glued[2], *tail]
    elif (dated := _GLUED_YEAR.match(first)) and not first.isdigit():
        number, tail = dated[1], [dated[2], *tail]
    if len(tail) > 1 and _is_year(tail[0]):
        year = year or int(tail[0])
    return NumberQuery(
        _bare(number), first, tuple(before[-5:]), tuple(tail[:12]), year or (day.year if day else None), day,
        is_strong, is_parted and first == number,
        _other_readings(first), _mend_torn(first, plain[:start]),
    )  # fmt: skip


def _unescape(text: str) -> str:
    """A number out of an address or a page's source: 15%2FQĐ-UBND, 15&#47;QĐ-UBND."""
    return re.sub("%2f", "/", html.unescape(text), flags=re.IGNORECASE)


def _other_readings(first: str) -> tuple[str, ...]:
    """Other numbers it may be, digits read as letters: 1g7 is 197 or 167."""
    readings = {""}
    for character in first:
        readings = {start + digit for start in readings for digit in _TWO_DIGITS.get(character, character)}
        if len(readings) > _MAX_READINGS:
            return ()
    return tuple(
        sorted({one.lstrip("0") or "0" for one in readings if one.isdigit()} - {_bare(first)}, reverse=True)
    )


def _mend_torn(first: str, before: str) -> str:
    """The number with digits that a space or dot tore off it (1 6, 1.234); "ngày 5 6/QĐ" has none."""
    torn = _TORN.search(before)
    if torn is None or not first.isdigit() or torn["word"] in _NUMBERED:
        return ""
    return _bare(re.sub(r"\D", "", torn["digits"]) + first)


def _kind_keys(query: NumberQuery) -> tuple[str, ...]:
    words = query.before
    ends = [" ".join(words[start:]) for start in range(len(words))]
    kinds = tuple(f"t:{query.number}|{find_kind_key(span)}" for span in iter_spans(words))
    return kinds + tuple(f"k:{query.number}|{end.replace(' ', '')}" for end in ends)


def _symbols(query: NumberQuery) -> list[tuple[str, int]]:
    """The symbol as far as the words after the number may be it, the longest first: qd ubnd | dak lak."""
    lengths = range(min(len(query.tail), _MAX_TAIL), 0, -1)
    return [("".join(query.tail[:count]), count) for count in lengths]


def _undated_symbols(query: NumberQuery) -> list[tuple[str, int]]:
    """The same without a year that stands between number and symbol: 16/2016/QĐ-UBND."""
    if len(query.tail) < 2 or not _is_year(query.tail[0]):
        return []
    lengths = range(min(len(query.tail), _MAX_TAIL), 1, -1)
    return [("".join(query.tail[1:count]), count) for count in lengths]


def _symbol_rungs(query: NumberQuery) -> Iterator[Rung]:
    """Keys of number and symbol, the longest symbol first: 35 qd ubnd | ubnd dak lak."""
    number, symbols, undated = query.number, _symbols(query), _undated_symbols(query)
    yield from (Rung((f"k:{query.torn}|{symbol}",), count) for symbol, count in symbols if query.torn)
    yield from (Rung((f"k:{number}|{symbol}",), count) for symbol, count in symbols)
    yield from (Rung((f"k:{other}|{symbol}",), count) for other in query.others for symbol, count in symbols)
    # A slash read as l or I: 19lQĐ-UBND is 19/QĐ-UBND before it is 191/QĐ-UBND.
    if query.is_strong and query.tail and query.tail[0][0] in _LIKE_SLASH:
        yield from (Rung((f"k:{number}|{symbol[1:]}",), count) for symbol, count in symbols)
    yield from (Rung((f"k:{number}|{symbol}",), count) for symbol, count in undated)
    yield from (Rung((f"g:{number}{symbol}",), count) for symbol, count in symbols)
    if query.is_strong:
        yield from _sloppy_rungs(query, [*symbols, *undated])
    # 39/2021/QĐ is first a QĐ of that year, then anything numbered 39/2021.
    parts = sorted((*symbols, *undated), key=lambda part: _is_year(part[0]))
    yield from (Rung((f"p:{number}|{symbol}",), count) for symbol, count in parts)
    yield from (Rung((f"p:{other}|{symbol}",), count) for other in query.others for symbol, count in symbols)


def _sloppy_rungs(query: NumberQuery, symbols: Sequence[tuple[str, int]]) -> Iterator[Rung]:
    """Keys that forgive a misread or mistyped character; where a slash parts them, the number stands."""
    number = query.number
    near = [
        Rung(tuple(sorted(keys)), count) for symbol, count in symbols if (keys := _near_keys(number, symbol))
    ]
    skeletons = [Rung((f"s:{_skeleton(number + symbol)}",), count) for symbol, count in symbols]
    dated = _GLUED_YEAR.match(number)
    if dated:
        yield from (Rung((f"k:{dated[1]}|{dated[2]}{symbol}",), count) for symbol, count in symbols)
    if query.is_parted:
        yield from (*near, *skeletons)
        return
    yield from skeletons
    if number[-1] in "17" and len(number) > 1:
        yield from (Rung((f"k:{number[:-1]}|{symbol}",), count) for symbol, count in symbols)
    yield from near


def _dropped_rungs(query: NumberQuery) -> Iterator[Rung]:
    """Each look-alike of a slash left out once: 1013lSTC is 1013/STC; a number standing apart stays whole."""
    first = len(query.number) if query.is_parted and query.number.isdigit() else 1
    for count in range(min(len(query.tail), _MAX_TAIL), -1, -1):
        glued = _skeleton(query.number + "".join(query.tail[:count]))
        keys = {
            f"s:{glued[:at]}{glued[at + 1 :]}" for at, char in enumerate(glued) if char == "1" and at >= first
        }
        if keys:
            yield Rung(tuple(sorted(keys)), count)


def _spell_year(query: NumberQuery) -> NumberQuery | None:
    """The query with a year of two digits between number and symbol written out: 518/24/NĐ-CP."""
    if len(query.tail) < 2 or not re.fullmatch(r"[0-4]\d|9\d", query.tail[0]) or query.tail[1][0].isdigit():
        return None
    year = ("19" if query.tail[0][0] == "9" else "20") + query.tail[0]
    return replace(query, tail=(year, *query.tail[1:]), year=query.year or int(year))


def build_rungs(query: NumberQuery) -> tuple[Rung, ...]:
    """The ladder of a number query, most exact first; the first rung with a hit answers."""
    spelled = _spell_year(query)
    rungs = [Rung((f"k:{query.number}|{symbol}",), count) for symbol, count in _symbols(query)[:1] if spelled]
    rungs.extend(_symbol_rungs(spelled) if spelled else ())
    rungs.extend(_symbol_rungs(query))
    if query.before:
        rungs.append(Rung(_kind_keys(query), 0))
    elif not query.tail:
        if query.year:
            rungs.append(Rung((f"k:{query.number}|{query.year}",), 0))
        rungs.append(Rung((f"k:{query.number}|",), 0))
        rungs.append(Rung((f"n:{query.number}",), 0))
    if query.is_strong:
        rungs.extend(_dropped_rungs(query))
    return tuple(rungs)


def _expand(words: Iterator[str] | tuple[str, ...]) -> set[str]:
    return {part for word in words for part in BODIES.get(word, word).split()}


def score_number_hit(
    query: NumberQuery, used: int, number: str, issuer: str, issued: date | None
) -> tuple[float, ...]:
    """How well a hit fits symbol, day, year and issuing body; higher is better, element by element."""
    years = {token for token in _TOKEN.findall(_plain(number))[1:] if _is_year(token)}
    fits_day = query.day is not None and issued == query.day
    fits_year = query.year is not None and (
        (issued is not None and issued.year == query.year) or str(query.year) in years
    )
    symbol = "".join(_TOKEN.findall(_plain(number))[1:])
    asked = query.tail[:used] if used else (*query.before[-1:], *query.tail)
    nearness = round(ratio(symbol, "".join(asked)), 3)
    wanted = _expand(query.tail[used:])
    names = _expand(tuple(_TOKEN.findall(_plain(issuer))))
    body = len(wanted & names) - 0.01 * len(names - wanted) if wanted else 0.0
    return nearness, float(fits_day), float(fits_year), body
