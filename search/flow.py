"""A search from request to page, the same on every back end (luồng tìm kiếm).

A back end brings primitives (`Finder`); what is asked, in which order, and how the best are ranked is
decided here. The scope filter is built here and is part of every call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from search.access import ScopeFilter, build_scope_filter
from search.correction import find_alternative
from search.highlight import build_fragments
from search.index import Facet, Filters, Hit, Order, SearchPage, SearchRequest
from search.numbers import NumberQuery, Rung, build_rungs, score_number_hit
from search.queries import QueryPlan, WordPlan, build_plan, build_word_plan, check_request
from search.ranking import WINDOW, Candidate, newest_first, rank
from search.suggesting import FEW, restore_accents
from search.text import is_personal_number, word_forms
from search.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Where:
    """Scope and filters of a request (điều kiện); every primitive takes it."""

    scope: ScopeFilter
    filters: Filters


@dataclass(frozen=True, slots=True)
class Row:
    """A document as a back end returns it (dòng kết quả); `place` is where it stands in the order asked."""

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
    place: tuple[str | int | None, ...] = ()
    text: str = ""


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


@dataclass(frozen=True, slots=True)
class Tail:
    """What follows a place in the order (phần còn lại), but for the hits that were shown before the rest.

    `opened` names the state of the index that is read on; empty before the first such reading.
    """

    order: Order
    limit: int
    opened: str = ""
    after: tuple[str | int | None, ...] = ()
    excluded: tuple[str, ...] = ()


class Finder(Protocol):
    """The primitives of a back end."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of the index."""
        ...

    @property
    def ranked(self) -> int:
        """How many of the best hits are ranked here; up to `WINDOW`."""
        ...

    def find(self, selection: Selection, where: Where, part: Slice) -> Found:
        """A slice of the selected documents; `Order.RELEVANCE` is the back end's own score."""
        ...

    def count_each(self, selections: Sequence[Selection], where: Where) -> list[int]:
        """How many documents each selection has; may stop after the first that has any."""
        ...

    def find_tail(self, selection: Selection, where: Where, tail: Tail) -> tuple[list[Row], str]:
        """Rows after a place, with what names the state of the index read; `BadQuery` when that is gone."""
        ...

    def close(self, opened: str) -> None:
        """Let go of a state of the index; no error when it is gone."""
        ...

    def find_rows(self, ids: Sequence[str], where: Where) -> Mapping[str, Row]:
        """These documents with their words, as far as they lie within the scope."""
        ...

    def read_texts(self, ids: Sequence[str], where: Where) -> Mapping[str, str]:
        """NFC text of these documents, within the scope."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request selects and how its hits begin (lời giải).

    `rows` are those of the page; `head` the ids of the hits that were ordered here, best first, page
    included; the rest follows in the back end's own order.
    """

    selection: Selection
    rows: Sequence[Row]
    found: Found
    head: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    is_relaxed: bool = False
    by_number: bool = False
    corrected: str | None = None
    suggestion: str | None = None


def build_hits(
    finder: Finder, request: SearchRequest, where: Where, rows: Sequence[Row], words: Sequence[str]
) -> tuple[Hit, ...]:
    """Hits with snippets cut from the original text."""
    texts: Mapping[str, str] = {row.id: row.text for row in rows}
    if request.highlight and words and not all(texts.values()):
        texts = finder.read_texts([row.id for row in rows], where)
    words = words if request.highlight else ()
    return tuple(
        Hit(
            row.id, row.score, row.title, row.number, row.issuer, row.kind, row.issued, row.unit,
            build_fragments(texts.get(row.id, ""), words),
        )
        for row in rows
    )  # fmt: skip


def build_page(finder: Finder, request: SearchRequest, where: Where, answer: Answer) -> SearchPage:
    """The page of an answer."""
    found = answer.found
    return SearchPage(
        build_hits(finder, request, where, answer.rows, answer.words), found.total, found.total_relation,
        found.facets, answer.is_relaxed, answer.by_number, answer.corrected, answer.suggestion,
    )  # fmt: skip


def _slice(request: SearchRequest) -> Slice:
    order = request.order if request.limit else Order.NEWEST
    return Slice(order, request.offset, request.limit, request.facets)


def _window(finder: Finder, request: SearchRequest) -> Slice:
    """From the first hit to the end of the page, at least those that are ranked here."""
    limit = max(finder.ranked, request.offset + request.limit)
    return Slice(request.order, 0, limit, request.facets, with_words=True)


def _is_ranked_here(request: SearchRequest) -> bool:
    return request.order is Order.RELEVANCE and request.offset < WINDOW and request.limit > 0


def _cut(request: SearchRequest, rows: Sequence[Row]) -> Sequence[Row]:
    return rows[request.offset : request.offset + request.limit]


def _find_rung(finder: Finder, query: NumberQuery, where: Where) -> Rung | None:
    """The first rung of the ladder with a hit."""
    rungs = build_rungs(query)
    counts = finder.count_each([Selection(keys=rung.keys) for rung in rungs], where)
    return next((rung for rung, count in zip(rungs, counts, strict=False) if count), None)


