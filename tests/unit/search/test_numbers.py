"""Document numbers as keys."""

from datetime import date

import pytest

from search.numbers import (
    build_number_keys,
    build_number_order,
    build_rungs,
    parse_number_query,
    score_number_hit,
)

SHELF = {
    "a": ("15/QĐ-UBND", "Quyết định"),
    "b": ("15/KH-SYT", "Kế hoạch"),
    "c": ("281/VPUBND", "Công văn"),
    "d": ("04/2021/TT-BTP", "Thông tư"),
    "e": ("191/QĐ-UBND", "Quyết định"),
    "f": ("19/QĐ-UBND", "Quyết định"),
    "g": ("28/2018", "Trích lục khai sinh"),
    "h": ("118/2025/NĐ-CP", "Nghị định"),
    "i": ("6233/QĐ-XPHC", "Quyết định"),
}


def climb(text: str) -> list[str]:
    """What the first rung with a hit finds on the shelf."""
    query = parse_number_query(text)
    for rung in build_rungs(query) if query else ():
        found = [
            name
            for name, (number, kind) in SHELF.items()
            if set(rung.keys) & set(build_number_keys(number, kind))
        ]
        if found:
            return found
    return []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15/QĐ-UBND", ["a"]),
        ("15/qd-ubnd", ["a"]),
        ("0015/QĐ-UBND", ["a"]),
        ("15 qd ubnd", ["a"]),
        ("15QDUBND", ["a"]),
        ("15.QĐ.UBND", ["a"]),
        ("15/QÐ–UBND", ["a"]),
        ("Số: 15/QĐ-UBND", ["a"]),
        ("１５/QĐ-UBND", ["a"]),
        ("QĐ-UBND 15", ["a"]),
        ("l5/OD-U8ND", ["a"]),
        ("15/QĐ", ["a"]),
        ("quyết định 15", ["a"]),
        ("Quyết định số 15/QĐ-UBND ngày 2 tháng 3 năm 2024 của UBND tỉnh", ["a"]),
        ("kh 15", ["b"]),
        ("công văn 281", ["c"]),
        ("Z81lVPUBND", ["c"]),
        ("19lQĐ-UBND", ["f"]),
        ("4/TT-BTP năm 2021", ["d"]),
        ("4 2021 tt btp", ["d"]),
        ("28/2018 2018", ["g"]),
        ("118/2O25/NĐ-CP", ["h"]),
        ("15", ["a", "b"]),
        ("28 2018", ["g"]),
        ("quyết định 6233 của ubnd xã", ["i"]),
        ("quyết định xử phạt 6233", ["i"]),
        ("công văn số 281 của Văn phòng", ["c"]),
        ("công văn 281 vpubnd", ["c"]),
        ("6 2 3 3/QĐ-XPHC", ["i"]),
        ("623З/QĐ-XPHC", ["i"]),
        ("NĐ118/2025/CP", ["h"]),
        ("118/25/NĐ-CP", ["h"]),
    ],
)
def test_sloppy_forms_climb_to_the_document(text: str, expected: list[str]) -> None:
    """However a number is typed or misread, the first rung with a hit holds the document and no other."""
    assert climb(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "30 ngày nghỉ phép",
        "thông báo 15 ngày nghỉ",
        "theo quyết định 30 ngày kể từ",
        "điều 45 khoản 2",
        "covid 19",
        "thu hồi đất",
        "12/5/2020",
        "x" * 301 + "1",
        "",
    ],
)
def test_text_is_no_number(text: str) -> None:
    """Words with a number in them do not take over from the search by words."""
    assert climb(text) == []


def test_day_and_year_are_read() -> None:
    """A day is taken out of the query, an impossible one is not."""
    query = parse_number_query("15/QĐ-UBND ngày 2/9/2023")
    assert query is not None
    assert (query.day, query.year) == (date(2023, 9, 2), 2023)
    odd = parse_number_query("15/QĐ-UBND 31/02/2023")
    assert odd is not None
    assert odd.day is None


