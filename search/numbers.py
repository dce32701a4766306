"""Document numbers as exact keys (số, ký hiệu văn bản): parsed in Python, never analysed.

A number alone is no identity (it restarts every year in every body), so a query becomes a ladder of
key sets; the first rung with a hit wins and year, date and issuing body rank what it found.
Form of a number: Nghị định 30/2020/NĐ-CP, Annex I and III.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from search.sorting import build_sort_key
from search.text import fold, normalise

# Abbreviations of Nghị định 30/2020, Annex III, and of Luật Ban hành VBQPPL; folded.
_KINDS = {
    "nghi quyet": "nq", "quyet dinh": "qd", "chi thi": "ct", "quy che": "qc", "quy dinh": "qyd",
    "thong cao": "tc", "thong bao": "tb", "huong dan": "hd", "chuong trinh": "ctr", "ke hoach": "kh",
    "phuong an": "pa", "de an": "da", "du an": "da", "bao cao": "bc", "bien ban": "bb", "to trinh": "ttr",
    "hop dong": "hd", "cong van": "cv", "cong dien": "cd", "ban ghi nho": "bgn", "ban thoa thuan": "btt",
    "giay uy quyen": "guq", "giay moi": "gm", "giay gioi thieu": "ggt", "giay nghi phep": "gnp",
    "phieu gui": "pg", "phieu chuyen": "pc", "phieu bao": "pb", "nghi dinh": "nd", "thong tu": "tt",
    "thong tu lien tich": "ttlt", "luat": "l", "phap lenh": "pl", "lenh": "l",
}  # fmt: skip
_BODIES = {
    "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "tp": "thanh pho", "tt": "thi tran",
    "ttg": "thu tuong chinh phu", "cp": "chinh phu", "vpubnd": "van phong uy ban nhan dan",
}  # fmt: skip
# Letters and digits a reader or a scan confuses, mapped to one of them on both sides.
_CONFUSED = {
    "o": "0", "q": "0", "d": "0", "l": "1", "i": "1", "j": "1", "s": "5", "z": "2", "b": "8",
    "g": "6", "c": "6", "v": "u", "7": "t", "a": "4",
}  # fmt: skip
_CONFUSED_TABLE = str.maketrans(_CONFUSED)
_LIKE_DIGITS = str.maketrans({"o": "0", "l": "1", "i": "1", "s": "5", "z": "2", "b": "8", "q": "0"})

_TOKEN = re.compile(r"[a-z0-9]+")
_DAY = re.compile(
    r"(?:\bngay\s*)?(?<![\w/.-])(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4})(?![\w/-])"
    r"|\bngay\s+(\d{1,2})\s+thang\s+(\d{1,2})\s+nam\s+(\d{4})"
)
_YEAR = re.compile(r"\bnam\s+((?:19|20)\d\d)\b|(?<=\s)((?:19|20)\d\d)\s*$")
_JOINED = re.compile(r"(?<![a-z0-9])([0-9oliszbq]*\d[0-9a-z]*|[oliszbq])\s?[/.\\|_-]\s?[a-z0-9]")
_GLUED = re.compile(r"(?<![a-z0-9])[oliszb]?\d[0-9oliszb]*[a-z]{2,}[a-z0-9]*")
_SPLIT = re.compile(r"^([0-9oliszb]*\d)([a-z].*)$")
_MAX_TAIL = 6
_MAX_QUERY = 300


@dataclass(frozen=True, slots=True)
class NumberQuery:
    """A query read as a document number: number, words before and after it, year and day if named."""

    number: str
    glued: str
    before: tuple[str, ...]
    tail: tuple[str, ...]
    year: int | None
    day: date | None
    is_strong: bool


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder: documents with any of `keys`; `used` words of the tail are the symbol."""

    keys: tuple[str, ...]
    used: int


def _plain(text: str) -> str:
    return fold(normalise(text))


def _bare(number: str) -> str:
    """The number without leading zeros; look-alikes become digits when nothing else is in it."""
    digits = number.translate(_LIKE_DIGITS)
    if digits.isdigit():
        number = digits
    return number.lstrip("0") or "0"


def _skeleton(glued: str) -> str:
    """The form in which easily confused characters are the same (khung chống nhầm)."""
    return glued.replace("rn", "m").translate(_CONFUSED_TABLE).lstrip("0")


def _kind_key(words: str) -> str:
    return _KINDS.get(words, words.replace(" ", ""))


def _is_year(token: str) -> bool:
    return len(token) == 4 and token.isdigit() and token[:2] in ("19", "20")