def _answer_number(finder: Finder, request: SearchRequest, where: Where, query: NumberQuery) -> Answer | None:
    """Hits of the number ladder, or None when no rung has any."""
    # A facet's choice must not push the ladder down to numbers that were not asked for.
    free = replace(where, filters=where.filters.without(Facet))
    rung = _find_rung(finder, query, free)
    if rung is None:
        return None
    selection = Selection(keys=rung.keys)
    if request.order is not Order.RELEVANCE:
        found = finder.find(selection, where, _slice(request))
        return Answer(selection, found.rows, found, by_number=True)
    limit = max(2 * WINDOW, request.offset + request.limit)
    found = finder.find(selection, where, Slice(Order.NEWEST, 0, limit, request.facets))

    def order(row: Row) -> tuple[tuple[float, ...], int, str]:
        fit = score_number_hit(query, rung.used, row.number, row.issuer, row.issued)
        return tuple(-value for value in fit), newest_first(row.issued), row.id

    rows = sorted(found.rows, key=order)
    head = tuple(row.id for row in rows[:WINDOW])
    return Answer(selection, _cut(request, rows), found, head, by_number=True)


def _rank_rows(finder: Finder, plan: WordPlan, rows: Sequence[Row]) -> list[Row]:
    """The window in the shared order, what follows it as the back end gave it."""
    by_id = {row.id: row for row in rows}
    head = [Candidate(r.id, r.folded, r.exact, r.title_folded, r.issued) for r in rows[: finder.ranked]]
    statistics = finder.vocabulary.read_statistics({*plan.folded, *plan.others}, plan.pairs)
    ranked = rank(plan, statistics, head)
    return [replace(by_id[c.id], score=score) for c, score in ranked] + list(rows[finder.ranked :])


def _answer_words(finder: Finder, request: SearchRequest, where: Where, plan: WordPlan) -> Answer:
    part = _window(finder, request) if _is_ranked_here(request) else _slice(request)
    selection = Selection(words=plan)
    found = finder.find(selection, where, part)
    is_relaxed = not found.total and plan.relaxed().required < plan.required
    if is_relaxed:
        selection = Selection(words=plan.relaxed())
        found = finder.find(selection, where, part)
    if not _is_ranked_here(request):
        return Answer(selection, found.rows, found, (), plan.distinct, is_relaxed)
    rows = _rank_rows(finder, plan, found.rows)
    head = tuple(row.id for row in rows)
    return Answer(selection, _cut(request, rows), found, head, plan.distinct, is_relaxed)


def _read_words(finder: Finder, where: Where, answer: Answer) -> Sequence[Row]:
    """Some hits with their words, for a suggestion's accents."""
    if any(row.folded for row in answer.rows):
        return answer.rows
    return finder.find(answer.selection, where, Slice(Order.RELEVANCE, 0, 20, with_words=True)).rows


def _explain(finder: Finder, where: Where, plan: QueryPlan, answer: Answer) -> Answer:
    """The answer with what was searched for instead, or what would find more."""
    if plan.words is None:
        return answer
    if plan.is_corrected:
        rows = _read_words(finder, where, answer)
        return replace(answer, corrected=restore_accents(plan.words.folded, plan.typed, rows))
    if answer.found.total > FEW and not answer.is_relaxed:
        return answer
    return replace(answer, suggestion=_suggest(finder, where, plan, answer))


def _suggest(finder: Finder, where: Where, plan: QueryPlan, answer: Answer) -> str | None:
    """Other words that find clearly more within the searcher's own scope; None when there are none."""
    if plan.words is None:
        return None
    words = find_alternative(plan.words.folded, finder.vocabulary)
    if words is None:
        return None
    other = Selection(words=build_word_plan(words))
    found = finder.find(other, where, Slice(Order.RELEVANCE, 0, 20, with_words=True))
    few = 0 if answer.is_relaxed else answer.found.total
    return restore_accents(words, plan.typed, found.rows) if found.total > 2 * few else None


def _solve(finder: Finder, request: SearchRequest, where: Where) -> Answer:
    if not request.text.strip():
        order = Order.NEWEST if request.order is Order.RELEVANCE else request.order
        part = Slice(order, request.offset, request.limit, request.facets)
        found = finder.find(Selection(), where, part)
        return Answer(Selection(), found.rows, found)

    def find_visible(words: Sequence[str]) -> set[str]:
        if not where.scope.sees_restricted:
            return set()
        selections = [Selection(words=WordPlan((word,), (), (), 1)) for word in words]
        return {w for w, s in zip(words, selections, strict=True) if finder.count_each([s], where)[0]}

    plan = build_plan(request.text, finder.vocabulary, find_visible, literal=request.literal)
    if plan.words is None:
        return Answer(Selection(), (), Found((), 0))
    answer = plan.number and _answer_number(finder, request, where, plan.number)
    if answer:
        return answer
    return _explain(finder, where, plan, _answer_words(finder, request, where, plan.words))


def build_where(request: SearchRequest) -> Where:
    """Scope and filters of a request; raises `MissingScope`, `AccessDenied`.

    A personal number among the words asks for its owner's papers as much as the owner's key does.
    """
    _, words = word_forms(request.text)
    by_owner = request.filters.owner_key is not None or any(map(is_personal_number, words))
    return Where(build_scope_filter(request.scope, by_owner=by_owner), request.filters)


def solve(finder: Finder, request: SearchRequest) -> tuple[Where, Answer]:
    """What a request selects; raises `MissingScope`, `AccessDenied`, `BadQuery`, `IndexUnavailable`."""
    check_request(request)
    where = build_where(request)
    return where, _solve(finder, request, where)


def run_search(finder: Finder, request: SearchRequest) -> SearchPage:
    """Carry out one search; raises `MissingScope`, `AccessDenied`, `BadQuery`, `IndexUnavailable`."""
    where, answer = solve(finder, request)
    return build_page(finder, request, where, answer)