def test_day_year_and_body_rank_equal_numbers() -> None:
    """The right day counts first, then the year, then the body that fits most."""
    by_day = parse_number_query("15/QĐ-UBND ngày 2/9/2023")
    by_body = parse_number_query("15 qd ubnd ubnd dak lak")
    assert by_day is not None
    assert by_body is not None
    assert score_number_hit(by_day, 2, "15/QĐ-UBND", "", date(2023, 9, 2)) > score_number_hit(
        by_day, 2, "15/QĐ-UBND", "", date(2023, 1, 1)
    )
    province = score_number_hit(by_body, 2, "15/QĐ-UBND", "Ủy ban nhân dân tỉnh Đắk Lắk", None)
    commune = score_number_hit(by_body, 2, "15/QĐ-UBND", "Ủy ban nhân dân xã Hòa Phú, tỉnh Đắk Lắk", None)
    assert province > commune


@pytest.mark.parametrize("number", ["", "QĐ-UBND", "không số"])
def test_no_digit_no_keys(number: str) -> None:
    """A document without a number has no keys."""
    assert build_number_keys(number, "Quyết định") == ()


def test_numbers_sort_as_people_read() -> None:
    """9 comes before 10, and a document without number last."""
    numbers = ["10/QĐ", "9/QĐ", "", "09/KH", "101/QĐ"]
    assert sorted(numbers, key=build_number_order) == ["09/KH", "9/QĐ", "10/QĐ", "101/QĐ", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("15%2FQĐ-UBND", ["a"]),
        ("15&#47;QĐ-UBND", ["a"]),
        ("15//QĐ--UBND", ["a"]),
        ("15;QĐ-UBND", ["a"]),
        ("(15/QĐ-UBND).", ["a"]),
        ("#15/QĐ-UBND", ["a"]),
        ("N° 15/QĐ-UBND", ["a"]),
        ("15_QD_UBND.pdf", ["a"]),
        ("15-qd-ubnd (1).pdf", ["a"]),
        ("QĐ15", ["a"]),
        ("VPUBND281", ["c"]),
        ("QĐ-UBND số 15", ["a"]),
        ("15/QDD-UBND", ["a"]),
        ("15/qdd-ubnd", ["a"]),
        ("15/2024/QĐ-UBND", ["a"]),
        ("15/2024/QĐ", ["a"]),
        ("1 5/QĐ-UBND", ["a"]),
        ("lS/QĐ-UBND", ["a"]),
        ("1q/QĐ-UBND", ["f"]),
        ("15/QB-UBND", ["a"]),
        ("15/QĐ-UBN", ["a"]),
        ("15/QĐ-UBDN", ["a"]),
        ("15/QĐ-UBNDD", ["a"]),
        ("15/QĐ-UBHD", ["a"]),
        ("15/KH-5YT", ["b"]),
        ("157QĐ-UBND", ["a"]),
        ("151QĐ-UBND", ["a"]),
        ("15fQĐ-UBND", ["a"]),
        ("15tKH-SYT", ["b"]),
        ("15!QĐ-UBND", ["a"]),
        ("118l2025/NĐ-CP", ["h"]),
        ("118f2025/NĐ-CP", ["h"]),
        ("11812025/NĐ-CP", ["h"]),
        ("118/NĐ-CP", ["h"]),
        ("4/2021/TT-BTP", ["d"]),
        ("04/TT-BTP", ["d"]),
        ("191QĐ-UBND", ["e"]),
        ("192/QĐ-UBND", []),
        ("12/QĐ-UBND", []),
        ("16/QĐ-UBND", []),
    ],
)
def test_forms_clerks_type_and_scans_make(text: str, expected: list[str]) -> None:
    """One slip in symbol or separator is forgiven; another number is another document."""
    assert climb(text) == expected


def test_day_before_a_number_is_no_part_of_it() -> None:
    """Digits before the number belong to it only where nothing else numbers them."""
    assert climb("ngày 1 5/QĐ-UBND") != climb("số 1 5/QĐ-UBND")
    assert climb("số 1 5/QĐ-UBND") == ["a"]
