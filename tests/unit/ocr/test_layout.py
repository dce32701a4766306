"""Reading order and zones from words, and from the rules drawn around table cells."""

import random

import cv2
import numpy as np
import pytest

from ocr.engine import EngineWord, Grey
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


def zoned(words: list[EngineWord], image: Grey | None = None) -> list[tuple[str, str]]:
    """(zone, text) of each line in reading order."""
    layout = find_layout(words, WIDTH, HEIGHT, image)
    zones = name_zones(layout)
    return [(zones[number], segment.text) for number, segment in enumerate(layout.segments)]


def shuffled(words: list[EngineWord]) -> list[EngineWord]:
    """The same lines as a line detector gives them: each its own block, in any order."""
    numbers = sorted({(word.block, word.line) for word in words})
    random.Random(7).shuffle(numbers)
    return [word for number in numbers for word in words if (word.block, word.line) == number]


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
        ("quoc_hieu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("quoc_hieu", "Độc lập - Tự do - Hạnh phúc"),
        ("so_ky_hieu", "Số: 12/QĐ-SXD"),
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
    found = zoned(words)
    assert found[0] == ("co_quan", "SỞ TƯ PHÁP")
    assert found[-1] == ("so_ky_hieu", "Số: 9/TB-STP")


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


def test_official_letter_from_a_line_detector_reads_in_order() -> None:
    """Lines in any order come out as agency, motto, number, date, subject; the digital mark stands first."""
    words = [
        *line(1, 20, (650, "Người ký: Sở Nội vụ")),
        *line(2, 100, (100, "UBND TỈNH HOÀ MẪU")),
        *line(3, 130, (120, "SỞ NỘI VỤ")),
        *line(4, 100, (480, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        *line(5, 130, (520, "Độc lập - Tự do - Hạnh phúc")),
        *line(6, 170, (110, "Số:")),
        *line(7, 170, (200, "/SNV-VP")),
        *line(8, 170, (520, "Hoà Mẫu, ngày 05 tháng 02 năm 2026")),
        *line(9, 200, (100, "V/v chỉnh lý tài liệu")),
        *line(10, 222, (100, "tồn đọng")),
        *line(11, 300, (300, "Kính gửi: Các sở, ban, ngành.")),
    ]
    assert zoned(shuffled(words)) == [
        ("ky_so", "Người ký: Sở Nội vụ"),
        ("co_quan", "UBND TỈNH HOÀ MẪU"),
        ("co_quan", "SỞ NỘI VỤ"),
        ("quoc_hieu", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("quoc_hieu", "Độc lập - Tự do - Hạnh phúc"),
        ("so_ky_hieu", "Số: /SNV-VP"),
        ("ngay", "Hoà Mẫu, ngày 05 tháng 02 năm 2026"),
        ("trich_yeu", "V/v chỉnh lý tài liệu"),
        ("trich_yeu", "tồn đọng"),
        ("noi_dung", "Kính gửi: Các sở, ban, ngành."),
    ]


def copied_decision() -> list[EngineWord]:
    """The end of a decision with a copy block under it."""
    return [
        *line(1, 500, (150, "Các đơn vị chịu trách nhiệm thi hành Quyết định này kể từ ngày ký ban hành.")),
        *line(2, 560, (100, "Nơi nhận:"), (600, "KT. CHỦ TỊCH")),
        *line(3, 590, (100, "- Như trên."), (600, "PHÓ CHỦ TỊCH")),
        *line(4, 720, (600, "Lê Thị Thử")),
        *line(5, 800, (100, "UBND TỈNH HOÀ MẪU")),
        *line(6, 830, (120, "SỞ NỘI VỤ"), (640, "SAO Y")),
        *line(7, 870, (110, "Số: 45/SY-SNV"), (560, "Hoà Mẫu, ngày 09 tháng 3 năm 2026")),
        *line(8, 930, (100, "Nơi nhận:"), (600, "TL. GIÁM ĐỐC")),
        *line(9, 960, (100, "- Lưu: VT."), (600, "CHÁNH VĂN PHÒNG")),
        *line(10, 1100, (600, "Phạm Văn Giả")),
    ]


def test_copy_block_is_cut_from_the_original() -> None:
    """Number, date, recipients and signer of a copy stand in zones of their own after the original's."""
    assert zoned(shuffled(copied_decision()))[1:] == [
        ("noi_nhan", "Nơi nhận:"),
        ("noi_nhan", "- Như trên."),
        ("ky", "KT. CHỦ TỊCH"),
        ("ky", "PHÓ CHỦ TỊCH"),
        ("ky", "Lê Thị Thử"),
        ("sao_co_quan", "UBND TỈNH HOÀ MẪU"),
        ("sao_co_quan", "SỞ NỘI VỤ"),
        ("sao_hinh_thuc", "SAO Y"),
        ("sao_so_ky_hieu", "Số: 45/SY-SNV"),
        ("sao_ngay", "Hoà Mẫu, ngày 09 tháng 3 năm 2026"),
        ("sao_noi_nhan", "Nơi nhận:"),
        ("sao_noi_nhan", "- Lưu: VT."),
        ("sao_ky", "TL. GIÁM ĐỐC"),
        ("sao_ky", "CHÁNH VĂN PHÒNG"),
        ("sao_ky", "Phạm Văn Giả"),
    ]


@pytest.mark.parametrize("kind", ["SAOY", "SA0 V", ""])
def test_copy_block_whose_kind_was_misread_is_cut_all_the_same(kind: str) -> None:
    """Else the copy's signer and recipients would pass for the original's."""
    words = [word for word in copied_decision() if word.text not in {"SAO", "Y"}]
    found = zoned(shuffled([*words, *line(6, 830, (640, kind))]))
    assert [text for zone, text in found if zone == "ky"] == ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Thị Thử"]
    assert [text for zone, text in found if zone == "sao_ky"][-1] == "Phạm Văn Giả"
    assert ("sao_so_ky_hieu", "Số: 45/SY-SNV") in found
    assert ("sao_co_quan", "SỞ NỘI VỤ") in found


def test_copy_number_named_in_the_text_cuts_nothing() -> None:
    """A number of a copy inside a sentence begins no copy block."""
    words = [word for word in copied_decision() if word.line < 5]
    text = line(11, 440, (100, "Số: 45/SY-SNV ngày 09 tháng 3 năm 2026 và các bản sao khác đã được cấp."))
    assert not [zone for zone, _ in zoned([*text, *words]) if zone.startswith("sao_")]


def test_copy_block_on_a_page_of_its_own_is_no_original() -> None:
    """A copy block behind the original, on the next page, names no zone of an original."""
    behind = [word for word in copied_decision() if word.line > 4]
    assert {zone.split("_")[0] for zone, _ in zoned(behind)} == {"sao"}


def test_mark_of_an_electronic_copy_over_the_header_cuts_nothing() -> None:
    """ "SAO Y" in the upper corner stands in the margin; the original's header follows."""
    words = [
        *line(1, 20, (800, "SAO Y")),
        *line(2, 100, (100, "UBND TỈNH HOÀ MẪU"), (400, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")),
        *line(3, 170, (110, "Số: 12/QĐ-SXD"), (460, "Hoà Mẫu, ngày 05 tháng 02 năm 2026")),
    ]
    zones = [zone for zone, _ in zoned(words)]
    assert zones == ["sao_hinh_thuc", "co_quan", "quoc_hieu", "so_ky_hieu", "ngay"]


def test_certified_copy_keeps_its_number_apart() -> None:
    """A certification under the text (decree 23/2015) is a copy block too."""
    words = [
        *line(1, 500, (100, "Giấy này có giá trị đến hết ngày 31 tháng 12 năm 2027 trên toàn quốc.")),
        *line(2, 800, (300, "CHỨNG THỰC BẢN SAO ĐÚNG VỚI BẢN CHÍNH")),
        *line(3, 840, (300, "Số chứng thực: 123 Quyển số: 01")),
        *line(4, 880, (300, "Ngày 09 tháng 3 năm 2026")),
    ]
    assert [zone for zone, _ in zoned(words)] == ["noi_dung", "sao_hinh_thuc", "sao_so_ky_hieu", "sao_ngay"]


def test_two_parties_sign_one_after_the_other() -> None:
    """Signature blocks side by side read column by column, both as signatures."""
    words = [
        *line(1, 700, (100, "Biên bản kết thúc vào hồi 16 giờ cùng ngày và được hai bên thông qua./.")),
        *line(2, 800, (100, "THƯ KÝ"), (650, "CHỦ TỌA")),
        *line(3, 950, (100, "Lê Thị Thử"), (650, "Phạm Văn Giả")),
    ]
    assert zoned(words)[1:] == [
        ("ky", "THƯ KÝ"),
        ("ky", "Lê Thị Thử"),
        ("ky", "CHỦ TỌA"),
        ("ky", "Phạm Văn Giả"),
    ]


def test_recipients_that_begin_under_the_authority_stay_out_of_the_body() -> None:
    """A signature block that begins a line above "Nơi nhận" is no running text; the page number is last."""
    words = [
        *line(1, 700, (100, "phạm chịu trách nhiệm thi hành Quyết định này./.")),
        *line(2, 760, (650, "KT. BỘ TRƯỞNG")),
        *line(3, 775, (100, "Nơi nhận:")),
        *line(4, 790, (650, "THỨ TRƯỞNG")),
        *line(5, 1350, (495, "2")),
    ]
    assert [zone for zone, _ in zoned(words)] == ["noi_dung", "noi_nhan", "ky", "ky", "so_trang"]


def ruled_table(columns: tuple[int, ...], rows: tuple[int, ...]) -> Grey:
    """A white page with the lines of a table at the given places."""
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for y in rows:
        cv2.line(page, (columns[0], y), (columns[-1], y), 0, 2)
    for x in columns:
        cv2.line(page, (x, rows[0]), (x, rows[-1]), 0, 2)
    return page


def test_table_cells_read_row_by_row_whatever_the_reader_glued() -> None:
    """Cells of several lines stay whole, rows come one after the other, text goes on above and below."""
    image = ruled_table((90, 200, 560, 900), (300, 350, 440))
    words = [
        *line(1, 250, (100, "Danh sách kèm theo:")),
        *line(2, 315, (110, "TT"), (230, "Nội dung"), (600, "Kinh phí")),
        *line(3, 365, (110, "1"), (230, "Chỉnh lý tài liệu"), (600, "635.950.000")),
        *line(4, 400, (230, "tồn đọng"), (600, "đồng")),
        *line(5, 500, (100, "Tổng cộng một khoản.")),
    ]
    assert zoned(shuffled(words), image) == [
        ("noi_dung", "Danh sách kèm theo:"),
        ("bang", "TT"),
        ("bang", "Nội dung"),
        ("bang", "Kinh phí"),
        ("bang", "1"),
        ("bang", "Chỉnh lý tài liệu"),
        ("bang", "tồn đọng"),
        ("bang", "635.950.000"),
        ("bang", "đồng"),
        ("noi_dung", "Tổng cộng một khoản."),
    ]


def test_columns_of_an_unruled_table_read_row_by_row() -> None:
    """A reader that takes the columns of a table for columns of text is put right."""
    words = [
        *line(1, 300, (100, "TT")),
        *line(2, 340, (100, "1")),
        *line(3, 300, (300, "Nội dung")),
        *line(4, 340, (300, "Hỗ trợ kỹ thuật")),
    ]
    assert [text for _, text in zoned(words)] == ["TT", "Nội dung", "1", "Hỗ trợ kỹ thuật"]


def test_framed_stamp_is_no_table() -> None:
    """A box of rows only, such as a stamp of arrival, makes no table cells."""
    image = ruled_table((90, 420), (300, 350, 400, 450))
    words = [*line(1, 310, (100, "CÔNG VĂN ĐẾN")), *line(2, 360, (100, "Số: 2352"))]
    assert {zone for zone, _ in zoned(words, image)} == {"noi_dung"}


LONG = "tiếp theo trang trước là một dòng chữ dài chạy từ lề trái sang tới tận lề phải của trang giấy này."


def test_stamp_beside_the_text_is_no_part_of_its_lines() -> None:
    """Words that a reader glued to the text from a stamp in the margin come before it, without a zone."""
    words = [word for n in range(8) for word in line(n, 200 + 40 * n, (120, LONG))]
    words += line(3, 320, (20, "ĐẾN"))
    words.sort(key=lambda word: (word.line, word.box.x0))
    assert zoned(words) == [("", "ĐẾN"), *[("noi_dung", LONG)] * 8]


def test_two_columns_of_text_read_one_after_the_other() -> None:
    """A gazette's page is read down its left column first; what runs over both stays in its place."""
    left, right = "dòng bên trái của trang công báo có hai cột", "dòng bên phải của trang công báo có hai cột"
    words = [*line(0, 100, (120, LONG))]
    for n in range(1, 10):
        words += line(2 * n, 100 + 40 * n, (100, left))
        words += line(2 * n + 1, 100 + 40 * n, (540, right))
    assert [text for _, text in zoned(shuffled(words))] == [LONG, *[left] * 9, *[right] * 9]
