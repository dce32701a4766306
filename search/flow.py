"""A search from request to page, the same on every back end (luồng tìm kiếm).

A back end brings primitives (`Finder`); what is asked, in which order, and how the best are ranked is
decided here. The scope filter is built here and is part of every call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from search.access import ScopeFilter, build_scope_filter
from search.highlight import build_fragments
from search.index import Facet, Filters, Hit, Order, SearchPage, SearchRequest
from search.numbers import NumberQuery, Rung, build_rungs, score_number_hit
from search.queries import QueryPlan, WordPlan, build_plan, check_request
from search.ranking import WINDOW, Candidate, newest_first, rank
from search.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Where:
    """Scope and filters of a request (điều kiện); every primitive takes it."""

    scope: ScopeFilter
    filters: Filters


@dataclass(frozen=True, slots=True)
class Row:
    """A document as a back end returns it (dòng kết quả)."""

    id: str
    score: float
    title: str
    number: str
    issuer: str
    kind: str
    issued: date | None
    unit: str
    folded: str = ""
    exact: str = ""
    title_folded: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a primitive found: a slice of rows, the total, and counts by facet."""

    rows: Sequence[Row]
    total: int
    total_relation: str = "eq"
    facets: Mapping[Facet, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which documents (tập chọn): with any of `keys`, or matching `words`, or, without both, all."""

    keys: tuple[str, ...] = ()
    words: WordPlan | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of the hits, in which order, with which counts; `with_words` brings the rows' words."""

    order: Order
    offset: int
    limit: int
    facets: tuple[Facet, ...] = ()
    with_words: bool = False


class Finder(Protocol):
    """The primitives of a back end."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        ...

    def find(self, selection: Selection, where: Where, part: Slice) -> Found:
        """A slice of the selected documents; `Order.RELEVANCE` is the back end's own score."""
        ...

    def count_each(self, selections: Sequence[Selection], where: Where) -> list[int]:
        """How many documents each selection has; may stop after the first that has any."""
        ...

    def read_texts(self, ids: Sequence[str], where: Where) -> Mapping[str, str]:
        """NFC text of these documents, within the scope."""
        ...


def _slice(request: SearchRequest) -> Slice:
    return Slice(request.order, request.offset, request.limit, request.facets)


def _build_page(
    finder: Finder,
    request: SearchRequest,
    where: Where,
    rows: Sequence[Row],
    found: Found,
    words: Sequence[str],
) -> SearchPage:
    """The page with snippets cut from the original text."""
    texts = finder.read_texts([r.id for r in rows], where) if request.highlight and words and rows else {}
    hits = tuple(
        Hit(
            row.id, row.score, row.title, row.number, row.issuer, row.kind, row.issued, row.unit,
            build_fragments(texts.get(row.id, ""), words),
        )
        for row in rows
    )  # fmt: skip
    return SearchPage(hits, found.total, found.total_relation, found.facets)


def _window(request: SearchRequest) -> Slice:
    """From the first hit to the end of the page, at least the window that is ranked here."""
    return Slice(
        request.order, 0, max(WINDOW, request.offset + request.limit), request.facets, with_words=True
    )


def _is_ranked_here(request: SearchRequest) -> bool:
    return request.order is Order.RELEVANCE and request.offset < WINDOW


def _find_rung(finder: Finder, query: NumberQuery, where: Where) -> Rung | None:
    """The first rung of the ladder with a hit."""
    rungs = build_rungs(query)
    counts = finder.count_each([Selection(keys=rung.keys) for rung in rungs], where)
    return next((rung for rung, count in zip(rungs, counts, strict=False) if count), None)


def _search_number(
    finder: Finder, request: SearchRequest, where: Where, query: NumberQuery
) -> SearchPage | None:
    """Hits of the number ladder, or None when no rung has any."""
    rung = _find_rung(finder, query, where)
    if rung is None:
        return None
    selection = Selection(keys=rung.keys)
    if request.order is not Order.RELEVANCE:
        found = finder.find(selection, where, _slice(request))
        return _build_page(finder, request, where, found.rows, found, ())
    limit = max(2 * WINDOW, request.offset + request.limit)
    found = finder.find(selection, where, Slice(Order.NEWEST, 0, limit, request.facets))

    def order(row: Row) -> tuple[tuple[float, ...], int, str]:
        fit = score_number_hit(query, rung.used, row.number, row.issuer, row.issued)
        return tuple(-value for value in fit), newest_first(row.issued), row.id

    rows = sorted(found.rows, key=order)[request.offset : request.offset + request.limit]
    return _build_page(finder, request, where, rows, found, ())


def _rank_rows(finder: Finder, plan: WordPlan, rows: Sequence[Row]) -> list[Row]:
    """The window in the shared order, what follows it as the back end gave it."""
    by_id = {row.id: row for row in rows}
    head = [Candidate(r.id, r.folded, r.exact, r.title_folded, r.issued) for r in rows[:WINDOW]]
    statistics = finder.vocabulary.read_statistics({*plan.folded, *plan.others}, plan.pairs)
    ranked = rank(plan, statistics, head)
    return [_with_score(by_id[c.id], score) for c, score in ranked] + list(rows[WINDOW:])


def _with_score(row: Row, score: float) -> Row:
    return Row(row.id, score, row.title, row.number, row.issuer, row.kind, row.issued, row.unit)


def _search_words(finder: Finder, request: SearchRequest, where: Where, plan: WordPlan) -> SearchPage:
    part = _window(request) if _is_ranked_here(request) else _slice(request)
    found = finder.find(Selection(words=plan), where, part)
    is_relaxed = not found.total and plan.relaxed().required < plan.required
    if is_relaxed:
        found = finder.find(Selection(words=plan.relaxed()), where, part)
    rows = found.rows
    if _is_ranked_here(request):
        rows = _rank_rows(finder, plan, rows)[request.offset : request.offset + request.limit]
    page = _build_page(finder, request, where, rows, found, plan.distinct)
    return SearchPage(page.hits, page.total, page.total_relation, page.facets, is_relaxed=is_relaxed)


def _answer(finder: Finder, request: SearchRequest, where: Where, plan: QueryPlan) -> SearchPage:
    if plan.words is None:
        return SearchPage((), 0)
    if plan.number is not None:
        page = _search_number(finder, request, where, plan.number)
        if page is not None:
            return SearchPage(page.hits, page.total, page.total_relation, page.facets, by_number=True)
    page = _search_words(finder, request, where, plan.words)
    return SearchPage(
        page.hits, page.total, page.total_relation, page.facets, page.is_relaxed, corrected=plan.corrected
    )


def run_search(finder: Finder, request: SearchRequest) -> SearchPage:
    """Carry out one search; raises `MissingScope`, `AccessDenied`, `BadQuery`, `IndexUnavailable`."""
    check_request(request)
    by_owner = request.filters.owner_key is not None
    where = Where(build_scope_filter(request.scope, by_owner=by_owner), request.filters)
    if not request.text.strip():
        order = Order.NEWEST if request.order is Order.RELEVANCE else request.order
        part = Slice(order, request.offset, request.limit, request.facets)
        found = finder.find(Selection(), where, part)
        return _build_page(finder, request, where, found.rows, found, ())

    def find_visible(words: Sequence[str]) -> set[str]:
        if not where.scope.sees_restricted:
            return set()
        selections = [Selection(words=WordPlan((word,), (), (), 1)) for word in words]
        return {w for w, s in zip(words, selections, strict=True) if finder.count_each([s], where)[0]}

    return _answer(finder, request, where, build_plan(request.text, finder.vocabulary, find_visible))
