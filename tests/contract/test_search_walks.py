"""Going through all hits, and documents like a given one, on both back ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from records.access import Scope
from search.access import AccessScope
from search.document import IndexDocument
from search.errors import BadQuery
from search.index import Order, SearchIndex, SearchPage, SearchRequest
from tests.contract.search_shelf import BACK_ENDS, DOCUMENTS, EVERYTHING, ORDINARY, find, ids, opened


@pytest.fixture(params=BACK_ENDS)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    """An empty index of each kind."""
    with opened(request, tmp_path) as index:
        yield index


@pytest.fixture(scope="module", params=BACK_ENDS)
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    """An index with the sample documents, only to read."""
    with opened(request, tmp_path_factory.mktemp("shelf")) as index:
        index.upsert(DOCUMENTS)
        index.refresh()
        yield index


def walk(index: SearchIndex, text: str, scope: AccessScope = ORDINARY, **options: object) -> list[SearchPage]:
    """Every page of a walk."""
    request = SearchRequest(text, scope, **options)  # type: ignore[arg-type]
    pages = [index.walk(request)]
    while pages[-1].following is not None:
        assert len(pages) < 200
        pages.append(index.walk(request, pages[-1].following))
    return pages


def fill(index: SearchIndex, count: int) -> list[IndexDocument]:
    """So many documents that all match "kế hoạch", some without a date."""
    documents = [
        IndexDocument(
            f"k{at:04}", 1, f"Kế hoạch {at % 17}", "kế hoạch " * (at % 7 + 1), f"{at % 31}/KH-UBND",
            issued=date(2020 + at % 5, 1 + at % 12, 1) if at % 10 else None, unit=f"H15.0{at % 2 + 1}",
        )
        for at in range(count)
    ]  # fmt: skip
    index.upsert(documents)
    index.refresh()
    return documents


class TestWalks:
    """Going through all hits."""

    @pytest.mark.parametrize("order", list(Order))
    @pytest.mark.parametrize("text", ["kế hoạch", "", "kế hoạch số 3/KH-UBND"])
    def test_shows_every_hit_once(self, index: SearchIndex, order: Order, text: str) -> None:
        """Whatever the order, the pages together are all hits, each once, and say where they stand."""
        fill(index, 260)
        pages = walk(index, text, order=order, limit=30)
        seen = [hit.id for page in pages for hit in page.hits]
        assert len(seen) == len(set(seen)) == pages[0].total
        assert [page.before for page in pages] == list(range(0, len(seen), 30))

    def test_follows_the_order_asked_for(self, index: SearchIndex) -> None:
        """A walk by a field is in the order of one long page."""
        fill(index, 120)
        for order in (Order.NEWEST, Order.OLDEST, Order.NUMBER, Order.TITLE):
            whole = ids(find(index, "kế hoạch", order=order, limit=200))
            assert [
                one for page in walk(index, "kế hoạch", order=order, limit=7) for one in ids(page)
            ] == whole

    def test_begins_with_the_best(self, index: SearchIndex) -> None:
        """A walk by relevance begins like the search itself."""
        fill(index, 150)
        whole = ids(find(index, "kế hoạch 7", limit=100))
        seen = [one for page in walk(index, "kế hoạch 7", limit=20) for one in ids(page)]
        assert seen[:100] == whole

    @pytest.mark.parametrize("order", [Order.RELEVANCE, Order.NEWEST, Order.TITLE])
    def test_stands_still_while_others_write(self, index: SearchIndex, order: Order) -> None:
        """What did not change is shown once, though papers come and go between the pages."""
        documents = fill(index, 240)
        request = SearchRequest("kế hoạch", ORDINARY, order=order, limit=40)
        page = index.walk(request)
        seen = ids(page)
        gone: set[str] = set()
        turn = 0
        while page.following is not None:
            turn += 1
            index.delete(documents[turn].id, 9)
            gone.add(documents[turn].id)
            index.upsert([replace(documents[0], id=f"new{turn}", issued=date(2030, 1, turn))])
            index.refresh()
            page = index.walk(request, page.following)
            seen += ids(page)
        assert len(seen) == len(set(seen))
        kept = {document.id for document in documents} - gone
        assert kept <= set(seen)

    def test_a_walk_keeps_to_the_scope(self, index: SearchIndex) -> None:
        """Every page holds only what the searcher may see by then, even if it was asked with more."""
        fill(index, 120)
        page = index.walk(SearchRequest("kế hoạch", ORDINARY, limit=20))
        narrow = SearchRequest("kế hoạch", AccessScope(Scope(frozenset({"H15.02"}))), limit=20)
        while page.following is not None:
            page = index.walk(narrow, page.following)
            assert {hit.unit for hit in page.hits} <= {"H15.02"}

    def test_a_walk_can_be_left(self, index: SearchIndex) -> None:
        """Stopping twice is no error; what is gone cannot be read on."""
        fill(index, 150)
        request = SearchRequest("", ORDINARY, limit=50)
        first = index.walk(request)
        assert first.following is not None
        second = index.walk(request, first.following)
        assert second.following is not None
        index.stop(second.following)
        index.stop(second.following)
        try:
            third = index.walk(request, second.following)
        except BadQuery as gone:
            # The server let go of the state that was read; the embedded index reads on by place alone.
            assert "hãy tìm lại" in gone.text_vi
        else:
            assert len(third.hits) == 50


class TestSimilar:
    """Documents like a given one."""

    def test_finds_what_shares_telling_words(self, shelf: SearchIndex) -> None:
        """The paper on the same matter comes first, and never the paper itself."""
        page = shelf.more_like("d1", SearchRequest("", ORDINARY))
        assert "d1" not in ids(page)
        assert ids(page)[0] == "d2"

    def test_keeps_to_the_scope(self, shelf: SearchIndex) -> None:
        """Nothing is like a paper one may not see, and nothing one may not see is shown."""
        assert ids(shelf.more_like("mat1", SearchRequest("", ORDINARY))) == []
        elsewhere = AccessScope(Scope(frozenset({"H15.02"})))
        assert ids(shelf.more_like("d1", SearchRequest("", elsewhere))) == []
        assert "mat1" not in ids(shelf.more_like("d1", SearchRequest("", ORDINARY)))
        assert "mat1" in ids(shelf.more_like("d1", SearchRequest("", EVERYTHING)))

    def test_unknown_paper_has_none(self, shelf: SearchIndex) -> None:
        """An id that is not there is answered with nothing."""
        assert ids(shelf.more_like("khong-co", SearchRequest("", EVERYTHING))) == []
