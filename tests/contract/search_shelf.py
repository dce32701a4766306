"""Sample documents, an index of each kind to put them in, and short ways to ask it."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
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
from search.index import SearchIndex, SearchPage, SearchRequest

EVERYTHING = AccessScope(Scope(None), Scope(None), Scope(None))
ORDINARY = AccessScope(Scope(None))

DOCUMENTS = (
    IndexDocument(
        "d1", 1, "Quyết định thu hồi đất", "Thu hồi đất của hộ ông Nguyễn Văn Thử tại xã Ea Súp.",
        "15/QĐ-UBND", "Ủy ban nhân dân tỉnh Đắk Lắk", "Quyết định", date(2024, 3, 1), "H15.01",
        ("H15.01", "H15"), result_type="KQ.G15.000031", state="con_hieu_luc", owner_key="khoa-1",
    ),
    IndexDocument(
        "d2", 1, "Quyết định giao đất", "Giao đất cho hộ bà Trần Thị Mẫu.", "15/QĐ-UBND",
        "Ủy ban nhân dân xã Hòa Phú, tỉnh Đắk Lắk", "Quyết định", date(2023, 5, 2),
        "H15.02", ("H15.02", "H15"),
        state="bi_thu_hoi", signer="Lê Văn Ký",
    ),
    IndexDocument(
        "d3", 1, "Giấy phép xây dựng nhà ở", "Cấp phép xây dựng tại tỉnh Đắk Lắk.", "9/GPXD-SXD",
        "Sở Xây dựng", "Giấy phép xây dựng", date(2025, 1, 9), "H15.01", ("H15.01", "H15"),
    ),
    IndexDocument(
        "d4", 1, "Hồ sơ tình hình", "Tình hình thu chi của đơn vị.", "101/BC-UBND",
        "Ủy ban nhân dân tỉnh Đắk Lắk", "Báo cáo", None, "H15.01", ("H15.01", "H15"),
    ),
    IndexDocument(
        "mat1", 1, "Báo cáo thanh tra nội bộ", "Nội dung hạn chế về thu hồi đất.", "7/BC-TTr",
        "Thanh tra tỉnh", "Báo cáo", date(2025, 6, 1), "H15.01", ("H15.01", "H15"),
        secrecy=Confidentiality.RESTRICTED,
    ),
)  # fmt: skip

BACK_ENDS = ["embedded", pytest.param("elastic", marks=pytest.mark.elastic)]


@contextmanager
def opened(request: pytest.FixtureRequest, folder: Path) -> Generator[SearchIndex]:
    """An empty index of the kind the fixture was asked for."""
    if request.param == "embedded":
        engine = make_engine(f"sqlite:///{folder / 'index.db'}")
        yield EmbeddedIndex(engine)
        engine.dispose()
        return
    elastic = ElasticIndex(make_client([request.getfixturevalue("elastic_url")]), f"t{uuid4().hex[:12]}")
    elastic.ensure()
    yield elastic
    elastic.remove()


def find(index: SearchIndex, text: str, scope: AccessScope = ORDINARY, **options: object) -> SearchPage:
    """One search."""
    return index.search(SearchRequest(text, scope, **options))  # type: ignore[arg-type]


def ids(page: SearchPage) -> list[str]:
    """The ids of the page's hits."""
    return [hit.id for hit in page.hits]
