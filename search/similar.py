"""Documents like a given one (tương tự): those that share the words that tell it from others.

The words come from the document itself, which the searcher must be allowed to find; how telling they are is
counted over unrestricted documents only.
"""

from collections import Counter
from dataclasses import replace
from math import log

from search.flow import Finder, Row, Selection, Slice, build_hits, build_where
from search.index import Order, SearchPage, SearchRequest
from search.queries import WordPlan, check_request
from search.ranking import WINDOW, Candidate, inverse_frequency, rank
from search.text import is_personal_number

_WORDS = 24
_CONSIDERED = 200
_REQUIRED_SHARE = 0.4
_TITLE_WEIGHT = 2.0


def find_similar(finder: Finder, document_id: str, request: SearchRequest) -> SearchPage:
    """The hits most like a document, best first, without itself; empty when it is out of reach."""
    check_request(request)
    where = build_where(request)
    row = finder.find_rows([document_id], where).get(document_id)
    plan = row and _build_plan(finder, row)
    if not plan:
        return SearchPage((), 0)
    part = Slice(Order.RELEVANCE, 0, WINDOW, with_words=True)
    found = [r for r in finder.find(Selection(words=plan), where, part).rows if r.id != document_id]
    by_id = {one.id: one for one in found}
    candidates = [Candidate(r.id, r.folded, r.exact, r.title_folded, r.issued) for r in found]
    statistics = finder.vocabulary.read_statistics(set(plan.folded), plan.pairs)
    ranked = rank(plan, statistics, candidates)[: request.limit]
    rows = [replace(by_id[candidate.id], score=score) for candidate, score in ranked]
    return SearchPage(build_hits(finder, replace(request, highlight=False), where, rows, ()), len(found))


def _build_plan(finder: Finder, row: Row) -> WordPlan | None:
    """The document's most telling words, in its order; None when it has none."""
    # Papers of the same person are found by owner, by whoever may.
    words = [word for word in row.folded.split(" ") if len(word) > 1 and not is_personal_number(word)]
    counts = Counter(words)
    title = set(row.title_folded.split(" ")) & set(counts)
    considered = {word for word, _ in counts.most_common(_CONSIDERED)} | title
    statistics = finder.vocabulary.read_statistics(considered, ())

    def telling(word: str) -> tuple[float, str]:
        weight = _TITLE_WEIGHT if word in title else 1.0
        return -weight * log(1 + counts[word]) * inverse_frequency(statistics, word), word

    # A word of one document alone leads nowhere.
    shared = (word for word in considered if statistics.frequency(word) > 1)
    chosen = set(sorted(shared, key=telling)[:_WORDS])
    ordered = tuple(word for word in dict.fromkeys(words) if word in chosen)
    return WordPlan(ordered, (), (), max(1, int(len(ordered) * _REQUIRED_SHARE))) if ordered else None
