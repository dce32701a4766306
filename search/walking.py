"""Going through all hits, page after page, as deep as they reach (đi hết danh sách).

The hits that are ordered here are fixed with the first page; the rest is read by place in the order, never
by counting, on one point in time where the back end has such. A position says where to go on; it leaves the
service only sealed (`search.cursors`), so its text can be trusted when it comes back.
"""

import json
from dataclasses import asdict, dataclass, replace

from search.flow import Finder, Row, Selection, Slice, Tail, Where, build_hits, build_page, build_where, solve
from search.index import Order, SearchPage, SearchRequest
from search.queries import WordPlan, check_request
from search.ranking import WINDOW


@dataclass(frozen=True, slots=True)
class Position:
    """Where a walk through the hits stands (vị trí trong danh sách).

    `head` are the ids ordered with the first page, `shown` how many hits have been shown; `opened` and
    `after` tell where the rest goes on.
    """

    selection: Selection
    order: Order
    total: int
    total_relation: str
    head: tuple[str, ...]
    shown: int
    opened: str = ""
    after: tuple[str | int | None, ...] = ()
    words: tuple[str, ...] = ()
    by_number: bool = False


def walk(finder: Finder, request: SearchRequest, at: str | None) -> SearchPage:
    """The first page, or the one at a position; `following` of the page says where to go on."""
    return _start(finder, request) if at is None else _continue(finder, request, _parse(at))


def stop(finder: Finder, at: str) -> None:
    """Let go of what a walk holds open in the index, before its end."""
    finder.close(_parse(at).opened)


def _format(position: Position) -> str:
    return json.dumps(asdict(position), ensure_ascii=False, separators=(",", ":"))


def _parse(text: str) -> Position:
    """A position out of its text."""
    found = json.loads(text)
    selection = found.pop("selection")
    plan = selection["words"]
    words = plan and WordPlan(
        tuple(plan["folded"]), tuple(plan["accented"]), tuple(plan["others"]), plan["required"]
    )
    lists = {name: tuple(found.pop(name)) for name in ("head", "after", "words")}
    return Position(
        selection=Selection(tuple(selection["keys"]), words),
        order=Order(found.pop("order")),
        **lists,
        **found,
    )


def _start(finder: Finder, request: SearchRequest) -> SearchPage:
    """The first page (`run_search`) and where to go on; only a page without offset can be gone on from."""
    where, answer = solve(finder, request)
    page = build_page(finder, request, where, answer)
    found, rows = answer.found, answer.rows
    is_over = not rows or (len(rows) >= found.total and found.total_relation == "eq")
    if request.offset or is_over:
        return replace(page, before=request.offset)
    # Without words every hit is as relevant as another, and numbers beyond the head are: newest first.
    is_by_date = request.order is Order.RELEVANCE and answer.selection.words is None
    following = Position(
        answer.selection,
        Order.NEWEST if is_by_date else request.order,
        found.total,
        found.total_relation,
        answer.head,
        len(rows),
        after=() if answer.head else rows[-1].place,
        words=answer.words,
        by_number=answer.by_number,
    )
    return replace(page, following=_format(following))


def _continue(finder: Finder, request: SearchRequest, position: Position) -> SearchPage:
    """The page at a position, under the request's scope and filters of now.

    Raises what `run_search` raises, `BadQuery` when the index no longer holds the state that was read.
    """
    check_request(request)
    where = build_where(request)
    position = _lengthen_head(finder, where, position, request.limit)
    rows = _read_head(finder, where, position, request.limit)
    shown = max(position.shown, min(position.shown + request.limit, len(position.head)))
    is_over = shown == position.total and position.total_relation == "eq" and bool(position.head)
    opened, after = position.opened, position.after
    if len(rows) < request.limit and not is_over:
        tail, opened = _read_tail(finder, where, position, request.limit - len(rows))
        is_over = len(tail) <= request.limit - len(rows)
        rows = [*rows, *tail][: request.limit]
        after = rows[-1].place if tail else after
        shown += len(tail) - (not is_over)
    hits = build_hits(finder, request, where, rows, position.words)
    page = SearchPage(
        hits, position.total, position.total_relation, by_number=position.by_number, before=position.shown
    )
    if is_over:
        finder.close(opened)
        return page
    return replace(page, following=_format(replace(position, shown=shown, opened=opened, after=after)))


def _lengthen_head(finder: Finder, where: Where, position: Position, limit: int) -> Position:
    """The position with all hits of the window in its head, once the walk comes to the end of the head."""
    head, is_ranked = (
        position.head,
        position.order is Order.RELEVANCE and position.selection.words is not None,
    )
    is_needed = position.shown + limit > len(head) < min(WINDOW, position.total)
    if not (head and is_ranked and is_needed) or position.opened:
        return position
    found = finder.find(position.selection, where, Slice(Order.RELEVANCE, 0, WINDOW, with_words=True))
    more = tuple(row.id for row in found.rows if row.id not in head)
    return replace(position, head=(head + more)[:WINDOW])


def _read_head(finder: Finder, where: Where, position: Position, limit: int) -> list[Row]:
    """The next of the hits fixed with the first page; what was deleted meanwhile is left out."""
    ids = position.head[position.shown : position.shown + limit]
    found = finder.find_rows(ids, where) if ids else {}
    return [found[one] for one in ids if one in found]


def _read_tail(finder: Finder, where: Where, position: Position, limit: int) -> tuple[list[Row], str]:
    """Hits after the head, one more than wanted where there are more, and what names the state read."""
    tail = Tail(position.order, limit + 1, position.opened, position.after, position.head)
    return finder.find_tail(position.selection, where, tail)
