"""The same records and questions on FTS5 and on a real Elasticsearch give the same answers."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from records.access import Scope
from records.sql.engine import make_engine
from records.states import Confidentiality
from search.access import AccessScope
from search.document import IndexDocument
from search.elastic import ElasticIndex, make_client
from search.embedded import EmbeddedIndex
from search.index import Facet, Filters, Order, SearchIndex, SearchRequest
from search.text import fold

pytestmark = pytest.mark.elastic

SCOPES = (
    AccessScope(Scope(None)),
    AccessScope(Scope(frozenset({"H15.01", "H15.02"})), Scope(frozenset({"H15.01"}))),
)
UNITS = ("H15.01", "H15.02", "H15.03", "H15.04")
PLACES = ("xã Ea Súp", "phường Tân An", "xã Krông Bông", "xã M’Drắk", "phường Buôn Hồ", "xã Hòa Phú")
ACTS = (
    "thu hồi đất", "giao đất", "cấp giấy phép xây dựng", "hỗ trợ tái định cư", "công nhận kết quả thi tuyển",
    "phê duyệt quy hoạch chi tiết", "bổ nhiệm cán bộ quản lý", "chuyển mục đích sử dụng đất",
    "khen thưởng tập thể", "thành lập hội đồng thẩm định",
)  # fmt: skip
PEOPLE = ("Nguyễn Văn Thử", "Trần Thị Mẫu", "Y Blăk Niê", "Lê Hoàng Giả", "Phạm Thuý Ví", "H’Mai Dụ")
KINDS = (("Quyết định", "QĐ"), ("Thông báo", "TB"), ("Kế hoạch", "KH"), ("Giấy phép xây dựng", "GPXD"))


def build_documents() -> list[IndexDocument]:
    """300 invented records, the same at every run."""
    chance = random.Random(20260401)
    documents: list[IndexDocument] = []
    for at in range(300):
        kind, sign = chance.choice(KINDS)
        act, place, person = chance.choice(ACTS), chance.choice(PLACES), chance.choice(PEOPLE)
        unit = chance.choice(UNITS)
        filler = " ".join(
            f"Điều {item}. {chance.choice(ACTS)} tại {chance.choice(PLACES)}." for item in range(1, 4)
        )
        documents.append(
            IndexDocument(
                f"r{at:03d}", 1, f"{kind} về việc {act} tại {place}", f"Đối với {person}. {filler}",
                f"{chance.randint(1, 60)}/{sign}-UBND", f"Ủy ban nhân dân {place}", kind,
                date(2021, 1, 1) + timedelta(days=chance.randint(0, 1600)), unit, (unit, "H15"),
                Confidentiality.RESTRICTED if at % 10 == 0 else Confidentiality.NORMAL,
            )
        )  # fmt: skip
    return documents


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


def describe(index: SearchIndex, request: SearchRequest) -> tuple[object, ...]:
    """What must be equal: every hit over all pages, the first, total, facets and how the text was taken."""
    page = index.search(request)
    ids = [hit.id for hit in page.hits]
    later = range(request.limit, page.total, request.limit)
    found = {*ids, *(hit.id for at in later for hit in index.search(replace(request, offset=at)).hits)}
    assert len(found) == page.total
    return found, ids[:1], page.total, dict(page.facets), page.is_relaxed, page.by_number, page.corrected


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
