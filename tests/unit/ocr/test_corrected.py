"""Confirmed values put over what was read: which words change, which stay, what is kept of them."""

import pytest

from ocr.corrected import Correction, correct_page, iter_corrected
from ocr.types import Box, PageText, Quality, QualityVerdict, Word


def read(*lines: str, rotation: int = 0) -> PageText:
    """A page of lines under each other, ten pixels a letter."""
    words: list[Word] = []
    for number, line in enumerate(lines):
        x = 100
        for text in line.split():
            box = Box(x, 100 + 40 * number, x + 10 * len(text), 120 + 40 * number)
            words.append(Word(text, text, 0.6, box, number, "noi_dung"))
            x = box.x1 + 10
    return PageText(1000, 1400, 200, rotation, 0.0, Quality(QualityVerdict.GOOD), tuple(words))


def correct(page: PageText, value: str, *, line: int = 0, is_date: bool = False) -> PageText:
    """The page with the value of a whole line confirmed."""
    words = [word for word in page.words if word.line == line]
    box = Box(words[0].box.x0, words[0].box.y0, words[-1].box.x1, words[0].box.y1)
    raw = " ".join(word.raw for word in words)
    return correct_page(page, Correction(0, box, value, raw, is_date))


@pytest.mark.parametrize(
    ("printed", "value", "shown"),
    [
        ("Nguyễn Thi Vi Du", "Nguyễn Thị Ví Dụ", "Nguyễn Thị Ví Dụ"),
        ("Số: 12/QD-UBND", "12/QĐ-UBND", "Số: 12/QĐ-UBND"),
        ("Số:12/QD-UBND", "12/QĐ-UBND", "Số:12/QĐ-UBND"),
        ("Cấp giấyphép xây dựng", "Cấp giấy phép xây dựng", "Cấp giấy phép xây dựng"),
        ("Cấp gi ấy phép", "Cấp giấy phép", "Cấp giấy phép"),
        ("Trần Mẫu", "Trần Văn Mẫu", "Trần Văn Mẫu"),
        ("Văn Mẫu", "Trần Văn Mẫu", "Trần Văn Mẫu"),
    ],
)
def test_confirmed_value_stands_where_it_was_read(printed: str, value: str, shown: str) -> None:
    """Marks, words run together, split or missed are put right; labels stay."""
    assert correct(read(printed), value).text == shown


def test_changed_words_keep_their_reading_and_others_everything() -> None:
    """A replaced word keeps its raw reading and its place; its neighbours are the very same."""
    page = read("Lê Thi Thử", "dòng khác")
    changed = correct(page, "Lê Thị Thử")
    assert [(word.text, word.raw) for word in changed.words[:3]] == [
        ("Lê", "Lê"), ("Thị", "Thi"), ("Thử", "Thử"),
    ]  # fmt: skip
    assert changed.words[1].box == page.words[1].box
    assert changed.words[1].confidence == 1.0
    assert (changed.words[0], *changed.words[2:]) == (page.words[0], *page.words[2:])


def test_words_that_differ_in_blanks_and_commas_alone_stay_as_printed() -> None:
    """A number confirmed without its blanks is printed with them; the page keeps the print."""
    page = read("001 203 000 123,")
    assert correct(page, "001203000123") is page


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("ngày I5 tháng 01 năm 2026", "ngày 15 tháng 02 năm 2026"),
        ("Hoà Mẫu, ngày tháng 0l năm 2026", "Hoà Mẫu, ngày 15 tháng 02 năm 2026"),
        ("đến 16/01/2026 .", "đến 15/02/2026 ."),
        ("ngày 15 tháng 02 năm 2026", "ngày 15 tháng 02 năm 2026"),
        ("mười lăm tháng hai", "mười lăm tháng hai"),
    ],
)
def test_date_is_put_right_in_its_printed_form(printed: str, shown: str) -> None:
    """A date is confirmed as ISO 8601 and printed in words or figures; an unknown form stays."""
    assert correct(read(printed), "2026-02-15", is_date=True).text == shown


@pytest.mark.parametrize(
    ("rotation", "boxes"),
    [
        (0, [(100, 200), (210, 400)]),
        (180, [(300, 400), (100, 290)]),
    ],
)
def test_words_run_together_share_their_room(rotation: int, boxes: list[tuple[int, int]]) -> None:
    """Each part gets its letters' share of the box, on a page upside down from the right."""
    one = Word("abcdefghijabcdefghijxyzxyzxyz", "abc", 0.5, Box(100, 10, 400, 30), 0)
    page = PageText(1000, 1400, 200, rotation, 0.0, Quality(QualityVerdict.GOOD), (one,))
    changed = correct_page(page, Correction(0, one.box, "abcdefghij abcdefghijxyzxyzxyz", "abc"))
    assert [(word.box.x0, word.box.x1) for word in changed.words] == boxes


def test_value_of_another_page_or_place_changes_nothing() -> None:
    """A correction touches its own page alone, and nothing where no word stands."""
    page = read("Lê Thi Thử")
    away = Correction(0, Box(500, 900, 600, 920), "Lê Thị Thử", "")
    other = Correction(1, Box(0, 0, 900, 900), "Lê Thị Thử", "")
    assert list(iter_corrected([page], [away, other])) == [page]
