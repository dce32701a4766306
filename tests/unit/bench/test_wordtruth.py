"""Which words are right."""

import pytest

from bench.wordtruth import mark_right_words


@pytest.mark.parametrize(
    ("lines", "words", "expected"),
    [
        (["Kính gửi Sở Nội vụ"], "Kính gửi Sở Nôi vụ", "1 1 1 0 1"),
        (["trái một", "phải hai"], "phải hai trái một", "1 1 1 1"),
        (["Kính gửi"], "~ Kính gửi xyz", "0 1 1 0"),
        (["ngày 02 tháng 3"], "ngày02 tháng 3", "0 1 1"),
        (["Độc lập – Tự do"], "Độc lập - Tự do", "1 1 1 1 1"),
        ([], "thừa", "0"),
    ],
)
def test_words_are_right_where_the_line_says_so(lines: list[str], words: str, expected: str) -> None:
    """Misread, out of order, junk, glued, folded and lost words, by hand."""
    marks = mark_right_words(lines, words.split())
    assert " ".join(str(int(one)) for one in marks) == expected


def test_words_that_fold_to_nothing_shift_no_places() -> None:
    """A zero-width word is wrong and its neighbours stay right."""
    assert mark_right_words(["Kính gửi"], ["Kính", "\u200b", "gửi"]) == [True, False, True]
