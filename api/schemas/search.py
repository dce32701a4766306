"""Searches as they travel (tìm kiếm)."""

from datetime import date
from typing import Annotated

from pydantic import Field

from api.schemas.base import Incoming, Outgoing
from search.index import Facet, Order

_Word = Annotated[str, Field(max_length=200)]
_Words = Annotated[tuple[_Word, ...], Field(max_length=50)]


class SearchQuery(Incoming):
    """What is searched for (điều kiện tìm); owner numbers never stand in an address."""

    q: Annotated[str, Field(max_length=1000)] = ""
    unit: _Words = ()
    kind: _Words = ()
    issuer: _Words = ()
    result_type: _Words = ()
    state: _Words = ()
    own_unit: _Words = ()
    year: _Words = ()
    issued_from: date | None = None
    issued_to: date | None = None
    order: Order = Order.RELEVANCE
    facet: Annotated[tuple[Facet, ...], Field(max_length=6)] = ()
    limit: Annotated[int, Field(ge=1, le=200)] = 20
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0
    literal: bool = False
    cursor: Annotated[str, Field(max_length=16_000)] = ""


class FragmentOut(Outgoing):
    """A piece of text with matched ranges, end exclusive (đoạn trích)."""

    text: str
    ranges: list[tuple[int, int]]


class HitOut(Outgoing):
    """A record found (kết quả tìm)."""

    id: str
    score: float
    title: str
    number: str
    issuer: str
    kind: str
    issued: date | None
    unit: str
    fragments: list[FragmentOut]


class SearchOut(Outgoing):
    """A page of hits (trang kết quả).

    `corrected` is what was searched for instead, `suggestion` what would find more; `literal=true` searches
    for the words as typed. `next_cursor` is good for ten minutes, for the same caller and the same search.
    """

    hits: list[HitOut]
    total: int
    total_relation: str
    facets: dict[str, list[tuple[str, int]]]
    is_relaxed: bool
    by_number: bool
    corrected: str | None
    suggestion: str | None
    before: int
    next_cursor: Annotated[str | None, Field(validation_alias="following")]
