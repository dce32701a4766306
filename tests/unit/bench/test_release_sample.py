"""The release report on generated papers: what stands for the person's confirmation, and the page."""

from datetime import UTC, datetime

from bench.paper_reader import ReadPaper
from bench.papers import QUALITIES, PaperCase
from bench.release import build_confirmed, build_document
from ocr.types import FieldCandidate, PageText, Quality, QualityVerdict

AT = datetime(2026, 3, 2, tzinfo=UTC)
PAGE = PageText(10, 10, 200, 0, 0.0, Quality(QualityVerdict.GOOD))


def _paper(seed: int) -> ReadPaper:
    truth = {"nguoi_ky": "Lý Thị Bưởi", "trich_yeu": "Về việc A"}
    case = PaperCase(seed, QUALITIES[0], b"", "jpg", (), truth)
    read = [("trich_yeu", "Về việc A"), ("dia_danh", "Đồng Lau"), ("so_ky_hieu", None)]
    fields = tuple(FieldCandidate(name, value, "", 0.9, 0, None, False) for name, value in read)
    return ReadPaper(case, PAGE, fields)


def test_truth_stands_for_the_person() -> None:
    """What was read lies beside what is on the paper; either may be missing."""
    found = {one.name: (one.value, one.proposed) for one in build_confirmed(_paper(1), AT)}
    assert found == {
        "nguoi_ky": ("Lý Thị Bưởi", None),
        "trich_yeu": ("Về việc A", "Về việc A"),
        "dia_danh": (None, "Đồng Lau"),
        "so_ky_hieu": (None, None),
    }


def test_page_says_what_it_is_made_of_and_that_it_releases_nothing() -> None:
    """Date, number of papers, counts by field and quality."""
    text = build_document([_paper(seed) for seed in range(1200)], "fast", AT)
    assert "ngày 02/03/2026: 1.200 trang" in text
    assert "| Trích yếu nội dung | Chưa đủ số liệu | 1.200 | 1.200 | 0 | 0,900 | 100,00 % | 0 / " in text
    assert "| Địa danh | Chưa đủ số liệu | 1.200 | 1.200 | 1.200 |" in text
    assert "| sạch, 200 dpi | 1.200 | 2.400 | 50,00 % |" in text
    assert "Đủ điều kiện miễn" not in text