@lru_cache(maxsize=4096)
def build_number_keys(number: str, kind: str) -> tuple[str, ...]:
    """Every exact key of a document with this số, ký hiệu and kind; empty when it has no digit.

    k: whole symbol; p: part of the symbol; g: glued; s: confusion skeleton; n: number; t: number and kind.
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
    if kind:
        keys.add(f"t:{bare}|{_kind_key(_plain(kind))}")
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
    tokens = list(_TOKEN.finditer(text))
    if tokens and tokens[0][0][0].isdigit():
        return tokens[0].start(), False
    if len(tokens) > 1 and tokens[-1][0].isdigit():
        return tokens[-1].start(), False
    return None


def parse_number_query(text: str) -> NumberQuery | None:
    """The query as a document number, or None when nothing in it looks like one."""
    if not any(c.isdigit() for c in text) or len(text) > _MAX_QUERY:
        return None
    plain, day = _take_day(_plain(text))
    plain, year = _take_year(plain)
    found = _find_start(plain)
    if found is None:
        return None
    start, is_strong = found
    before = _TOKEN.findall(plain[:start])
    if before and before[-1] == "so":
        before.pop()
    first, *tail = _TOKEN.findall(plain[start:])
    glued = _SPLIT.match(first)
    number = first
    if glued and not _bare(first).isdigit():
        number, tail = glued[1], [glued[2], *tail]
    return NumberQuery(
        _bare(number), first, tuple(before[-5:]), tuple(tail[:12]), year or (day.year if day else None), day,
        is_strong,
    )  # fmt: skip


def _kind_keys(query: NumberQuery) -> tuple[str, ...]:
    words = query.before
    ends = [" ".join(words[start:]) for start in range(len(words))]
    kinds = tuple(f"t:{query.number}|{_kind_key(end)}" for end in ends)
    return kinds + tuple(f"k:{query.number}|{end.replace(' ', '')}" for end in ends)


def _symbol_rungs(query: NumberQuery) -> Iterator[Rung]:
    """Keys of number and symbol, the longest symbol first: 35 qd ubnd | ubnd dak lak."""
    lengths = range(min(len(query.tail), _MAX_TAIL), 0, -1)
    symbols = [("".join(query.tail[:count]), count) for count in lengths]
    yield from (Rung((f"k:{query.number}|{symbol}",), count) for symbol, count in symbols)
    # A slash read as l or I: 19lQĐ-UBND is 19/QĐ-UBND before it is 191/QĐ-UBND.
    if query.is_strong and query.tail and query.tail[0][0] in "lij":
        yield from (Rung((f"k:{query.number}|{symbol[1:]}",), count) for symbol, count in symbols)
    yield from (Rung((f"g:{query.number}{symbol}",), count) for symbol, count in symbols)
    if query.is_strong:
        yield from (Rung((f"s:{_skeleton(query.number + symbol)}",), count) for symbol, count in symbols)
    yield from (Rung((f"p:{query.number}|{symbol}",), count) for symbol, count in symbols)


def _dropped_rungs(query: NumberQuery) -> Iterator[Rung]:
    """Each look-alike of a slash left out once: 1013lSTC is 1013/STC."""
    for count in range(min(len(query.tail), _MAX_TAIL), -1, -1):
        glued = _skeleton(query.number + "".join(query.tail[:count]))
        keys = {f"s:{glued[:at]}{glued[at + 1 :]}" for at, char in enumerate(glued) if char == "1" and at}
        if keys:
            yield Rung(tuple(sorted(keys)), count)


def build_rungs(query: NumberQuery) -> tuple[Rung, ...]:
    """The ladder of a number query, most exact first; the first rung with a hit answers."""
    rungs = list(_symbol_rungs(query))
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
    return {part for word in words for part in _BODIES.get(word, word).split()}


def score_number_hit(
    query: NumberQuery, used: int, number: str, issuer: str, issued: date | None
) -> tuple[float, ...]:
    """How well a hit of the ladder fits day, year and issuing body; higher is better, element by element."""
    years = {token for token in _TOKEN.findall(_plain(number))[1:] if _is_year(token)}
    fits_day = query.day is not None and issued == query.day
    fits_year = query.year is not None and (
        (issued is not None and issued.year == query.year) or str(query.year) in years
    )
    wanted = _expand(query.tail[used:])
    names = _expand(tuple(_TOKEN.findall(_plain(issuer))))
    body = len(wanted & names) - 0.01 * len(names - wanted) if wanted else 0.0
    return float(fits_day), float(fits_year), body
