"""The same records and questions on FTS5 and on a real Elasticsearch give the same answers."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest

from records.access import Scope
from records.sql.engine import make_engine
from search.access import AccessScope
from search.elastic import ElasticIndex, make_client
from search.embedded import EmbeddedIndex
from search.index import Facet, Filters, Order, SearchRequest
from search.text import fold
from tests.parity import ACTS, KINDS, PEOPLE, PLACES, build_documents, describe

pytestmark = pytest.mark.elastic

SCOPES = (
    AccessScope(Scope(None)),
    AccessScope(Scope(frozenset({"H15.01", "H15.02"})), Scope(frozenset({"H15.01"}))),
)


def build_questions() -> list[SearchRequest]:
    """Words with and without accents, misspelt words, long questions, numbers, listings under filters."""
    chance = random.Random(7)
    texts = [f"{act} {place}" for act in ACTS for place in PLACES[:3]]
    texts += [fold(text) for text in texts[::2]] + list(PEOPLE) + [fold(person) for person in PEOPLE]
    texts += ["giấy phép xây dưngj", "thu hồii đất tân an", "quy hoạhc chi tiết"]
    texts += [
        f"Hộ {p} có được {a} tại {w} theo quyết định của ủy ban không?"
        for p, a, w in zip(PEOPLE, ACTS[:6], PLACES, strict=True)
    ]
    texts += [f"{n}/{sign}-UBND" for n in (3, 17, 42, 59) for _, sign in KINDS]
    texts += [f"{kind.lower()} {n}" for n in (5, 21) for kind, _ in KINDS] + [
        "17 qd ubnd xa ea sup",
        "tỉnh",
        "",
    ]
    requests = [
        SearchRequest(text, chance.choice(SCOPES), limit=200, facets=(Facet.KIND, Facet.YEAR))
        for text in texts
    ]
    filters = (
        Filters(kinds=("Quyết định",)),
        Filters(units=("H15.02",)),
        Filters(issued_from=date(2023, 1, 1), issued_to=date(2023, 12, 31)),
    )
    requests += [
        SearchRequest(text, SCOPES[0], one, limit=200) for text in ("đất", "", "xây dựng") for one in filters
    ]
    return requests + [SearchRequest("đất", SCOPES[1], order=order, limit=200) for order in Order]


@pytest.fixture(scope="module")
def both(
    elastic_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[EmbeddedIndex, ElasticIndex]]:
    """Both indices with the same records."""
    folder: Path = tmp_path_factory.mktemp("parity")
    engine = make_engine(f"sqlite:///{folder / 'index.db'}")
    embedded = EmbeddedIndex(engine)
    elastic = ElasticIndex(make_client([elastic_url]), f"p{uuid4().hex[:12]}")
    for index in (embedded, elastic):
        index.upsert(build_documents())
        index.refresh()
    yield embedded, elastic
    elastic.remove()
    engine.dispose()


def test_same_hits_and_same_first_hit(both: tuple[EmbeddedIndex, ElasticIndex]) -> None:
    """Every question has the same hits, first hit, total and facets on both; many have more than three."""
    embedded, elastic = both
    several = 0
    for request in build_questions():
        found = describe(embedded, request)
        assert found == describe(elastic, request), request.text
        several += int(str(found[2])) > 3
    assert several >= 20


def test_same_versions_listed(both: tuple[EmbeddedIndex, ElasticIndex]) -> None:
    """Both list the same ids and versions in the same order."""
    embedded, elastic = both
    assert list(embedded.ids_with_versions()) == list(elastic.ids_with_versions())
