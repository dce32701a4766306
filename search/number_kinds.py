"""Kinds and bodies as a document number names them (tên loại, cơ quan trong số, ký hiệu), all folded."""

import re
from collections.abc import Iterator

# Abbreviations of Nghị định 30/2020, Annex III, and of Luật Ban hành VBQPPL; folded.
KINDS = {
    "nghi quyet": "nq", "quyet dinh": "qd", "chi thi": "ct", "quy che": "qc", "quy dinh": "qyd",
    "thong cao": "tc", "thong bao": "tb", "huong dan": "hd", "chuong trinh": "ctr", "ke hoach": "kh",
    "phuong an": "pa", "de an": "da", "du an": "da", "bao cao": "bc", "bien ban": "bb", "to trinh": "ttr",
    "hop dong": "hd", "cong van": "cv", "cong dien": "cd", "ban ghi nho": "bgn", "ban thoa thuan": "btt",
    "giay uy quyen": "guq", "giay moi": "gm", "giay gioi thieu": "ggt", "giay nghi phep": "gnp",
    "phieu gui": "pg", "phieu chuyen": "pc", "phieu bao": "pb", "nghi dinh": "nd", "thong tu": "tt",
    "thong tu lien tich": "ttlt", "luat": "l", "phap lenh": "pl", "lenh": "l",
}  # fmt: skip
ABBREVIATIONS = frozenset(KINDS.values())
BODIES = {
    "ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "tp": "thanh pho", "tt": "thi tran",
    "ttg": "thu tuong chinh phu", "cp": "chinh phu", "vpubnd": "van phong uy ban nhan dan",
}  # fmt: skip
_LONGEST = 4
_NAMES = "|".join(sorted({*KINDS, *ABBREVIATIONS}, key=len, reverse=True)).replace(" ", r"\s+")
# What follows a number that counts something: thông báo 15 ngày is no Thông báo số 15.
_ENDS = (
    r"(?=\s*(?:[,;:.]\s|$)|\s+(?:cua|ve|nam\s+\d{4}|do|ky|ban hanh)\b"
    # No Vietnamese word lacks a vowel; a body's abbreviation does.
    rf"|\s+(?:[bcdghklmnpqrstvx]{{2,}}|{'|'.join(BODIES)})\b)"
)
_KIND_THEN_NUMBER = re.compile(
    rf"(?<![a-z0-9])(?:{_NAMES})\s+(?:so\s*:?\s*(?P<said>\d{{1,6}})(?![a-z0-9/])|(?P<bare>\d{{1,6}}){_ENDS})"
)
_GLUED = "|".join(name for name in ABBREVIATIONS if len(name) > 1)
_GLUED_KIND = re.compile(rf"(?<![a-z0-9])({_GLUED})(\d{{1,6}})(?=[/.-])")


def find_number_after_kind(text: str) -> int | None:
    """Where the number of "quyết định số 15 về …" begins, or None; `text` is folded."""
    match = _KIND_THEN_NUMBER.search(text)
    if match is None:
        return None
    return match.start("said" if match["said"] else "bare")


def part_glued_kind(text: str) -> str:
    """NĐ518/2024 as NĐ 518/2024."""
    return _GLUED_KIND.sub(r"\1 \2", text)


def find_kind_key(words: str) -> str:
    """The abbreviation of a kind, or its words run together when the annex has none."""
    return KINDS.get(words, words.replace(" ", ""))


def iter_spans(words: tuple[str, ...]) -> Iterator[str]:
    """Every run of up to four words: in "quyết định xử phạt" the kind does not come last."""
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
            yield " ".join(words[start:end])
