"""Sort keys in Vietnamese order."""

import random

import pytest

from search.sorting import build_sort_key


@pytest.mark.parametrize(
    "ordered",
    [
        ["an", "ăn", "ân", "ba", "ca", "da", "đa", "em", "êm", "ga", "oi", "ôi", "ơi", "um", "ưm", "y"],
        ["ma", "mà", "mả", "mã", "má", "mạ"],
        ["hòa", "họa", "hoan", "hoàn", "hoán"],
        ["Quyết định 2", "Quyết định 10", "Quyết định 100", "Quyết định A"],
        ["Đắk Lắk", "Đắk Nông", "Gia Lai"],
        ["an ninh", "anh", "Ánh"],
        ["zebra", "漢"],
        ["z", "…"],
    ],
)
def test_orders_as_a_dictionary(ordered: list[str]) -> None:
    """Letters decide before tones, tones in dictionary order, numbers by value, empty texts last."""
    mixed = random.Random(7).sample(ordered, len(ordered))
    assert sorted(mixed, key=build_sort_key) == ordered


def test_form_and_case_do_not_matter() -> None:
    """Decomposed letters and capitals have the same key."""
    assert build_sort_key("Hoà Phú") == build_sort_key("hoa\u0300 phu\u0301")


def test_key_is_short() -> None:
    """A title of any length keeps a key that an index takes."""
    assert len(build_sort_key("ậ" * 100_000)) < 1000
    assert build_sort_key("9" * 500) > build_sort_key("1")
