"""Invented documents and what two indices must agree on (mẫu so sánh hai chỉ mục), for every parity test."""

import random
from dataclasses import replace
from datetime import date, timedelta

from records.states import Confidentiality
from search.document import IndexDocument
from search.index import SearchIndex, SearchRequest

PROVINCE = "H15"
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
    """300 invented records in four units, every tenth restricted; the same at every run."""
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
                date(2021, 1, 1) + timedelta(days=chance.randint(0, 1600)), unit, (unit, PROVINCE),
                Confidentiality.RESTRICTED if at % 10 == 0 else Confidentiality.NORMAL,
            )
        )  # fmt: skip
    return documents


def describe(index: SearchIndex, request: SearchRequest) -> tuple[object, ...]:
    """What must be equal: every hit over all pages, the first, total, facets and how the text was taken."""
    page = index.search(request)
    ids = [hit.id for hit in page.hits]
    later = range(request.limit, page.total, request.limit)
    found = {*ids, *(hit.id for at in later for hit in index.search(replace(request, offset=at)).hits)}
    assert len(found) == page.total
    return found, ids[:1], page.total, dict(page.facets), page.is_relaxed, page.by_number, page.corrected
