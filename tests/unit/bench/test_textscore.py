"""The error rates that benchmarks report."""

import pytest

from bench.textscore import TextScore, normalise, score_page


def _errors(lines: list[str], read: str, optional: tuple[str, ...] = ()) -> tuple[int, int]:
    score = score_page(lines, read, optional)
    return score.char_errors, score.word_errors


def test_perfect_reading_has_no_errors() -> None:
    """The same lines give zero of everything, whatever the white space and the typography."""
    score = score_page(["Độc lập – Tự do", "“Hạnh phúc”…"], 'Độc lập - Tự do\n\n "Hạnh  phúc"...\f')
    assert score == TextScore(chars=29, words=7, pages=1)


def test_order_costs_nothing_but_in_the_ordered_rate() -> None:
    """Columns read the other way round are no errors of the order-free rate."""
    score = score_page(["ỦY BAN NHÂN DÂN XÃ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
                       "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM ỦY BAN NHÂN DÂN XÃ")  # fmt: skip
    assert (score.char_errors, score.word_errors) == (0, 0)
    assert score.ordered_errors > 20


def test_other_order_that_reads_well_counts_as_order_too() -> None:
    """Of several orders the one that fits best counts."""
    left, right = "ỦY BAN NHÂN DÂN XÃ", "CỘNG HÒA XÃ HỘI"
    score = score_page([left, right], f"{right} {left}", orders=[(right, left)])
    assert score.ordered_errors == 0


@pytest.mark.parametrize(
    ("lines", "read", "expected"),
    [
        (["Kính gửi Sở Nội vụ"], "Kính gửi Sở Nôi vụ", (1, 1)),
        (["Kính gửi", "Nơi nhận như trên"], "Kính gửi", (17, 4)),
        (["Kính gửi"], "Kính gửi ab . c", (4, 1)),
        (["Kính gửi Sở"], "", (11, 3)),
        ([], "thừa chữ", (7, 2)),
    ],
)
def test_errors_by_hand(lines: list[str], read: str, expected: tuple[int, int]) -> None:
    """A wrong letter, a lost line, junk, an empty page and an empty truth, counted by hand."""
    assert _errors(lines, read) == expected


def test_close_match_comes_before_a_long_poor_one() -> None:
    """A line read exactly is not used up by a similar line that was lost."""
    assert _errors(["Phó Chủ tịch Nguyễn Văn An", "Chủ tịch Trần Thị Bình"], "Chủ tịch Trần Thị Bình") == (
        26,
        6,
    )


def test_optional_lines_count_neither_way() -> None:
    """Read or not, an optional line is neither an error nor part of the whole."""
    read = score_page(["Kính gửi"], "Kính gửi đóng dấu đến", ["đóng dấu đến"])
    unread = score_page(["Kính gửi"], "Kính gửi", ["đóng dấu đến"])
    assert (read.char_errors, read.chars) == (unread.char_errors, unread.chars) == (0, 8)


def test_pages_add_up_before_the_rate() -> None:
    """The rate of many pages is that of all their characters together."""
    total = score_page(["abcd"], "abcd") + score_page(["abcdefghijklmnop"], "")
    assert (total.pages, total.cer) == (2, 16 / 20)


def test_typography_is_folded() -> None:
    """Dashes, quotes, superscripts and decomposed letters are one."""
    assert normalise("a\u0302\u0301 \u2013 m\u00b2 \u200bx") == "\u1ea5 - m2 x"
