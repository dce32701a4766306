"""The pager below a list (phân trang): "từ 1 đến 50 trong 12.408", before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

PageNumber = Annotated[int, Query(alias="trang", ge=1, le=10_000)]


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a list stands: first row (0-based), rows shown, rows in all, addresses before and after."""

    start: int
    shown: int
    total: int
    previous: str | None
    next: str | None


def build_pager(
    path: str, query: Mapping[str, str | Sequence[str]], page: int, size: int, shown: int, total: int
) -> Pager:
    """The pager of page `page`, counted from 1, of `size` rows."""
    start = (page - 1) * size

    def link(number: int) -> str:
        return f"{path}?{urlencode({**query, 'trang': number}, doseq=True)}"

    return Pager(
        start,
        shown,
        total,
        link(page - 1) if page > 1 else None,
        link(page + 1) if start + shown < total else None,
    )
