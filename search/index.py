"""The full-text index as the rest of the service sees it (chỉ mục tìm kiếm): one Protocol, two back ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from search.access import AccessScope
from search.document import IndexDocument
from search.drift import RangeSum

MAX_OFFSET = 10_000
MAX_LIMIT = 200


class Order(StrEnum):
    """How hits are ordered (thứ tự); always with newest issued, then id, as the tie-break."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"
    TITLE = "title"


class Facet(StrEnum):
    """What hits can be counted by (nhóm đếm)."""

    KIND = "kind"
    ISSUER = "issuer"
    UNIT = "unit"
    RESULT_TYPE = "result_type"
    STATE = "state"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions a hit must meet (bộ lọc); an empty tuple does not filter. Dates are inclusive.

    `units` are matched with everything below them, `own_units` and `years` (four digits) exactly.
    `owner_key` needs the right to search by owner.
    """

    units: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    issuers: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    result_types: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    own_units: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    issued_from: date | None = None
    issued_to: date | None = None
    owner_key: str | None = None

    def chosen(self, facet: Facet) -> tuple[str, ...]:
        """The values of a facet that are filtered by."""
        values: tuple[str, ...] = getattr(self, _FILTER_OF[facet])
        return values

    def without(self, facets: Iterable[Facet]) -> "Filters":
        """The same filters but those of these facets."""
        return replace(self, **{_FILTER_OF[facet]: () for facet in facets})


_FILTER_OF = {
    Facet.KIND: "kinds",
    Facet.ISSUER: "issuers",
    Facet.UNIT: "own_units",
    Facet.RESULT_TYPE: "result_types",
    Facet.STATE: "states",
    Facet.YEAR: "years",
}


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search (yêu cầu tìm): user text is text, operators in it mean nothing.

    Without text every document within scope and filters is a hit, newest first. With `limit` 0 and
    facets hits are only counted. `literal` searches for the
    words as typed, even those that occur nowhere.
    """

    text: str
    scope: AccessScope
    filters: Filters = Filters()
    order: Order = Order.RELEVANCE
    offset: int = 0
    limit: int = 20
    facets: tuple[Facet, ...] = ()
    highlight: bool = True
    literal: bool = False


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of the document's text (đoạn trích) with the matched ranges in it, end exclusive."""

    text: str
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found (kết quả tìm)."""

    id: str
    score: float
    title: str
    number: str
    issuer: str
    kind: str
    issued: date | None
    unit: str
    fragments: tuple[Fragment, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of hits (trang kết quả).

    `total_relation` is `eq`, or `gte` when counting stopped at a cap. `is_relaxed`: nothing had enough of
    the words, so the hits have some of them. `by_number`: the text was taken as a document number.
    `corrected` is the text searched for instead, when a word occurs nowhere; `suggestion` is one that would
    find more, when little was found (Có phải bạn muốn tìm …). A facet counts the hits as if nothing of that
    facet were chosen, so that another value can be added. Of a walk, `before` counts the hits shown before
    this page and `following` says where to go on (None: this is the last page); both sealed by whoever hands
    them out.
    """

    hits: tuple[Hit, ...]
    total: int
    total_relation: str = "eq"
    facets: Mapping[Facet, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    is_relaxed: bool = False
    by_number: bool = False
    corrected: str | None = None
    suggestion: str | None = None
    before: int = 0
    following: str | None = None


@dataclass(frozen=True, slots=True)
class UpsertReport:
    """What became of documents handed in (kết quả ghi): written, or older than what is there."""

    written: int
    stale: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How an index stands (tình trạng chỉ mục).

    `schema` is the mapping version of what is read, `wanted_schema` that of this program: where they differ
    the index still serves, and should be built anew. `building` counts the documents of one being built.
    `nodes` names each server with its roles, `health` is the server's own word.
    """

    engine: str
    schema: str
    wanted_schema: str
    documents: int
    bytes: int
    building: int | None = None
    nodes: tuple[str, ...] = ()
    health: str = ""

    @property
    def is_current(self) -> bool:
        """Whether the mapping is this program's."""
        return self.schema == self.wanted_schema


class SearchIndex(Protocol):
    """A full-text index (chỉ mục). Every method raises `IndexUnavailable` when it cannot answer."""

    def ensure(self) -> None:
        """Make what the index needs and lacks; safe to call again and from many processes."""
        ...

    def upsert(self, documents: Sequence[IndexDocument]) -> UpsertReport:
        """Write documents; the same again changes nothing, a lower version never overwrites."""
        ...

    def delete(self, document_id: str, version: int) -> bool:
        """Remove; False when a higher version is there. A later upsert of a lower version stays out."""
        ...

    def search(self, request: SearchRequest) -> SearchPage:
        """Hits within the request's scope; raises `MissingScope`, `AccessDenied`, `BadQuery`."""
        ...

    def walk(self, request: SearchRequest, at: str | None = None) -> SearchPage:
        """As `search`, with where to go on; `at` is `following` of the page before, for the same request.

        Goes as deep as there are hits; what does not change meanwhile is shown once.
        """
        ...

    def stop(self, at: str) -> None:
        """End a walk before its last page; no error when it has ended."""
        ...

    def more_like(self, document_id: str, request: SearchRequest) -> SearchPage:
        """Documents that share telling words with this one (tương tự), within the request's scope.

        Empty when that document is not within it.
        """
        ...

    def count(self) -> int:
        """Documents in the index, of every class and unit (for operations, not for users)."""
        ...

    def rebuild(self, documents: Iterable[IndexDocument]) -> int:
        """Build a new index, take writes meanwhile, switch over; returns its number of documents."""
        ...

    def ids_with_versions(self) -> Iterator[tuple[str, int]]:
        """Every (id, version) in the index, ordered by id, to find drift from the database."""
        ...

    def sum_ranges(self) -> Mapping[int, RangeSum]:
        """Count and marks of every range of ids (`search.drift`)."""
        ...

    def list_range(self, number: int) -> Iterable[tuple[str, int]]:
        """Every (id, version) of one range of ids."""
        ...

    def find_status(self) -> IndexStatus:
        """How the index stands, for whoever looks after it."""
        ...

    def refresh(self) -> None:
        """Make all writes so far visible to searches."""
        ...

    def check(self) -> str:
        """Engine and version after trying every part in use; raises `IndexUnavailable` naming a lack."""
        ...
