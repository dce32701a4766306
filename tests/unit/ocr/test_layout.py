"""Reading order and zones from words alone."""

from ocr.engine import EngineWord
from ocr.layout import find_layout
from ocr.types import Box
from ocr.zones import name_zones

WIDTH, HEIGHT = 1000, 1400


def line(number: int, y: int, *parts: tuple[int, str], confidence: float = 0.95) -> list[EngineWord]:
    """Words of one line as the reader groups them; each part starts at its own x, eight pixels a letter."""
    words: list[EngineWord] = []
    for x, text in parts:
        for word in text.split():
            box = Box(x, y, x + 8 * len(word), y + 20)
            words.append(EngineWord(word, confidence, box, 1, number))
            x = box.x1 + 6
    return words


def zoned(words: list[EngineWord]) -> list[tuple[str, str]]:
    """(zone, text) of each line in reading order."""
    layout = find_layout(words, WIDTH, HEIGHT)
    zones = name_zones(layout)
    return [(zones[number], segment.text) for number, segment in enumerate(layout.segments)]


def test_glued_header_columns_are_parted_and_named() -> None:
    """Lines that the reader glued over both header columns come apart, left column first."""
    words = [
        *line(1, 100, (100, "UBND TỈNH HOÀ MẪU"), (400, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        *line(2, 130, (120, "SỞ XÂY DỰNG"), (480, "Độc lập - Tự do - Hạnh phúc")),
        *line(3, 170, (110, "Số: 12/QĐ-SXD"), (460, "Hoà Mẫu, ngày 05 tháng 02 năm 2026")),
        *line(4, 240, (440, "QUYẾT ĐỊNH")),
        *line(5, 270, (390, "Về việc cấp giấy phép")),
        *line(6, 340, (150, "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 về công tác")),
    ]
    assert zoned(words) == [
        ("co_quan", "UBND TỈNH HOÀ MẪU"),
        ("co_quan", "SỞ XÂY DỰNG"),
        ("so_ky_hieu", "Số: 12/QĐ-SXD"),
        ("quoc_hieu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("quoc_hieu", "Độc lập - Tự do - Hạnh phúc"),
        ("ngay", "Hoà Mẫu, ngày 05 tháng 02 năm 2026"),
        ("ten_loai", "QUYẾT ĐỊNH"),
        ("trich_yeu", "Về việc cấp giấy phép"),
        ("noi_dung", "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 về công tác"),
    ]


def test_agency_that_begins_like_a_number_stays_an_agency() -> None:
    """ "SỞ" without marks reads like "Số", yet it is an agency."""
    words = [
        *line(1, 100, (100, "SỞ TƯ PHÁP"), (400, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        *line(2, 130, (110, "Số: 9/TB-STP"), (480, "Độc lập - Tự do - Hạnh phúc")),
    ]
    assert zoned(words)[:2] == [("co_quan", "SỞ TƯ PHÁP"), ("so_ky_hieu", "Số: 9/TB-STP")]


def test_recipients_and_signature_are_parted() -> None:
    """The list of recipients and the signature block beside it are two columns."""
    words = [
        *line(1, 800, (150, "Các đơn vị chịu trách nhiệm thi hành Quyết định này kể từ ngày ký ban hành.")),
        *line(2, 900, (100, "Nơi nhận:"), (600, "KT. CHỦ TỊCH")),
        *line(3, 930, (100, "- Như trên;"), (600, "PHÓ CHỦ TỊCH")),
        *line(4, 1100, (600, "Lê Thị Thử")),
    ]
    assert [zone for zone, _ in zoned(words)] == ["noi_dung", "noi_nhan", "noi_nhan", "ky", "ky", "ky"]


def test_specks_are_left_out() -> None:
    """Marks without a letter that the reader doubts are no words."""
    words = [*line(1, 800, (100, "Điều 1.")), *line(2, 850, (100, "| ~"), confidence=0.2)]
    assert [text for _, text in zoned(words)] == ["Điều 1."]


def test_next_page_keeps_the_readers_order_and_finds_its_number() -> None:
    """A page without header is body; a lone figure in the top margin is the page number."""
    words = [*line(1, 60, (495, "2")), *line(2, 200, (100, "tiếp theo trang trước"))]
    assert zoned(words) == [("so_trang", "2"), ("noi_dung", "tiếp theo trang trước")]
